"""Kernel alignment batch by batch, for comparing with numbers from training loops."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import torch
from torch import Tensor

from latcomp import kernel
from latcomp.numerics.algebra import unbiased_hsic
from latcomp.scan import Block
from latcomp.spaces.pair import Pair


@dataclass
class Filling:
    """Rows of unfinished batches by first row, and the sums over finished ones: a b, a a, b b."""

    n: int
    pieces: dict[int, dict[int, tuple[Tensor, Tensor]]] = field(default_factory=dict)
    sums: tuple[float, float, float] = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Batches:
    """Sums, over batches of ``size`` successive rows, of unbiased linear HSIC: a b, a a, b b.

    A last batch of fewer rows is left out. Finishes as the three sums.
    """

    size: int
    over: ClassVar[str] = "rows"

    def start(self, pair: Pair) -> Filling:
        return Filling(pair.n)

    def add(self, state: Filling, visit: Block) -> None:
        for low, high in kernel.bounds(state.n, self.size):
            start, stop = max(low, visit.start), min(high, visit.stop)
            if start < stop and high - low == self.size:
                here = slice(start - visit.start, stop - visit.start)
                rows = visit.a[here].double(), visit.b[here].double()
                self._fill(state, low, {start: rows})

    def merge(self, one: Filling, other: Filling) -> Filling:
        both = Filling(one.n, dict(one.pieces), _added(one.sums, other.sums))
        for low, pieces in other.pieces.items():
            self._fill(both, low, pieces)
        return both

    def finish(self, state: Filling) -> tuple[float, float, float]:
        return state.sums

    def _fill(self, state: Filling, low: int, pieces: dict[int, tuple[Tensor, Tensor]]) -> None:
        known = {**state.pieces.pop(low, {}), **pieces}
        if sum(len(a) for a, _ in known.values()) < self.size:
            state.pieces[low] = known
            return
        a, b = (torch.cat(rows) for rows in zip(*(known[at] for at in sorted(known)), strict=True))
        state.sums = _added(state.sums, _hsics(a - a.mean(0), b - b.mean(0)))


def _added(one: tuple[float, ...], other: tuple[float, ...]) -> tuple[float, float, float]:
    a, b, c = (x + y for x, y in zip(one, other, strict=True))
    return a, b, c


def _hsics(a: Tensor, b: Tensor) -> tuple[float, float, float]:
    return _hsic(a, b), _hsic(a, a), _hsic(b, b)


def _hsic(x: Tensor, y: Tensor) -> float:
    """Unbiased HSIC of the linear kernels of centred rows."""
    p, q = x.square().sum(1), y.square().sum(1)
    products = float((x.T @ y).square().sum())
    return unbiased_hsic(len(x), products, float(p @ q), float(p.sum()), float(q.sum()))
