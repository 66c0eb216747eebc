"""Who is nearest to whom: the first neighbours of every query, in one space or across the two."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from torch import Tensor

from latcomp import kernel
from latcomp.engine import compiled
from latcomp.engine.choosing import finer, search_of
from latcomp.engine.searching import FLOAT64_ERROR, SPARE
from latcomp.engine.selection import Best
from latcomp.engine.shuffle import Shuffle
from latcomp.scan import Parts, Tile, block_rows
from latcomp.spaces.pair import Pair, Search

CHUNK_NUMBERS = 2**21
"""Numbers gathered at a time when candidates are settled, on a processor."""

CUDA_CHUNK_NUMBERS = 2**25
"""The same on a GPU."""

SEARCHED_NUMBERS = 2**22
"""Cosines held at a time where queries are held against every row in float64."""


@dataclass
class Candidates:
    """The best candidates of every query of a pair, by the scores of its search."""

    pair: Pair
    best: Best


@dataclass(frozen=True)
class Shortlist:
    """Candidates, (q, c), of some queries, by descending float32 cosine.

    ``unseen`` is (q,) float64: the exact cosine of nothing that is not listed is above it.
    """

    columns: Tensor
    scores: Tensor
    unseen: Tensor


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

    Products in float32, in bfloat16 or of a few leading coordinates select candidates; float64
    products of the unit rows decide. A query whose candidates cannot be shown to contain its
    neighbours is searched again, ever more finely, in the end by float64 products with every row.
    """

    kind: str
    depth: int
    over: ClassVar[str] = "tiles"

    @property
    def takes_best(self) -> int:
        """It takes nothing but so many of the best candidates."""
        return self.depth

    def start(self, pair: Pair) -> Candidates:
        kept = min(self.depth + search_of(pair, self.kind).spare, pair.n)
        return Candidates(pair, Best(len(pair.query_rows), kept, pair.device, pair.n))

    def add(self, state: Candidates, tile: Tile) -> None:
        state.best.offer(tile.candidates(self.kind), tile.queries.start, tile.database.start)

    def merge(self, one: Candidates, other: Candidates) -> Candidates:
        return Candidates(one.pair, one.best.merge(other.best))

    def finish(self, state: Candidates) -> Lists:
        pair, search = state.pair, search_of(state.pair, self.kind)
        found = state.best.columns[:, : min(self.depth, pair.n)].long()
        left = torch.arange(len(found), device=found.device)
        left = self._decide(pair, self._shortlist(pair, search, state.best, left), left, found)
        for again in finer(pair, search) if len(left) else []:
            best = self._again(pair, again, left)
            left = self._decide(pair, self._shortlist(pair, again, best, left), left, found)
        for start, stop in kernel.bounds(len(left), max(1, SEARCHED_NUMBERS // pair.n)):
            found[left[start:stop]] = _search(pair, self.kind, left[start:stop], found.shape[1])
        return Lists(pair.query_rows, found.cpu())

    def _shortlist(self, pair: Pair, search: Search, best: Best, queries: Tensor) -> Shortlist:
        """The candidates that a search left, the best of them where their scores are rough."""
        unseen = search.bound(self.kind, best.scores[:, -1])
        if best.scores.shape[1] == pair.n:
            unseen = torch.full_like(unseen, -torch.inf)
        columns = best.columns.long()
        if not search.coarse:
            return Shortlist(columns, best.scores, unseen)
        sure = search.least(self.kind, best.scores[:, min(self.depth, pair.n) - 1, None])
        able = (search.bound(self.kind, best.scores) + kernel.TIE >= sure).sum(1)
        scores = rescore(pair, self.kind, queries, columns, able)
        kept = min(self.depth + SPARE, columns.shape[1])
        top = scores.topk(kept, dim=1)
        if kept < columns.shape[1]:
            unseen = unseen.maximum(top.values[:, -1].double() + _error(pair, self.kind))
        return Shortlist(columns.gather(1, top.indices), top.values, unseen)

    def _decide(self, pair: Pair, listed: Shortlist, queries: Tensor, found: Tensor) -> Tensor:
        """Order the candidates of the queries into ``found``; give back queries left in doubt."""
        depth, error = found.shape[1], _error(pair, self.kind)
        found[queries] = listed.columns[:, :depth]
        tied = (listed.scores[:, :-1] - listed.scores[:, 1:])[:, :depth] <= 2 * error
        open_below = listed.scores[:, depth - 1].double() - error <= listed.unseen
        close = (tied.any(1) | open_below).nonzero()[:, 0]
        doubtful = [close[:0]]
        for start, stop in kernel.bounds(len(close), _chunk(pair, self.kind, listed.columns)):
            here = close[start:stop]
            columns = listed.columns[here]
            scores = settle(pair, self.kind, queries[here], columns)
            order = _by_score(scores, columns)[:, :depth]
            found[queries[here]] = columns.gather(1, order)
            last = scores.gather(1, order)[:, -1]
            doubtful.append(here[last <= listed.unseen[here] + kernel.TIE])
        return queries[torch.cat(doubtful)]

    def _again(self, pair: Pair, search: Search, queries: Tensor) -> Best:
        """The best candidates of a few queries by another search."""
        kept = min(self.depth + search.spare, pair.n)
        best = Best(len(queries), kept, pair.device, pair.n)
        step = block_rows(pair.device)
        for first, last in kernel.bounds(len(queries), step):
            scores = search.asking(self.kind, queries[first:last])
            for start, stop in kernel.bounds(pair.n, step):
                best.offer(scores(slice(start, stop)), first, start)
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


def _error(pair: Pair, kind: str) -> float:
    return kernel.product_error(pair.database_of(kind).shape[1])


def _chunk(pair: Pair, kind: str, columns: Tensor) -> int:
    """How many queries to settle at a time, given their candidates."""
    numbers = CUDA_CHUNK_NUMBERS if pair.device.type == "cuda" else CHUNK_NUMBERS
    return max(1, numbers // (columns.shape[1] * pair.database_of(kind).shape[1]))


def settle(pair: Pair, kind: str, queries: Tensor, columns: Tensor) -> Tensor:
    """Exact cosines of each query with its columns: (q,), (q, c) -> (q, c) float64."""
    left = pair.queries_of(kind).exact(queries)
    right = pair.database_of(kind).exact(columns.flatten())
    return kernel.cosines(left[:, None], right.view(*columns.shape, -1))


def rescore(pair: Pair, kind: str, queries: Tensor, columns: Tensor, able: Tensor) -> Tensor:
    """Float32 cosines of each query with its columns: (q,), (q, c) -> (q, c).

    Only the first ``able`` columns of each query, (q,), need be looked at; others may get -inf.
    """
    asking, database = pair.queries_of(kind), pair.database_of(kind)
    loops = compiled.loops(pair.device, len(queries) * pair.n)
    if loops is not None and asking.kept and database.kept:
        left, right = (unit.rows(0, unit.shape[0]) for unit in (asking, database))
        found: Tensor = loops.products(left, right, queries, columns, able)
        return found
    scores = torch.full(columns.shape, -torch.inf, device=pair.device)
    order = able.argsort()
    for start, stop in kernel.bounds(len(queries), _chunk(pair, kind, columns)):
        here, width = order[start:stop], int(able[order[stop - 1]])
        left = asking.take(queries[here])
        right = database.take(columns[here, :width].flatten())
        products = torch.bmm(right.view(len(here), width, -1), left[:, :, None])
        scores[here, :width] = products[:, :, 0]
    return scores


def _by_score(scores: Tensor, columns: Tensor) -> Tensor:
    """Positions by descending score, equal scores by ascending column."""
    by_column = columns.argsort(dim=1)
    by_score = scores.gather(1, by_column).argsort(dim=1, descending=True, stable=True)
    return by_column.gather(1, by_score)


def _search(pair: Pair, kind: str, queries: Tensor, depth: int) -> Tensor:
    """Neighbours of a few queries by float64 products of whole rows: (queries, depth).

    Everything within rounding of the last neighbour is settled like any candidate.
    """
    left, database = pair.queries_of(kind).exact(queries), pair.database_of(kind)
    steps = kernel.bounds(pair.n, block_rows(pair.device))
    scores = torch.cat([left @ database.exact_rows(*step).T for step in steps], dim=1)
    bar = scores.topk(depth, dim=1).values[:, -1:] - FLOAT64_ERROR
    found = torch.empty((len(queries), depth), dtype=torch.int64, device=scores.device)
    for i, near in enumerate(scores >= bar):
        columns = near.nonzero().T  # (1, near)
        pieces = columns.split(_chunk(pair, kind, queries[:, None]), dim=1)
        exact = torch.cat([settle(pair, kind, queries[i : i + 1], piece) for piece in pieces], 1)
        found[i] = columns[0, _by_score(exact, columns)[0, :depth]]
    return found
