"""Cosine and angle to the anchors: the paper's relative representation."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from latcomp import kernel
from latcomp.errors import InputError
from latcomp.numerics import distances
from latcomp.similarities import SIMILARITIES


@SIMILARITIES.add("cosine")
@dataclass(frozen=True)
class Cosine:
    """Cosine to each anchor, -1 to 1 (Moschella et al. 2023, eq. 1).

    Unmoved by rotation, isotropic scale, permutation of axes and a positive scale per item. With
    `center` by translation too, but then no longer by a scale per item. A row of zeros is at 0.
    """

    def check(self, anchors: Tensor) -> None:
        _refuse_zeros(anchors)

    def fit(self, anchors: Tensor) -> FittedCosine:
        return FittedCosine(anchors / kernel.lengths(anchors).to(anchors.dtype))


@dataclass(frozen=True)
class FittedCosine:
    """Cosine to unit anchors (m, d)."""

    anchors: Tensor

    def __call__(self, rows: Tensor) -> Tensor:
        norm = kernel.lengths(rows)
        products = rows @ self.anchors.T
        return products.div_(norm.where(norm > 0, 1.0))

    def factors(self) -> tuple[FittedCosine, Tensor] | None:
        """The QR factors of the anchors, where anchors outnumber dimensions."""
        if self.anchors.shape[0] <= self.anchors.shape[1]:
            return None
        basis, triangle = torch.linalg.qr(self.anchors)
        return FittedCosine(triangle), basis


@SIMILARITIES.add("angular")
@dataclass(frozen=True)
class Angular:
    """1 - 2 angle / pi with each anchor, -1 to 1: a cosine that spreads small angles evenly.

    Unmoved by what the cosine is unmoved by. A row of zeros is at 0.
    """

    def check(self, anchors: Tensor) -> None:
        _refuse_zeros(anchors)

    def fit(self, anchors: Tensor) -> FittedAngular:
        return FittedAngular(anchors / kernel.lengths(anchors).to(anchors.dtype))


@dataclass(frozen=True)
class FittedAngular:
    """Angles to unit anchors (m, d), from the chord: small ones keep their digits."""

    anchors: Tensor

    def __call__(self, rows: Tensor) -> Tensor:
        norm = kernel.lengths(rows)
        chord = distances.euclidean(rows / norm.where(norm > 0, 1.0).to(rows.dtype), self.anchors)
        angle = 2 * torch.asin((chord / 2).clamp(max=1.0))
        return (1 - 2 / math.pi * angle).where(norm > 0, 0.0)


def _refuse_zeros(anchors: Tensor) -> None:
    norm = kernel.lengths(anchors)[:, 0]
    if not bool(norm.all()):
        place = int((norm == 0).nonzero()[0])
        raise InputError(f"anchor {place} has a vector of length zero, so it has no cosine")
