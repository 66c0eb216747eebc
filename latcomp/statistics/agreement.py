"""How each item's two vectors agree, and how unrelated items do, in one linear pass."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from torch import Tensor

from latcomp import kernel
from latcomp.engine import compiled
from latcomp.engine.shuffle import Shuffle
from latcomp.scan import Block
from latcomp.spaces.pair import Pair
from latcomp.spaces.unit import check_lengths


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
        pair = visit.pair
        loops = compiled.row_loops(max(pair.a, pair.b, key=lambda space: space.shape[1]))
        look = _agreement if loops is None else loops.agreement
        norms_a, norms_b, unit_a, unit_b, dots = look(visit.a, visit.b)
        check_lengths(pair.a.name, norms_a, visit.rows)
        check_lengths(pair.b.name, norms_b, visit.rows)
        state.seen += len(norms_a)
        state.unit_a += unit_a
        state.unit_b += unit_b
        if state.cosines is not None:
            state.cosines[visit.rows] = (dots / (norms_a * norms_b)).cpu()

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


def _agreement(a: Tensor, b: Tensor) -> list[Tensor]:
    """By torch what compiled loops' `agreement` tells."""
    wider = max(a, b, key=lambda rows: rows.shape[1])
    seen = [_looked_at(a[start:stop], b[start:stop]) for start, stop in kernel.pieces(wider)]
    norms_a, norms_b, units_a, units_b, dots = zip(*seen, strict=True)
    sums = [torch.stack(units).sum(0) for units in (units_a, units_b)]
    return [torch.cat(norms_a), torch.cat(norms_b), *sums, torch.cat(dots)]


def _looked_at(a: Tensor, b: Tensor) -> list[Tensor]:
    a, b = a.double(), b.double()
    norms = [kernel.lengths(rows)[:, 0] for rows in (a, b)]
    units = [norm.reciprocal() @ rows for norm, rows in zip(norms, (a, b), strict=True)]
    shared = min(a.shape[1], b.shape[1])
    return [*norms, *units, kernel.exact(a[:, :shared], b[:, :shared])]
