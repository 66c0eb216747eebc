"""Who is nearest to whom: the first neighbours of every query, in one space or across the two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from latcomp import kernel
from latcomp.scan import Tile
from latcomp.selection import Best
from latcomp.spaces import Pair, Unit, steps

SPARE = 4
"""Candidates kept beyond the depth, so that near ties need no second look at the data."""

CHUNK_NUMBERS = 2**23
"""Numbers gathered at a time when candidates are settled."""

SEARCHED = 64
"""Queries searched again at a time."""

FLOAT64_ERROR = 1e-12
"""More than a float64 product of unit rows can be off by."""


@dataclass
class Candidates:
    """The best candidates of every query of a pair, by float32 score."""

    pair: Pair
    best: Best


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
        kept = min(self.depth + SPARE, pair.n)
        return Candidates(pair, Best(len(pair.query_rows), kept, pair.device))

    def add(self, state: Candidates, tile: Tile) -> None:
        state.best.offer(tile.scores(self.kind), tile.queries.start, tile.database.start)

    def merge(self, one: Candidates, other: Candidates) -> Candidates:
        return Candidates(one.pair, one.best.merge(other.best))

    def finish(self, state: Candidates) -> Lists:
        pair, best = state.pair, state.best
        depth = min(self.depth, pair.n)
        error = kernel.product_error(_database(pair, self.kind).shape[1])
        found = best.columns[:, :depth].long()
        close = _unclear(best.scores[:, : depth + 1], 2 * error)
        doubtful = [close[:0]]
        for queries in self._chunks(pair, close, best.scores.shape[1]):
            columns = best.columns[queries].long()
            scores = settle(pair, self.kind, queries, columns)
            order = _by_score(scores, columns)[:, :depth]
            found[queries] = columns.gather(1, order)
            if columns.shape[1] < pair.n:
                unseen = best.scores[queries, -1].double() + error
                doubtful.append(queries[scores.gather(1, order)[:, -1] <= unseen])
        again = torch.cat(doubtful)
        for start, stop in kernel.bounds(len(again), SEARCHED):
            found[again[start:stop]] = _search(pair, self.kind, again[start:stop], depth)
        return Lists(pair.query_rows, found.cpu())

    def _chunks(self, pair: Pair, queries: Tensor, columns: int) -> Iterator[Tensor]:
        width = _database(pair, self.kind).shape[1]
        for start, stop in kernel.bounds(len(queries), max(1, CHUNK_NUMBERS // (columns * width))):
            yield queries[start:stop]


def _unclear(scores: Tensor, gap: float) -> Tensor:
    """Queries whose float32 scores, (queries, c) descending, leave their order open somewhere."""
    if scores.shape[1] < 2:
        return torch.arange(len(scores), device=scores.device)
    return ((scores[:, :-1] - scores[:, 1:]) <= gap).any(1).nonzero()[:, 0]


def _queries(pair: Pair, kind: str) -> Unit:
    return pair.unit(kind[0], queries=True, across=kind[0] != kind[1])


def _database(pair: Pair, kind: str) -> Unit:
    return pair.unit(kind[1], across=kind[0] != kind[1])


def settle(pair: Pair, kind: str, queries: Tensor, columns: Tensor) -> Tensor:
    """Exact cosines of each query with its columns: (q,), (q, c) -> (q, c) float64."""
    left = _queries(pair, kind).take(queries)
    right = _database(pair, kind).take(columns.flatten())
    return kernel.exact(left[:, None], right.view(*columns.shape, -1))


def _by_score(scores: Tensor, columns: Tensor) -> Tensor:
    """Positions by descending score, equal scores by ascending column."""
    by_column = columns.argsort(dim=1)
    by_score = scores.gather(1, by_column).argsort(dim=1, descending=True, stable=True)
    return by_column.gather(1, by_score)


def _search(pair: Pair, kind: str, queries: Tensor, depth: int) -> Tensor:
    """Neighbours of a few queries by float64 products of whole rows: (queries, depth).

    Everything within rounding of the last neighbour is settled like any candidate.
    """
    left = _queries(pair, kind).take(queries).double()
    database = _database(pair, kind)
    scores = torch.cat([left @ database.rows(*step).double().T for step in steps(database)], dim=1)
    bar = scores.topk(depth, dim=1).values[:, -1:] - FLOAT64_ERROR
    found = torch.empty((len(queries), depth), dtype=torch.int64, device=scores.device)
    for i, near in enumerate(scores >= bar):
        columns = near.nonzero()[:, 0]
        exact = settle(pair, kind, queries[i : i + 1], columns[None])
        found[i] = columns[_by_score(exact, columns[None])[0, :depth]]
    return found
