"""How far down one space's ranking the other space's nearest rows stand, by Euclidean distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from latcomp import kernel
from latcomp.numerics.centring import first_mean
from latcomp.numerics.dissimilarity import squared
from latcomp.numerics.placing import Placed
from latcomp.scan import Block
from latcomp.spaces.pair import Pair

CHUNK_PAIRS = 2**23
"""Distances held at a time."""

_GRID = 2**36
_COLUMNS = 2**26


@dataclass
class Walked:
    """The pair, a point near the middle of each space, and the longest row seen from there."""

    pair: Pair
    middle: dict[str, Tensor]
    longest: dict[str, float]


@dataclass(frozen=True)
class Intrusions:
    """For every query, by how many places its k nearest rows of one space miss the k first.

    Finishes as {"ab": (queries,), "ba": (queries,)} float64: "ab" sums max(0, rank in a - k) over
    the k nearest rows of b. Euclidean distance, the query itself excluded by row number, distances
    within 2^-36 of the largest are equal and ordered by row number. Needs both spaces whole before
    it can rank, so it reads the pair again.
    """

    k: int
    over: ClassVar[str] = "rows"

    def start(self, pair: Pair) -> Walked:
        middle = {side: first_mean(pair.side(side)) for side in "ab"}
        return Walked(pair, middle, dict.fromkeys("ab", 0.0))

    def add(self, state: Walked, visit: Block) -> None:
        for side, rows in (("a", visit.a), ("b", visit.b)):
            longest = float(kernel.lengths(rows.double() - state.middle[side]).max())
            state.longest[side] = max(state.longest[side], longest)

    def merge(self, one: Walked, other: Walked) -> Walked:
        longest = {side: max(one.longest[side], other.longest[side]) for side in "ab"}
        return Walked(one.pair, one.middle, longest)

    def finish(self, state: Walked) -> dict[str, Tensor]:
        sides = {side: _placed(state, side) for side in "ab"}
        step = max(1, CHUNK_PAIRS // state.pair.n)
        queries = kernel.bounds(len(state.pair.query_rows), step)
        found = [self._some(state, sides, *bound) for bound in queries]
        return {kind: torch.cat([one[kind] for one in found]) for kind in ("ab", "ba")}

    def _some(
        self, state: Walked, sides: dict[str, Placed], start: int, stop: int
    ) -> dict[str, Tensor]:
        keys = {side: _keys(state, side, sides[side], start, stop) for side in "ab"}
        near = {
            side: found.topk(self.k, dim=1, largest=False).indices for side, found in keys.items()
        }
        return {kind: self._beyond(keys[kind[0]], near[kind[1]]).cpu() for kind in ("ab", "ba")}

    def _beyond(self, keys: Tensor, near: Tensor) -> Tensor:
        total = torch.zeros(len(keys), dtype=torch.float64, device=keys.device)
        for column in near.T:
            ahead = _count(keys < keys.gather(1, column[:, None]))
            total += (ahead + 1 - self.k).clamp(min=0)
        return total


def _count(holds: Tensor) -> Tensor:
    """How many entries of each row hold: (q, n) -> (q,). On the CPU by numpy, ten times faster."""
    if holds.device.type != "cpu":
        return holds.sum(1)
    return torch.from_numpy(np.count_nonzero(holds.numpy(), axis=1))


def _placed(state: Walked, side: str) -> Placed:
    middle = state.middle[side]
    return Placed(state.pair.side(side), lambda rows: rows.double() - middle)


def _keys(state: Walked, side: str, placed: Placed, start: int, stop: int) -> Tensor:
    """Whole numbers that order the rows for every query, itself last: (queries, n)."""
    pair = state.pair
    left = pair.side(side, queries=True).rows(start, stop).double() - state.middle[side]
    scale = _GRID / max(4 * state.longest[side] ** 2, torch.finfo(torch.float64).tiny)
    keys = [
        squared(left, block).mul_(scale).round_().mul_(_COLUMNS).long() for block in placed.blocks()
    ]
    found = torch.cat(keys, dim=1) + torch.arange(pair.n, device=left.device)
    rows = pair.query_rows[start:stop].to(left.device)
    return found.scatter_(1, rows[:, None], torch.iinfo(torch.int64).max)
