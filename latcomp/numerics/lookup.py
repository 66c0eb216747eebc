"""Search: the nearest rows of a database for some queries, and the rank of what they look for."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from latcomp import kernel
from latcomp.numerics.retrieval import CHUNK_PAIRS, UnitRows


@dataclass(frozen=True)
class Looked:
    """The k nearest rows, best first, (q, k), and the rank of the best-ranked target, (q,).

    In the processor's memory, wherever they were found.
    """

    rows: Tensor
    ranks: Tensor


def nearest(queries: Tensor, database: UnitRows, k: int) -> Tensor:
    """The k rows with the highest product, best first, ties by row: (q, d) -> (q, k), exact.

    In the processor's memory, wherever they were found.
    """
    q, (n, width) = len(queries), database.shape
    scores = torch.empty((q, 0), dtype=torch.float64, device=queries.device)
    rows = torch.empty((q, 0), dtype=torch.int64, device=queries.device)
    for start, stop in _parts(q, n, width):
        here = torch.arange(start, stop, device=queries.device).expand(q, -1)
        found, places = _first(_products(queries, database.rows(start, stop)), here, k)
        order = torch.cat([scores, found], dim=1).sort(dim=1, descending=True, stable=True)
        scores = order.values[:, :k]
        rows = torch.cat([rows, places], dim=1).gather(1, order.indices[:, :k])
    return rows.cpu()


def look(queries: Tensor, database: UnitRows, k: int, targets: Tensor) -> Looked:
    """The k nearest rows for every unit query, and how far down the first of its targets is.

    ``targets`` are the row numbers that each looks for, (q, t), -1 where it has fewer than t, but
    every query has one. Ranks count from 1; ties go to the lower row number.
    """
    q, (n, width) = len(queries), database.shape
    targets = targets.to(queries.device)
    best, own = _best(queries, database, targets)
    ahead = torch.zeros(q, dtype=torch.int64, device=queries.device)
    for start, stop in _parts(q, n, width):
        scores = _products(queries, database.rows(start, stop))
        columns = torch.arange(start, stop, device=queries.device)
        tied = ((scores - own).abs() <= kernel.TIE) & (columns < best)
        ahead += ((scores > own + kernel.TIE) | tied).sum(1)
    return Looked(nearest(queries, database, k), (ahead + 1).cpu())


def _best(queries: Tensor, database: UnitRows, targets: Tensor) -> tuple[Tensor, Tensor]:
    """Row number and product of every query's best-ranked target: (q, 1), (q, 1)."""
    known, place = torch.unique(targets.clamp(min=0), return_inverse=True)
    held = database.take(known).double()
    own = torch.full(targets.shape, -torch.inf, dtype=torch.float64, device=queries.device)
    for column in range(targets.shape[1]):
        found = kernel.settled(kernel.exact(queries, held[place[:, column]]), torch.float64)
        own[:, column] = found.where(targets[:, column] >= 0, -torch.inf)
    top = own.amax(1, keepdim=True)
    beyond = torch.iinfo(targets.dtype).max
    rows = targets.where(own == top, beyond).amin(1, keepdim=True)
    return rows, top


def _parts(queries: int, n: int, width: int) -> list[tuple[int, int]]:
    return kernel.bounds(n, max(1, CHUNK_PAIRS // max(queries, width)))


def _products(queries: Tensor, rows: Tensor) -> Tensor:
    return kernel.settled(queries @ rows.double().T, torch.float64)


def _first(scores: Tensor, rows: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """The k highest scores of each line, ties by column, in order of column: (q, k), (q, k)."""
    if scores.shape[1] <= k:
        return scores, rows
    last = scores.topk(k, dim=1).values[:, -1:]
    above, tied = scores > last, scores == last
    room = k - above.sum(1, keepdim=True)
    kept = above | (tied & (tied.cumsum(1) <= room))
    return scores[kept].view(len(scores), k), rows[kept].view(len(scores), k)
