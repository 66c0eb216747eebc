"""The rank of each query's own item among all rows of the other space."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from latcomp import kernel
from latcomp.engine.searching import FLOAT64_ERROR
from latcomp.engine.shuffle import Shuffle
from latcomp.scan import Tile
from latcomp.spaces.pair import Pair

CHUNK_PAIRS = 2**13
"""Doubtful pairs settled at a time."""

CROWDED = 64
"""Where more than one of so many pairs is doubtful, float64 products are looked at first."""


@dataclass
class Ahead:
    """How many rows are ahead of the true one so far, per query."""

    true: Tensor  # (queries,) float64 cosine with the true row
    rows: Tensor  # (queries,) row number of the true row
    ahead: Tensor  # (queries,) int64


@dataclass(frozen=True)
class TrueRank:
    """Rank, from 1, of the true match when all rows of the other space are ordered by cosine.

    ``kind`` is "ab" or "ba" (queries from the first). Equal cosines are ordered by row number.
    Finishes as (queries,) int64. Float32 products count what is clear; what lies within rounding
    of the true match is settled in float64.
    """

    kind: str
    over: ClassVar[str] = "tiles"

    def start(self, pair: Pair) -> Ahead:
        rows = pair.query_rows.to(pair.device)
        queries = pair.unit(self.kind[0], queries=True, across=True)
        matches = pair.unit(self.kind[1], queries=True, across=True)
        true = torch.cat(
            [
                kernel.cosines(queries.exact_rows(*step), matches.exact_rows(*step))
                for step in kernel.bounds(len(rows), CHUNK_PAIRS)
            ]
        )
        return Ahead(true, rows, torch.zeros_like(rows))

    def add(self, state: Ahead, tile: Tile) -> None:
        here = slice(tile.queries.start, tile.queries.stop)
        scores = tile.scores(self.kind)
        error = kernel.product_error(tile.queries.unit(self.kind[0], across=True).shape[1])
        true = state.true[here, None]
        clear = _count(torch.gt, scores, (true + error).float())
        near = _count(torch.ge, scores, (true - error).float()) - clear
        state.ahead[here] += clear
        unclear = near.nonzero()[:, 0]
        if len(unclear):
            self._settle(state, tile, unclear, scores[unclear], error)

    def merge(self, one: Ahead, other: Ahead) -> Ahead:
        return Ahead(one.true, one.rows, one.ahead + other.ahead)

    def finish(self, state: Ahead) -> Tensor:
        return (state.ahead + 1).cpu()

    def permuted(self, found: Tensor, shuffle: Shuffle) -> Tensor:
        """Ranks under another pairing, by the rows of a sample that are nearer than the new match.

        Who keeps his partner keeps his rank. Equal permutations draw equal ranks.
        """
        places, rows = torch.arange(len(found)), shuffle.held.query_rows
        if bool((shuffle.at == places).all()):
            return found
        queries, matches = (places, shuffle.to[rows]) if self.kind == "ab" else (shuffle.at, rows)
        sampled = shuffle.held.sampled(self.kind)
        ranks = sampled.ranks(queries, shuffle.cosines[rows], matches, shuffle.chance)
        return torch.where(shuffle.at == places, found, ranks)

    def _settle(
        self, state: Ahead, tile: Tile, unclear: Tensor, scores: Tensor, error: float
    ) -> None:
        pair, across = tile.queries.pair, self.kind[0] != self.kind[1]
        asked, database = tile.queries, tile.database
        units = pair.unit(self.kind[0], True, across), pair.unit(self.kind[1], False, across)
        left = units[0].exact_rows(asked.start, asked.stop)[unclear]
        right = units[1].exact_rows(database.start, database.stop)
        queries = asked.start + unclear
        true = state.true[queries, None]
        near = (scores <= (true + error).float()) & (scores >= (true - error).float())
        if int(near.sum()) > near.numel() // CROWDED:
            clear = near & ((wide := left @ right.T) > true + FLOAT64_ERROR)
            state.ahead[queries] += clear.sum(1)
            near &= (wide - true).abs_() <= FLOAT64_ERROR
        which, columns = near.nonzero(as_tuple=True)
        for start, stop in kernel.bounds(len(which), CHUNK_PAIRS):
            at, column = which[start:stop], columns[start:stop]
            query, row = queries[at], database.start + column
            score = kernel.cosines(left[at], right[column])
            first = (score == state.true[query]) & (row < state.rows[query])
            ahead = (score > state.true[query]) | first
            state.ahead.index_add_(0, query, (ahead & (row != state.rows[query])).long())


def _count(holds: Callable[..., Tensor], scores: Tensor, bar: Tensor) -> Tensor:
    """How many entries of each row hold against the row's bar.

    Compared into float32, which is summed an order of magnitude faster than booleans are.
    """
    return holds(scores, bar, out=torch.empty_like(scores)).sum(1).long()
