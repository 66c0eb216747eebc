"""Table 6: heads trained on one image encoder work on another of different architecture, untrained.

A convolutional network, a residual network and a small vision transformer are trained on 10,000
images of CIFAR-10. Of the 2,000 images they never saw, half teach a head and give 768 anchors, half
test it; five splits. The head is that of the authors' code, which looks at all images of a test
together (transductive). "Loss" is the accuracy of the encoder's own head less that of the stitched.

The head matters: a linear probe (`head="linear"`), tried first, loses far more by relative
stitching, on the same splits (see the successors). The paper's encoders are pretrained on
ImageNet, with 74.5 off the diagonal on CIFAR-100 (coarse), and ours are small and see little: it is
the loss, not the level, that compares. Being trained on the very classes the head names, ours are
more alike than the paper's.
"""

from __future__ import annotations

from itertools import permutations

import latcomp
from tests.reproduction.claims import each, not_applicable, over_splits, row, scored
from tests.reproduction.data import images
from tests.reproduction.image_encoders import ENCODERS, embeddings

ANCHORS = 768


def run(lab):
    split = images(lab.data, "cifar10_12k")
    made = {name: embeddings(lab, name, split) for name in ENCODERS}
    found = latcomp.stitch(
        *(one["unseen"] for one in made.values()),
        labels=split.test_y.tolist(),
        head="mlp(transductive=true)",
        through=["relative", "absolute"],
        anchors=ANCHORS,
        test=0.5,
        center=True,
    )
    rows = []
    for (a, one), (b, other) in permutations(zip("abc", made, strict=True), 2):
        rows += stitched(found, f"{a}->{b}", f"{b}->{b}", f"head of {one} on {other}")
    return rows


def stitched(found, direction, own, name):
    """Relative stitching loses little, and absolute stitching, where it can be had, everything."""
    relative, ceiling, absolute = (
        found.find("accuracy", space, where)[0]
        for space, where in (("relative", direction), ("relative", own), ("absolute", direction))
    )
    rows = [
        row(f"{name}: relative accuracy", "off the diagonal .75", scored(relative)),
        row(
            f"{name}: loss by relative stitching",
            "",
            over_splits(each([ceiling]) - each([relative])),
            below=0.1,
        ),
    ]
    if absolute.value is None:
        return [*rows, not_applicable(f"{name}: absolute accuracy", ".05", absolute.reason)]
    return [*rows, row(f"{name}: absolute accuracy", ".05", scored(absolute), below=0.2)]
