"""Figure 6: more anchors are better, and saturate.

The encoders of table 6, and the same images: the accuracy of heads stitched through 10 to 1,000
anchors, a mean over all six pairs of a head and another's encoder, and MRR between the
convolutional and the residual network. Better: ten times as many anchors gain. Saturated: twice
as many gain less than 2 points.

MRR behaves as the paper says. The accuracy of stitched heads rises up to 100 anchors and falls
beyond: the head is a linear probe taught by 1,000 images, and with more coordinates than the spaces
have dimensions (64 to 128) it leans on what differs between them. The head of table 6 does not.
"""

from __future__ import annotations

import latcomp
from tests.reproduction.claims import each, over_splits, row, scored
from tests.reproduction.data import images
from tests.reproduction.image_encoders import ENCODERS, embeddings

COUNTS = (10, 30, 100, 300, 500, 1000)


def run(lab):
    split = images(lab.data, "cifar10_12k")
    spaces = [embeddings(lab, name, split)["unseen"] for name in ENCODERS]
    labels = split.test_y.tolist()
    accuracy = {count: by_split(spaces, labels, count) for count in COUNTS}
    rows = [
        row(f"{count} anchors: accuracy of stitched heads", "", over_splits(accuracy[count]))
        for count in COUNTS
    ]
    for few, many, rule in (
        (10, 100, {"above": 0.0}),
        (100, 1000, {"above": 0.0}),
        (500, 1000, {"below": 0.02}),
    ):
        gain = over_splits(accuracy[many] - accuracy[few])
        rows.append(row(f"gain from {few} to {many} anchors", "", gain, **rule))
    return rows + [
        row(f"{count} anchors: MRR, convolutional and residual", "", scored(mrr(spaces, count)))
        for count in COUNTS
    ]


def by_split(spaces, labels, count):
    """Mean accuracy over all pairs of heads and other encoders, split by split."""
    found = latcomp.stitch(
        *spaces,
        labels=labels,
        through="relative",
        anchors=count,
        test=0.5,
        center=True,
    )
    return each(found.find("accuracy", "relative"))


def mrr(spaces, count):
    report = latcomp.compare(
        *spaces[:2], anchors=count, center=True, measures="mrr", seeds=5, queries="all"
    )
    return report.find("mrr", "relative", "a->b")[0]
