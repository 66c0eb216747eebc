"""Least squares through the origin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from latcomp.numerics.algebra import least_squares
from latcomp.translators import TRANSLATORS, Solved, Standardize


@TRANSLATORS.add("linear")
@dataclass(frozen=True)
class Linear:
    """The matrix that fits the pairs best by least squares, with the origin where it is.

    The smallest such matrix where the pairs leave a choice. Reproduces noise when pairs are not
    many times the dimensions: see `ridge`.
    """

    source: ClassVar[str] = "Maiorano et al. 2023 (arXiv 2311.00664), linear"
    paired: ClassVar[bool] = True
    standardize: Standardize = "none"

    def solve(self, x: Tensor, y: Tensor) -> Solved:
        return Solved(least_squares(x, y))
