"""Table 5: heads trained on one text encoder work on another of different architecture, untrained.

TREC-6, six kinds of questions. Averaged word vectors, a convolutional, a recurrent network and a
transformer are trained from scratch on 4,000 questions. Of the 1,952 others, half teach a head and
give 768 anchors, half test it; five splits, weighted F1. Means over the twelve pairs of a head and
another's encoder, over splits.

The paper's encoders are pretrained language models (21.5 stitched absolute, 75.9 stitched relative,
91.7 and 88.1 their own); ours see 4,000 questions and reach less. All of ours have 64 dimensions,
so that absolute stitching is possible.
"""

from __future__ import annotations

import torch
from torch import nn

import latcomp
from tests.reproduction.claims import each, over_splits, row
from tests.reproduction.data import questions
from tests.reproduction.text_encoders import ENCODERS, WIDTH, numbered, vocabulary
from tests.reproduction.training import fit_classifier, in_batches, seeded

LEARNT, EPOCHS, ANCHORS = 4000, 12, 768


def run(lab):
    split = questions(lab.data)
    texts, labels = split.x + split.test_x, torch.cat([split.y, split.test_y])
    rows = numbered(texts, vocabulary(texts[:LEARNT]))

    def train(make):
        encoder = make(int(rows.max()) + 1)
        model = nn.Sequential(encoder, nn.Linear(WIDTH, 6))
        fit_classifier(model, rows[:LEARNT], labels[:LEARNT], epochs=EPOCHS, batch=64)
        return {"vectors": in_batches(encoder, rows[LEARNT:]).numpy()}

    spaces = [
        lab.keep(f"table5-{name}", lambda make=make: seeded(lambda: train(make), 0))["vectors"]
        for name, make in ENCODERS.items()
    ]
    return table(stitched(spaces, labels[LEARNT:].tolist()))


def stitched(spaces, labels):
    """Mean weighted F1 of own and of stitched heads by way, split by split."""
    found = latcomp.stitch(
        *spaces,
        labels=labels,
        through=["absolute", "relative"],
        anchors=ANCHORS,
        test=0.5,
        center=True,
    )
    f1 = {}
    for way in ("absolute", "relative"):
        own = [found.find("f1-weighted", way, f"{one}->{one}")[0] for one in "abcd"]
        f1["own", way] = 100 * each(own)
        f1["stitched", way] = 100 * each(found.find("f1-weighted", way))
    return f1


def table(f1):
    def loss(way):
        return over_splits(f1["own", way] - f1["stitched", way])

    return [
        row("own head, absolute", "91.7", over_splits(f1["own", "absolute"])),
        row("own head, relative", "88.1", over_splits(f1["own", "relative"])),
        row("stitched head, absolute", "21.5", over_splits(f1["stitched", "absolute"])),
        row("stitched head, relative", "75.9 ± 5.4", over_splits(f1["stitched", "relative"])),
        row("loss by stitching, absolute, points", "70.2", loss("absolute"), above=30),
        row("loss by stitching, relative, points", "12.2", loss("relative"), below=20),
    ]
