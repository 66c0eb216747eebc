"""Rank of the true match once one space is rotated onto the other, on items not fitted on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from latcomp import kernel
from latcomp.draws import permutation
from latcomp.numerics.placing import Placed
from latcomp.scan import Block
from latcomp.spaces import Pair

HUBS = 10
"""Neighbours whose mean cosine says how crowded a place is (CSLS)."""

CHUNK_PAIRS = 2**23
"""Cosines held at a time."""


@dataclass(frozen=True)
class Ranks:
    """Rank, from 1, of every held-out query's true match, by cosine and by CSLS: (queries,)."""

    nearest: Tensor
    csls: Tensor


@dataclass(frozen=True)
class Translation:
    """Finishes as {"ab": `Ranks`, "ba": `Ranks`} after the best orthogonal map between the spaces.

    The map and the means are fitted on a ``train`` share of the items, drawn by ``seed``; those
    of the remaining items that are queries are searched for among all rows of the other side.
    With ``train`` = 1 the same items are fitted on and searched for. Ties go to the row number.
    The map is known only when the training rows were seen, so it reads the pair again.
    """

    train: float
    seed: int
    over: ClassVar[str] = "rows"

    def start(self, pair: Pair) -> Pair:
        return pair

    def add(self, state: Pair, visit: Block) -> None:
        pass

    def merge(self, one: Pair, other: Pair) -> Pair:
        return one

    def finish(self, state: Pair) -> dict[str, Ranks]:
        fitted, held = self._split(state)
        sides = _mapped(state, fitted)
        crowds = _crowds(sides, state)
        return {
            "ab": _ranks(sides[0], sides[1], crowds[0], crowds[1], held),
            "ba": _ranks(sides[1], sides[0], crowds[1], crowds[0], held),
        }

    def _split(self, pair: Pair) -> tuple[Tensor, Tensor]:
        drawn = permutation(pair.n, self.seed, "held out")
        count = round(self.train * pair.n)
        held = drawn if self.train == 1 else drawn[count:]
        asked = held[torch.isin(held, pair.query_rows)]
        return drawn[:count].sort().values, asked.sort().values


def _mapped(pair: Pair, fitted: Tensor) -> tuple[Placed, Placed]:
    """Both spaces as unit rows where they meet: centred, and a turned onto b."""
    x, y = pair.a.take(fitted).double(), pair.b.take(fitted).double()
    mean_x, mean_y = x.mean(0), y.mean(0)
    u, _, v = torch.linalg.svd((x - mean_x).T @ (y - mean_y))
    turn = u @ v
    return (
        Placed(pair.a, lambda rows: _unit((rows.double() - mean_x) @ turn)),
        Placed(pair.b, lambda rows: _unit(rows.double() - mean_y)),
    )


def _unit(rows: Tensor) -> Tensor:
    norm = kernel.lengths(rows)
    return rows / norm.where(norm > 0, 1.0)


def _crowds(sides: tuple[Placed, Placed], pair: Pair) -> tuple[Tensor, Tensor]:
    """Mean cosine of every row with its HUBS nearest of the other side: (n,), (n,)."""
    kept = min(HUBS, pair.n)
    ahead, back = [], torch.full((pair.n, kept), -torch.inf, dtype=torch.float64)
    back = back.to(pair.device)
    for start, stop in kernel.bounds(pair.n, max(1, CHUNK_PAIRS // pair.n)):
        cosines = _cosines(sides[0].rows(start, stop), sides[1])
        ahead.append(cosines.topk(kept, dim=1).values.mean(1))
        best = cosines.topk(min(kept, stop - start), dim=0).values.T
        back = torch.cat([back, best], dim=1).topk(kept, dim=1).values
    return torch.cat(ahead), back.mean(1)


def _ranks(here: Placed, there: Placed, own: Tensor, other: Tensor, held: Tensor) -> Ranks:
    n = there.n
    nothing = torch.empty(0, dtype=torch.int64, device=own.device)
    found = [(nothing, nothing)]
    for start, stop in kernel.bounds(len(held), max(1, CHUNK_PAIRS // n)):
        asked = held[start:stop].to(own.device)
        cosines = _cosines(here.take(asked), there)
        found.append((_rank(cosines, asked), _rank(2 * cosines - own[asked, None] - other, asked)))
    nearest, csls = (torch.cat(ranks).cpu() for ranks in zip(*found, strict=True))
    return Ranks(nearest, csls)


def _cosines(left: Tensor, right: Placed) -> Tensor:
    pieces = [left @ block.T for block in right.blocks()]
    return kernel.settled(torch.cat(pieces, dim=1), torch.float64)


def _rank(scores: Tensor, true: Tensor) -> Tensor:
    """Rank of column true[i] in row i, ties by column: (q, n), (q,) -> (q,)."""
    own = scores.gather(1, true[:, None])
    columns = torch.arange(scores.shape[1], device=scores.device)
    ahead = (scores > own) | ((scores == own) & (columns < true[:, None]))
    return ahead.sum(1) + 1
