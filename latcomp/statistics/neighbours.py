"""Who is nearest to whom: the first neighbours of every query, in one space or across the two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from latcomp import kernel
from latcomp.scan import Tile
from latcomp.spaces import Pair, steps

SPARE = 16
"""Candidates kept beyond the depth, so that near ties need no second look at the data."""

CHUNK_NUMBERS = 2**23
"""Numbers gathered at a time when candidates are settled."""

SEARCHED = 64
"""Queries searched again at a time."""

FLOAT64_ERROR = 1e-12
"""More than a float64 product of unit rows can be off by."""


@dataclass
class Candidates:
    """The best of what was seen: float32 scores, descending, and their columns, per query."""

    pair: Pair
    scores: Tensor  # (queries, depth + spare)
    columns: Tensor  # (queries, depth + spare), -1 where nothing was seen yet


@dataclass(frozen=True)
class Lists:
    """Row number of every query, (queries,), and its neighbours, (queries, depth)."""

    rows: Tensor
    columns: Tensor


@dataclass(frozen=True)
class Neighbours:
    """The ``depth`` rows nearest to every query by cosine, best first, ties by row number.

    ``kind`` names the side of the queries and the side of the database: "aa", "bb", "ab", "ba".
    A query is its own neighbour. Finishes as `Lists`.

    Float32 products select candidates; float64 products of the unit rows decide. A query whose
    candidates cannot be shown to contain its neighbours is searched again in float64.
    """

    kind: str
    depth: int
    over: ClassVar[str] = "tiles"

    def start(self, pair: Pair) -> Candidates:
        shape = (len(pair.query_rows), min(self.depth + SPARE, pair.n))
        scores = torch.full(shape, -torch.inf, device=pair.device)
        return Candidates(pair, scores, torch.full(shape, -1, device=pair.device))

    def add(self, state: Candidates, tile: Tile) -> None:
        scores = tile.scores(self.kind)
        best = scores.topk(min(state.scores.shape[1], scores.shape[1]), dim=1)
        columns = best.indices + tile.database.start
        self._keep(state, slice(tile.queries.start, tile.queries.stop), best.values, columns)

    def merge(self, one: Candidates, other: Candidates) -> Candidates:
        both = Candidates(one.pair, one.scores.clone(), one.columns.clone())
        self._keep(both, slice(None), other.scores, other.columns)
        return both

    def finish(self, state: Candidates) -> Lists:
        found = torch.empty((len(state.scores), min(self.depth, state.pair.n)), dtype=torch.int64)
        doubtful = []
        for start, stop in _chunks(state.columns.numel() * self._width(state.pair), len(found)):
            columns = state.columns[start:stop]
            scores = settle(state.pair, self.kind, torch.arange(start, stop), columns)
            order = _by_score(scores, columns)[:, : found.shape[1]]
            found[start:stop] = columns.gather(1, order).cpu()
            if columns.shape[1] < state.pair.n:
                unseen = state.scores[start:stop, -1].double()
                bar = unseen + kernel.product_error(self._width(state.pair))
                last = scores.gather(1, order)[:, -1]
                doubtful.append((last <= bar).nonzero()[:, 0].cpu() + start)
        again = torch.cat(doubtful) if doubtful else torch.empty(0, dtype=torch.int64)
        for start, stop in kernel.bounds(len(again), SEARCHED):
            queries = again[start:stop]
            found[queries] = _search(state.pair, self.kind, queries, found.shape[1]).cpu()
        return Lists(state.pair.query_rows, found)

    def _width(self, pair: Pair) -> int:
        return pair.side(self.kind[1]).shape[1]

    def _keep(self, state: Candidates, rows: slice, scores: Tensor, columns: Tensor) -> None:
        scores = torch.cat([state.scores[rows], scores], dim=1)
        columns = torch.cat([state.columns[rows], columns], dim=1)
        best = scores.topk(state.scores.shape[1], dim=1)
        state.scores[rows] = best.values
        state.columns[rows] = columns.gather(1, best.indices)


def settle(pair: Pair, kind: str, queries: Tensor, columns: Tensor) -> Tensor:
    """Exact cosines of each query with its columns: (q,), (q, c) -> (q, c) float64."""
    left = pair.unit(kind[0], queries=True).take(queries)
    right = pair.unit(kind[1]).take(columns.flatten())
    return kernel.exact(left[:, None], right.view(*columns.shape, -1))


def _chunks(numbers: int, rows: int) -> list[tuple[int, int]]:
    return kernel.bounds(rows, max(1, CHUNK_NUMBERS * rows // max(1, numbers)))


def _by_score(scores: Tensor, columns: Tensor) -> Tensor:
    """Positions by descending score, equal scores by ascending column."""
    by_column = columns.argsort(dim=1)
    by_score = scores.gather(1, by_column).argsort(dim=1, descending=True, stable=True)
    return by_column.gather(1, by_score)


def _search(pair: Pair, kind: str, queries: Tensor, depth: int) -> Tensor:
    """Neighbours of a few queries by float64 products of whole rows: (queries, depth).

    Everything within rounding of the last neighbour is settled like any candidate.
    """
    left = pair.unit(kind[0], queries=True).take(queries).double()
    database = pair.unit(kind[1])
    scores = torch.cat([left @ database.rows(*step).double().T for step in steps(database)], dim=1)
    bar = scores.topk(depth, dim=1).values[:, -1:] - FLOAT64_ERROR
    found = torch.empty((len(queries), depth), dtype=torch.int64, device=scores.device)
    for i, near in enumerate(scores >= bar):
        columns = near.nonzero()[:, 0]
        exact = settle(pair, kind, queries[i : i + 1], columns[None])
        found[i] = columns[_by_score(exact, columns[None])[0, :depth]]
    return found
