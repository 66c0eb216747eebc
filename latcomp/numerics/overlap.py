"""What lists of neighbours have in common, and what each item adds to that by being there."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Added:
    """What each item in ``columns`` adds, by being there, to the score of the query beside it.

    A pair may be listed more than once: its parts add up.
    """

    rows: Tensor  # (q,) row numbers of the queries
    columns: Tensor  # (q, c) row numbers; where it is that of the query, nothing is added
    amounts: Tensor  # (q, c) float64


def shared(left: Tensor, right: Tensor) -> Tensor:
    """How many entries each row of ``left`` has in common with the same row of ``right``.

    (n, k), (n, k) -> (n,) float64; entries of a row are distinct.
    """
    counts = [
        (left[start : start + 4096, :, None] == right[start : start + 4096, None, :]).sum((1, 2))
        for start in range(0, len(left), 4096)
    ]
    return torch.cat(counts).double()


def added_by_neighbours(rows: Tensor, left: Tensor, right: Tensor, slope: Tensor) -> Added:
    """What neighbours add to a score of how many entries two lists of k share, (q, k) each.

    ``slope`` is how much the score of each query, (q,), grows per entry shared. A neighbour is
    shared or not, and keeps the next one out of each list it is in. The next one is taken to be
    shared as often as the last quarter of the lists is, in proportion to the overlap of the query.
    A query that is in its own lists is there whoever else is.
    """
    k = left.shape[1]
    both = (left[:, :, None] == right[:, None, :]).any(2).double()
    last = both[:, -max(1, k // 4) :].mean() / both.mean().clamp(min=1 / both.numel())
    kept_out = (last * both.mean(1, keepdim=True)).expand_as(both)
    columns = torch.cat([left, right], dim=1)
    amounts = slope[:, None] * torch.cat([both - kept_out, -kept_out], dim=1)
    return Added(rows, columns, amounts.where(columns != rows[:, None], 0.0))
