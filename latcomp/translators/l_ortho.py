"""Least squares, then the nearest rotation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from latcomp.numerics.algebra import least_squares, rotation
from latcomp.translators import TRANSLATORS, Solved, Standardize


@TRANSLATORS.add("l-ortho")
@dataclass(frozen=True)
class LeastSquaresOrtho:
    """The rotation that is nearest to the least-squares matrix.

    Keeps distances as `ortho` does, but weighs every direction alike, even those in which the
    pairs hardly vary, where `ortho` weighs them by how far they spread.
    """

    source: ClassVar[str] = "Maiorano et al. 2023 (arXiv 2311.00664), l-ortho"
    paired: ClassVar[bool] = True
    standardize: Standardize = "scale"

    def solve(self, x: Tensor, y: Tensor) -> Solved:
        return Solved(rotation(least_squares(x, y)))
