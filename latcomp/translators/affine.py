"""Least squares with an intercept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from latcomp.numerics.algebra import least_squares
from latcomp.translators import TRANSLATORS, Solved, Standardize


@TRANSLATORS.add("affine")
@dataclass(frozen=True)
class Affine:
    """The matrix and the shift that fit the pairs best by least squares.

    That of `linear` between spaces centred on the pairs' means; the smallest where the pairs leave
    a choice.
    """

    source: ClassVar[str] = "Maiorano et al. 2023 (arXiv 2311.00664), affine, in closed form"
    paired: ClassVar[bool] = True
    standardize: Standardize = "scale"

    def solve(self, x: Tensor, y: Tensor) -> Solved:
        return Solved(least_squares(x, y))
