"""How each item's two vectors agree, and how unrelated items do, in one linear pass."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from torch import Tensor

from latcomp import kernel
from latcomp.engine.shuffle import Shuffle
from latcomp.scan import Block
from latcomp.spaces.pair import Pair
from latcomp.spaces.unit import lengths


@dataclass
class Directions:
    """Sums of unit rows of both spaces, and the cosine of each item's two rows, 0 until seen."""

    seen: int
    unit_a: Tensor  # (d,) float64
    unit_b: Tensor  # (d,) float64
    cosines: Tensor | None  # (n,) float64, where rows of a and b can be held against each other


@dataclass(frozen=True)
class Agreement:
    """Cosine of each item's two rows, and the mean cosine of rows of different items.

    ``cosines`` is (n,) float64; it is None where the two spaces differ in width, and so is
    ``unrelated``. ``unrelated_a`` and ``unrelated_b`` are the mean cosines of different items
    inside one space: near 1, every cosine in that space is high.
    """

    cosines: Tensor | None
    unrelated: float | None
    unrelated_a: float
    unrelated_b: float


@dataclass(frozen=True)
class RowAgreement:
    """Learns `Agreement` exactly without looking at pairs of items: sums of unit rows suffice."""

    over: ClassVar[str] = "rows"

    def start(self, pair: Pair) -> Directions:
        sums = [
            torch.zeros(space.shape[1], dtype=torch.float64, device=pair.device)
            for space in (pair.a, pair.b)
        ]
        cosines = torch.zeros(pair.n, dtype=torch.float64) if pair.comparable else None
        return Directions(0, sums[0], sums[1], cosines)

    def add(self, state: Directions, visit: Block) -> None:
        wider = max(visit.a, visit.b, key=lambda rows: rows.shape[1])
        for start, stop in kernel.pieces(wider):
            a, b = visit.a[start:stop].double(), visit.b[start:stop].double()
            rows = visit.rows[start:stop]
            norm_a = lengths(visit.pair.a.name, a, rows)[:, 0]
            norm_b = lengths(visit.pair.b.name, b, rows)[:, 0]
            state.seen += len(a)
            state.unit_a += norm_a.reciprocal() @ a
            state.unit_b += norm_b.reciprocal() @ b
            if state.cosines is not None:
                state.cosines[rows] = (kernel.exact(a, b) / (norm_a * norm_b)).cpu()

    def merge(self, one: Directions, other: Directions) -> Directions:
        return Directions(
            one.seen + other.seen,
            one.unit_a + other.unit_a,
            one.unit_b + other.unit_b,
            _together(one.cosines, other.cosines),
        )

    def finish(self, state: Directions) -> Agreement:
        n, pairs = state.seen, state.seen * (state.seen - 1)
        within = [float(total @ total - n) / pairs for total in (state.unit_a, state.unit_b)]
        if state.cosines is None:
            return Agreement(None, None, *within)
        across = float(state.unit_a @ state.unit_b) - float(state.cosines.sum())
        return Agreement(state.cosines, across / pairs, *within)

    def permuted(self, found: Agreement, shuffle: Shuffle) -> Agreement:
        """The cosines of every item with another partner."""
        if found.cosines is None or found.unrelated is None:
            return found
        n = len(found.cosines)
        cosines = shuffle.cosines
        unrelated = found.unrelated + float(found.cosines.sum() - cosines.sum()) / (n * (n - 1))
        return replace(found, cosines=cosines, unrelated=unrelated)


def _together(one: Tensor | None, other: Tensor | None) -> Tensor | None:
    return None if one is None or other is None else one + other
