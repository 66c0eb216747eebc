"""What lists of neighbours have in common, and what each item adds to that by being there."""

from __future__ import annotations

from collections.abc import Callable
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


def in_common(left: Tensor, right: Tensor) -> Tensor:
    """Which entries of each row of ``left`` are in the same row of ``right``.

    (n, k), (n, l) -> (n, k) bool, a few thousand rows at a time.
    """
    found = [
        (left[start : start + 4096, :, None] == right[start : start + 4096, None, :]).any(2)
        for start in range(0, len(left), 4096)
    ]
    return torch.cat(found)


def shared(left: Tensor, right: Tensor) -> Tensor:
    """How many entries each row of ``left`` has in common with the same row of ``right``.

    (n, k), (n, k) -> (n,) float64; entries of a row are distinct.
    """
    return in_common(left, right).sum(1).double()


def jaccard_slope(common: Tensor, k: int) -> Tensor:
    """How much the Jaccard overlap of two lists of k grows per entry that they share."""
    return 2 * k / (2 * k - common) ** 2


def added_by_neighbours(
    rows: Tensor, left: Tensor, right: Tensor, slope: Callable[[Tensor], Tensor]
) -> Added:
    """What neighbours add to a score of how many entries two lists of k share, (q, k) each.

    ``slope`` says how much the score of each query grows per entry shared, from how many are. A
    neighbour is shared or not, and keeps the next one out of each list it is in. The next one is
    taken to be shared as often as the last quarter of the lists is, in proportion to the overlap
    of the query. A query that is in its own lists is there whoever else is.
    """
    k = left.shape[1]
    both = in_common(left, right).double()
    last = both[:, -max(1, k // 4) :].mean() / both.mean().clamp(min=1 / both.numel())
    kept_out = (last * both.mean(1, keepdim=True)).expand_as(both)
    columns = torch.cat([left, right], dim=1)
    amounts = slope(both.sum(1))[:, None] * torch.cat([both - kept_out, -kept_out], dim=1)
    return Added(rows, columns, amounts.where(columns != rows[:, None], 0.0))
