"""Cosine to the anchors: the paper's relative representation."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from latcomp import kernel
from latcomp.errors import InputError
from latcomp.similarities import SIMILARITIES


@SIMILARITIES.add("cosine")
@dataclass(frozen=True)
class Cosine:
    """r(x) = (cos(x, a_1), ..., cos(x, a_m)), Moschella et al. 2023, eq. 1.

    ``center`` subtracts the mean of the anchors from items and anchors first. Unmoved by rotation,
    isotropic scale and permutation of axes; with ``center`` by translation too, but then no longer
    by a positive scale per item.
    """

    center: bool = False

    def fit(self, anchors: Tensor) -> FittedCosine:
        wide = anchors.double()
        mean = wide.mean(0) if self.center else None
        centred = wide if mean is None else wide - mean
        norm = kernel.lengths(centred)
        if not bool(norm.all()):
            place = int((norm[:, 0] == 0).nonzero()[0])
            raise InputError(f"anchor {place} has a vector of length zero, so it has no cosine")
        return FittedCosine(centred / norm, mean)


@dataclass(frozen=True)
class FittedCosine:
    """Cosine to unit anchors (m, d), in float64."""

    anchors: Tensor
    mean: Tensor | None

    def __call__(self, rows: Tensor) -> Tensor:
        wide = rows.double() if self.mean is None else rows - self.mean
        norm = kernel.lengths(wide)
        products = wide @ self.anchors.T
        return products.div_(norm.where(norm > 0, 1.0))

    def factors(self) -> tuple[FittedCosine, Tensor] | None:
        """The QR factors of the anchors, where anchors outnumber dimensions."""
        if self.anchors.shape[0] <= self.anchors.shape[1]:
            return None
        basis, triangle = torch.linalg.qr(self.anchors)
        return FittedCosine(triangle, self.mean), basis
