"""Coordinates that are linear in the item: inner products, and a change of basis."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from latcomp.errors import InputError
from latcomp.similarities import SIMILARITIES


@SIMILARITIES.add("inner")
@dataclass(frozen=True)
class Inner:
    """Inner product with each anchor.

    Unmoved by rotation and permutation of axes only.
    """

    def check(self, anchors: Tensor) -> None:
        pass

    def fit(self, anchors: Tensor) -> FittedLinear:
        return FittedLinear(anchors.T)


@SIMILARITIES.add("basis")
@dataclass(frozen=True)
class Basis:
    """Weights of the anchors in the mixture that comes nearest to the item (least squares).

    Of several such mixtures, the one with the smallest weights. With at least as many anchors as
    dimensions it is unmoved by every invertible linear map; with fewer, by rotation, isotropic
    scale and permutation of axes. Directions that anchors vary in by no more than rounding, such
    as the one that centring takes from few of them, are left out.
    """

    def check(self, anchors: Tensor) -> None:
        if not bool(anchors.any()):
            raise InputError("every anchor has length zero, so they are no basis")

    def fit(self, anchors: Tensor) -> FittedLinear:
        rounding = math.sqrt(torch.finfo(anchors.dtype).eps)
        return FittedLinear(torch.linalg.pinv(anchors, rtol=rounding))


@dataclass(frozen=True)
class FittedLinear:
    """Rows times a matrix (d, m)."""

    matrix: Tensor

    def __call__(self, rows: Tensor) -> Tensor:
        return rows @ self.matrix

    def factors(self) -> tuple[FittedLinear, Tensor] | None:
        """The QR factors of the matrix, where anchors outnumber dimensions."""
        if self.matrix.shape[1] <= self.matrix.shape[0]:
            return None
        basis, triangle = torch.linalg.qr(self.matrix.T)
        return FittedLinear(triangle.T), basis
