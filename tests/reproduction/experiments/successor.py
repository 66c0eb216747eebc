"""Successors: translating by rotation (ortho) beats relative when both spaces are at hand.

"Latent Space Translation via Semantic Alignment" (Maiorano et al. 2023) fits an orthogonal map on
the anchors and gives the head vectors of its own space. The encoders, images and splits of table 6;
the head is a linear probe. The gain is the accuracy through ortho less that through relative
coordinates, by the same anchors.

The paper's gap (CIFAR-10 .93 against .80) is of large pretrained encoders. Part of ours is the
head's: through the transductive head of table 6, relative coordinates reach what ortho reaches
here.
"""

from __future__ import annotations

from itertools import permutations

import latcomp
from tests.reproduction.claims import each, over_splits, row, scored
from tests.reproduction.data import images
from tests.reproduction.image_encoders import ENCODERS, embeddings


def run(lab):
    split = images(lab.data, "cifar10_12k")
    spaces = {name: embeddings(lab, name, split)["unseen"] for name in ENCODERS}
    found = latcomp.stitch(
        *spaces.values(),
        labels=split.test_y.tolist(),
        through=["relative", "ortho"],
        anchors=768,
        test=0.5,
        center=True,
    )
    rows = []
    for (a, one), (b, other) in permutations(zip("abc", spaces, strict=True), 2):
        relative, ortho = (
            found.find("accuracy", way, f"{a}->{b}")[0] for way in ("relative", "ortho")
        )
        name = f"head of {one} on {other}"
        rows += [
            row(f"{name}: through relative coordinates", ".80", scored(relative)),
            row(f"{name}: through ortho", ".93", scored(ortho)),
            row(
                f"{name}: gain of ortho",
                ".13",
                over_splits(each([ortho]) - each([relative])),
                above=0.0,
            ),
        ]
    return rows
