"""Distances to the anchors."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from latcomp.numerics import distances
from latcomp.similarities import SIMILARITIES


@SIMILARITIES.add("euclidean")
@dataclass(frozen=True)
class Euclidean:
    """Euclidean distance to each anchor, 0 and up.

    Unmoved by rotation, translation and permutation of axes; with `center` and `scale` by
    isotropic scale too.
    """

    def check(self, anchors: Tensor) -> None:
        pass

    def fit(self, anchors: Tensor) -> FittedEuclidean:
        return FittedEuclidean(anchors)


@dataclass(frozen=True)
class FittedEuclidean:
    """Euclidean distance to anchors (m, d)."""

    anchors: Tensor

    def __call__(self, rows: Tensor) -> Tensor:
        return distances.euclidean(rows, self.anchors)


@SIMILARITIES.add("l1")
@dataclass(frozen=True)
class Manhattan:
    """Sum of absolute differences to each anchor, 0 and up.

    Unmoved by translation and permutation of axes; a rotation is seen.
    """

    def check(self, anchors: Tensor) -> None:
        pass

    def fit(self, anchors: Tensor) -> FittedNorm:
        return FittedNorm(anchors, 1.0)


@SIMILARITIES.add("linf")
@dataclass(frozen=True)
class Chebyshev:
    """Largest absolute difference to each anchor, 0 and up.

    Unmoved by translation and permutation of axes; a rotation is seen.
    """

    def check(self, anchors: Tensor) -> None:
        pass

    def fit(self, anchors: Tensor) -> FittedNorm:
        return FittedNorm(anchors, float("inf"))


@dataclass(frozen=True)
class FittedNorm:
    """Distance to anchors (m, d) by the norm of order ``order``."""

    anchors: Tensor
    order: float

    def __call__(self, rows: Tensor) -> Tensor:
        return torch.cdist(rows, self.anchors, p=self.order)
