"""The best rotation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from latcomp.numerics.algebra import rotation
from latcomp.translators import TRANSLATORS, Solved, Standardize


@TRANSLATORS.add("ortho")
@dataclass(frozen=True)
class Ortho:
    """The rotation (or reflection) that fits the pairs best: orthogonal Procrustes.

    Where dimensions differ the narrower space is padded with zeros. Keeps all distances inside
    the space up to one scale, so that it can neither invent nor lose a neighbour.
    """

    source: ClassVar[str] = "Schoenemann 1966; Maiorano et al. 2023 (arXiv 2311.00664), ortho"
    paired: ClassVar[bool] = True
    standardize: Standardize = "scale"

    def solve(self, x: Tensor, y: Tensor) -> Solved:
        return Solved(rotation(x.T @ y))
