"""Rank of the true match among all rows of another space, by cosine and by CSLS, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from latcomp import kernel

HUBS = 10
"""Neighbours whose mean cosine says how crowded a place is (CSLS)."""

CHUNK_PAIRS = 2**23
"""Cosines held at a time."""


@dataclass(frozen=True)
class Ranks:
    """Rank, from 1, of every query's true match, by cosine and by CSLS: (queries,)."""

    nearest: Tensor
    csls: Tensor


class UnitRows(Protocol):
    """Rows of length 1 that are read by blocks, or by number."""

    @property
    def shape(self) -> tuple[int, int]: ...

    def rows(self, start: int, stop: int) -> Tensor:
        """Rows start to stop: (stop - start, d)."""

    def take(self, index: Tensor) -> Tensor:
        """The rows named by ``index``: (len(index), d)."""


@dataclass(frozen=True)
class Held:
    """Unit rows in memory: (n, d), float64."""

    held: Tensor

    @property
    def shape(self) -> tuple[int, int]:
        return self.held.shape[0], self.held.shape[1]

    def rows(self, start: int, stop: int) -> Tensor:
        return self.held[start:stop]

    def take(self, index: Tensor) -> Tensor:
        return self.held[index]


def crowds(here: UnitRows, there: UnitRows, device: torch.device) -> tuple[Tensor, Tensor]:
    """Mean cosine of every row with its HUBS nearest of the other side: (n,), (n',)."""
    n, others = here.shape[0], there.shape[0]
    back = torch.empty((others, 0), dtype=torch.float64, device=device)
    ahead = []
    for start, stop in kernel.bounds(n, max(1, CHUNK_PAIRS // others)):
        found = cosines(here.rows(start, stop).double(), there)
        ahead.append(found.topk(min(HUBS, others), dim=1).values.mean(1))
        best = found.topk(min(HUBS, stop - start), dim=0).values.T
        joined = torch.cat([back, best], dim=1)
        back = joined.topk(min(HUBS, joined.shape[1]), dim=1).values
    return torch.cat(ahead), back.mean(1)


def ranks(here: UnitRows, there: UnitRows, crowded: tuple[Tensor, Tensor], asked: Tensor) -> Ranks:
    """Ranks of row i of ``there`` for the queries ``asked``, rows i of ``here``; ties by row.

    ``crowded`` is how crowded the rows of either are, as `crowds` says.
    """
    own, other = crowded
    nothing = torch.empty(0, dtype=torch.int64, device=own.device)
    found = [(nothing, nothing)]
    for start, stop in kernel.bounds(len(asked), max(1, CHUNK_PAIRS // there.shape[0])):
        rows = asked[start:stop].to(own.device)
        near = cosines(here.take(rows).double(), there)
        discounted = 2 * near - own[rows, None] - other
        found.append((rank(near, rows), rank(discounted, rows)))
    nearest, csls = (torch.cat(each).cpu() for each in zip(*found, strict=True))
    return Ranks(nearest, csls)


def cosines(left: Tensor, right: UnitRows) -> Tensor:
    """Products of unit rows, (q, d), with all of ``right``, settled: (q, n), float64."""
    n, width = right.shape
    parts = kernel.bounds(n, max(1, CHUNK_PAIRS // width))
    pieces = [left @ right.rows(*part).double().T for part in parts]
    return kernel.settled(torch.cat(pieces, dim=1), torch.float64)


def rank(scores: Tensor, true: Tensor) -> Tensor:
    """Rank of column true[i] in row i, ties by column: (q, n), (q,) -> (q,)."""
    own = scores.gather(1, true[:, None])
    columns = torch.arange(scores.shape[1], device=scores.device)
    ahead = (scores > own) | ((scores == own) & (columns < true[:, None]))
    return ahead.sum(1) + 1
