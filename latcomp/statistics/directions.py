"""Where rows point: their mean, and the sum of their unit vectors, in each space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from latcomp.scan import Block
from latcomp.spaces.pair import Pair


@dataclass
class Pointing:
    """Sums over rows, and over rows at length 1, of each side, float64."""

    n: int
    sums: dict[str, Tensor]
    units: dict[str, Tensor]

    def mean_length(self, side: str) -> float:
        """Length of the mean row."""
        return float(self.sums[side].norm()) / self.n

    def concentricity(self, side: str) -> float | None:
        """Mean cosine of the rows with their mean row; None where the mean is zero."""
        length = float(self.sums[side].norm())
        if not length > 0:
            return None
        return float(self.units[side] @ self.sums[side]) / length / self.n


@dataclass(frozen=True)
class Directions:
    """Learns `Pointing`."""

    over: ClassVar[str] = "rows"

    def start(self, pair: Pair) -> Pointing:
        zeros = [
            {
                side: torch.zeros(pair.side(side).shape[1], dtype=torch.float64, device=pair.device)
                for side in "ab"
            }
            for _ in range(2)
        ]
        return Pointing(0, *zeros)

    def add(self, state: Pointing, visit: Block) -> None:
        state.n += len(visit.a)
        for side, rows in (("a", visit.a), ("b", visit.b)):
            state.sums[side] += rows.sum(0, dtype=torch.float64)
            state.units[side] += (rows / visit.lengths(side)).sum(0)

    def merge(self, one: Pointing, other: Pointing) -> Pointing:
        return Pointing(
            one.n + other.n,
            {side: one.sums[side] + other.sums[side] for side in "ab"},
            {side: one.units[side] + other.units[side] for side in "ab"},
        )

    def finish(self, state: Pointing) -> Pointing:
        return state
