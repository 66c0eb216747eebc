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

        Exact, but for ties, where the sample holds all rows; else ``chance``, uniform on [0, 1),
        decides between the ranks that the sample leaves open. All are (q,).
        """
        size, n = self.cosines.shape[1], len(self.part_of)
        bars = torch.empty(len(queries))
        bars[queries] = (cosines + self.error).float()
        near = torch.searchsorted(self.cosines, bars[:, None], right=True)[queries, 0]
        places = size + (self.part_of[rows] != self.part[queries])
        return ((size - near + chance) * n / places).long().clamp(max=n - 1) + 1


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
