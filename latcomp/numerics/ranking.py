"""Two lists of the same length held against each other, entry by entry."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from latcomp import kernel

CHUNK_ROWS = 4096
"""Lists compared at a time."""


def compared(a: Tensor, b: Tensor, score: Callable[[Tensor], Tensor]) -> Tensor:
    """The score of every two lists from where they agree: (n, k), (n, k) -> (n,) float64.

    ``score`` maps (rows, k, k) booleans, entry i of a equal to entry j of b, to (rows,).
    """
    pieces = [
        score(a[start:stop, :, None] == b[start:stop, None, :])
        for start, stop in kernel.bounds(len(a), CHUNK_ROWS)
    ]
    return torch.cat(pieces).double()


def rank_agreement(a: Tensor, b: Tensor) -> Tensor:
    """How near the ranks of shared entries are, early ranks weighing most: (n, k), (n, k) -> (n,).

    The sum over shared entries of 2 / ((1 + |r - r'|)(r + r')), over the most it can be for as
    many; 0 where none is shared.
    """
    ranks = torch.arange(1, a.shape[1] + 1, dtype=torch.float64)
    gap = (ranks[:, None] - ranks).abs()
    weights = 2 / ((1 + gap) * (ranks[:, None] + ranks))
    best = torch.cat([torch.ones(1, dtype=torch.float64), (1 / ranks).cumsum(0)])

    def score(same: Tensor) -> Tensor:
        return (same * weights).sum((1, 2)) / best[same.sum((1, 2))]

    return compared(a, b, score)
