"""Who is nearest to whom: the first neighbours of every query, in one space or across the two."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from torch import Tensor

from latcomp import kernel
from latcomp.engine.searching import Float32Search, product32, search_of
from latcomp.engine.selection import Best
from latcomp.engine.shuffle import Shuffle
from latcomp.scan import Parts, Tile
from latcomp.spaces import Pair, Search, Unit, steps

CHUNK_NUMBERS = 2**23
"""Numbers gathered at a time when candidates are settled."""

SEARCHED = 64
"""Queries searched again at a time."""

FLOAT64_ERROR = 1e-12
"""More than a float64 product of unit rows can be off by."""


@dataclass
class Candidates:
    """The best candidates of every query of a pair, by the scores of its search."""

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

    Products in float32, or in bfloat16, select candidates; float64 products of the unit rows
    decide. A query whose candidates cannot be shown to contain its neighbours is searched again,
    in float32 and then in float64.
    """

    kind: str
    depth: int
    over: ClassVar[str] = "tiles"
    tolerant: ClassVar[bool] = True

    def start(self, pair: Pair) -> Candidates:
        kept = min(self.depth + search_of(pair).spare, pair.n)
        return Candidates(pair, Best(len(pair.query_rows), kept, pair.device))

    def add(self, state: Candidates, tile: Tile) -> None:
        state.best.offer(tile.candidates(self.kind), tile.queries.start, tile.database.start)

    def merge(self, one: Candidates, other: Candidates) -> Candidates:
        return Candidates(one.pair, one.best.merge(other.best))

    def finish(self, state: Candidates) -> Lists:
        pair, search = state.pair, search_of(state.pair)
        found = state.best.columns[:, : min(self.depth, pair.n)].long()
        left = torch.arange(len(found), device=found.device)
        left = self._decide(pair, search, state.best, left, found)
        if search.coarse and len(left):
            plain = Float32Search(pair)
            left = self._decide(pair, plain, self._again(pair, plain, left), left, found)
        for start, stop in kernel.bounds(len(left), SEARCHED):
            found[left[start:stop]] = _search(pair, self.kind, left[start:stop], found.shape[1])
        return Lists(pair.query_rows, found.cpu())

    def _decide(
        self, pair: Pair, search: Search, best: Best, queries: Tensor, found: Tensor
    ) -> Tensor:
        """Order the candidates of the queries into ``found``; give back queries left in doubt."""
        depth, width = found.shape[1], _database(pair, self.kind).shape[1]
        found[queries] = best.columns[:, :depth].long()
        gap = torch.inf if search.coarse else 2 * kernel.product_error(width)
        close = _unclear(best.scores[:, : depth + 1], gap)
        doubtful = [close[:0]]
        size = max(1, CHUNK_NUMBERS // (best.scores.shape[1] * width))
        for start, stop in kernel.bounds(len(close), size):
            here = close[start:stop]
            columns = best.columns[here].long()
            scores = settle(pair, self.kind, queries[here], columns)
            order = _by_score(scores, columns)[:, :depth]
            found[queries[here]] = columns.gather(1, order)
            if columns.shape[1] < pair.n:
                unseen = search.bound(self.kind, best.scores[here, -1])
                doubtful.append(here[scores.gather(1, order)[:, -1] <= unseen])
        return queries[torch.cat(doubtful)]

    def _again(self, pair: Pair, search: Search, queries: Tensor) -> Best:
        """The best float32 candidates of a few queries."""
        left, database = _queries(pair, self.kind).take(queries), _database(pair, self.kind)
        best = Best(len(queries), min(self.depth + search.spare, pair.n), pair.device)
        for start, stop in steps(database):
            best.offer(product32(left, database.rows(start, stop)), 0, start)
        return best

    def permuted(self, found: Lists, shuffle: Shuffle) -> Lists:
        """The lists under another pairing: the same neighbours under other numbers."""
        columns = found.columns[shuffle.at] if self.kind[0] == "b" else found.columns
        if self.kind[1] == "b":
            columns = shuffle.back[columns]
        return Lists(found.rows, columns)

    def parts(self, pair: Pair) -> Parts:
        """Neighbours inside a space are the same whatever it is compared with."""
        if self.kind[0] != self.kind[1]:
            return Parts({}, self)
        return Parts({self.kind[0]: replace(self, kind="aa")}, None)

    def joined(self, own: dict[str, Lists], across: Lists) -> Lists:
        return own.get(self.kind[0], across)


def _unclear(scores: Tensor, gap: float) -> Tensor:
    """Queries whose float32 scores, (queries, c) descending, leave their order open somewhere."""
    if scores.shape[1] < 2 or gap == torch.inf:
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
