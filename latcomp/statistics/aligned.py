"""Cosines of matching rows once one space is rotated onto the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from latcomp import kernel
from latcomp.numerics.algebra import rotation
from latcomp.numerics.centring import first_mean
from latcomp.scan import Block
from latcomp.spaces.pair import Pair
from latcomp.spaces.space import steps


@dataclass
class Crossed:
    """The pair, and sums of u = x - shift, v = y - shift and of their products, float64."""

    pair: Pair
    shifts: tuple[Tensor, Tensor]
    n: int
    u: Tensor  # (d,)
    v: Tensor  # (d',)
    uv: Tensor  # (d, d')


@dataclass(frozen=True)
class AlignedCosines:
    """Cosine of every item's two rows after the orthogonal map that fits all rows best: (n,).

    The narrower side is padded with zeros. ``center`` subtracts the means first; then a row at
    the mean has no cosine, and the answer is None. Walks the pair a second time: the map is known
    only when every row was seen.
    """

    center: bool = False
    over: ClassVar[str] = "rows"

    def start(self, pair: Pair) -> Crossed:
        shifts = first_mean(pair.a), first_mean(pair.b)
        d, e = pair.a.shape[1], pair.b.shape[1]
        zeros = [
            torch.zeros(shape, dtype=torch.float64, device=pair.device)
            for shape in ((d,), (e,), (d, e))
        ]
        return Crossed(pair, shifts, 0, *zeros)

    def add(self, state: Crossed, visit: Block) -> None:
        u, v = visit.a.double() - state.shifts[0], visit.b.double() - state.shifts[1]
        state.n += len(u)
        state.u += u.sum(0)
        state.v += v.sum(0)
        state.uv += u.T @ v

    def merge(self, one: Crossed, other: Crossed) -> Crossed:
        summed = (one.n + other.n, one.u + other.u, one.v + other.v, one.uv + other.uv)
        return Crossed(one.pair, one.shifts, *summed)

    def finish(self, state: Crossed) -> Tensor | None:
        mean_u, mean_v = state.u / state.n, state.v / state.n
        means = state.shifts[0] + mean_u, state.shifts[1] + mean_v
        cross = state.uv - state.n * torch.outer(mean_u, mean_v)
        if not self.center:
            cross += state.n * torch.outer(*means)
        turn = rotation(cross)
        found = []
        for step in steps(state.pair.a):
            x, y = state.pair.a.rows(*step).double(), state.pair.b.rows(*step).double()
            if self.center:
                x, y = x - means[0], y - means[1]
            lengths = (kernel.lengths(x) * kernel.lengths(y))[:, 0]
            if not bool((lengths > 0).all()):
                return None
            found.append(((x @ turn) * y).sum(1) / lengths)
        return torch.cat(found).cpu()
