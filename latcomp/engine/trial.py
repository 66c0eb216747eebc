"""A few queries, searched for exactly, that tell how many candidates a rough search leaves."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from latcomp import kernel
from latcomp.engine.products import product32
from latcomp.spaces.pair import Pair, Search
from latcomp.spaces.unit import PREPARED_ROWS, SplitUnit

QUERIES = 128

SURE = 0.98
"""The share of the queries that must keep all they need; others would be searched for again."""


@dataclass(frozen=True)
class Trial:
    """Some queries of one kind, as float32 unit rows (q, p), their numbers, and what they seek.

    ``last`` is (q, 1): the cosine of the last of the ``depth`` neighbours of each in the database.
    """

    kind: str
    depth: int
    chosen: Tensor
    queries: Tensor
    database: SplitUnit
    last: Tensor

    def able(self, highest: Tensor) -> Tensor:
        """How many of some items may be among the neighbours of each query, (q,).

        ``highest`` is a bound on the cosine of every query with every one of them, (q, items).
        """
        return (highest >= self.last).sum(1)

    def few(self, counts: Tensor, spare: int) -> bool:
        """Whether so many items, (q,), are at most ``spare`` too many for nearly every query."""
        return bool(counts.double().quantile(SURE) <= self.depth + spare)

    def passed_by(self, search: Search) -> bool:
        """Whether the candidates that a search keeps do for nearly every query."""
        scores = search.asking(self.kind, self.chosen)
        counts = torch.zeros(len(self.queries), device=self.queries.device)
        for step in kernel.bounds(self.database.shape[0], PREPARED_ROWS):
            counts += self.able(search.bound(self.kind, scores(slice(*step))))
        return self.few(counts, search.spare)


def trial(pair: Pair, kind: str, depth: int) -> Trial:
    """Search for some queries of a kind, evenly spread, in float32."""
    asking, database = pair.queries_of(kind), pair.database_of(kind)
    step = max(1, asking.shape[0] // QUERIES)
    chosen = torch.arange(0, asking.shape[0], step)[:QUERIES]
    queries, depth = asking.take(chosen), min(depth, database.shape[0])
    steps = kernel.bounds(database.shape[0], PREPARED_ROWS)
    exact = torch.cat([product32(queries, database.rows(*step)) for step in steps], dim=1)
    return Trial(kind, depth, chosen, queries, database, exact.topk(depth, dim=1).values[:, -1:])
