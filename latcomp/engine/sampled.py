"""Ranks by a sample of rows: where a cosine would stand among all, without looking at all."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from latcomp import kernel

SAMPLE = 256
"""Rows of the database that a query is held against, or up to twice as many."""


@dataclass(frozen=True)
class SampledCosines:
    """Cosines of every query with a few rows of the database, ascending: (queries, size) float32.

    Every row is in the samples of as many queries, so that their mean favours none; ``part`` is,
    (queries,), which part of the rows a query was held against, and ``part_of`` in which part a
    row is, (n,), -1 for the few that are in none. Cosines within ``error`` may be equal.
    """

    cosines: Tensor
    part: Tensor
    part_of: Tensor
    error: float

    def ranks(self, queries: Tensor, cosines: Tensor, rows: Tensor, chance: Tensor) -> Tensor:
        """Ranks among all rows, from 1, of the ``rows`` at these ``cosines`` of the ``queries``.

        ``chance``, uniform on [0, 1), decides between the ranks that equal cosines and the sample
        leave open; where it holds all rows and none are equal, ranks are exact. All are (q,).
        """
        size, n = self.cosines.shape[1], len(self.part_of)
        own = self.part_of[rows] == self.part[queries]
        up_to = self._count(queries, cosines + self.error, right=True)
        equal = up_to - self._count(queries, cosines - self.error, right=False) - own.long()
        places = size + (~own).long()
        ahead = (size - up_to + chance * (equal.clamp(min=0) + 1)) * n / places
        return ahead.long().clamp(max=n - 1) + 1

    def _count(self, queries: Tensor, bars: Tensor, right: bool) -> Tensor:
        """How many cosines of each query are below its bar, or ``right`` at it, too: (q,)."""
        sought = torch.empty(len(queries))
        sought[queries] = bars.float()
        return torch.searchsorted(self.cosines, sought[:, None], right=right)[queries, 0]


def sampled_cosines(queries: Tensor, asked: Tensor, database: Tensor) -> SampledCosines:
    """Hold the ``asked`` rows of ``queries``, (n, d), against a part each of ``database``, (n, d).

    Rows have length 1. Parts and queries are dealt out at random, the same way every time.
    """
    n = len(database)
    generator = torch.Generator().manual_seed(n)
    parts = max(1, n // SAMPLE)
    size = n // parts
    order = torch.randperm(n, generator=generator)[: parts * size].view(parts, size)
    part_of = torch.full((n,), -1).index_put_((order,), torch.arange(parts)[:, None])
    part = torch.randperm(len(asked), generator=generator) % parts
    cosines = torch.empty(len(asked), size)
    for number, columns in enumerate(order):
        mine = (part == number).nonzero()[:, 0]
        cosines[mine] = (queries[asked[mine]] @ database[columns].T).float().cpu()
    error = kernel.product_error(database.shape[1])
    return SampledCosines(cosines.sort(dim=1).values, part, part_of, error)
