"""Figures of one space on its own: how many dimensions it uses, how evenly, and its hubs."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from latcomp.numerics.dissimilarity import cosine, squared

NEIGHBOURS = 10
"""Neighbours counted for hubness."""

DISCARDED = 0.1
"""Share of the largest distance ratios that TwoNN leaves out."""

EQUAL = 1e-13
"""Rows are equal where their squared distance is this share of the largest squared length."""


def effective_rank(rows: Tensor) -> float:
    """exp(entropy) of the singular values of the centred rows, normalised to sum 1; at least 1."""
    wide = rows.double()
    return rank_of(wide - wide.mean(0))


def rank_of(rows: Tensor) -> float:
    """exp(entropy) of the singular values of the rows as they are (RankMe, no epsilon)."""
    values = torch.linalg.svdvals(rows.double())
    total = values.sum()
    if not total > 0:
        return 1.0
    return float(torch.exp(torch.special.entr(values / total).sum()))


def _variances(rows: Tensor) -> Tensor:
    """Variances along the principal axes, d of them: (d,)."""
    wide = rows.double()
    values = torch.linalg.svdvals(wide - wide.mean(0)).square() / max(1, len(rows) - 1)
    return torch.nn.functional.pad(values, (0, rows.shape[1] - len(values)))


def participation_ratio(rows: Tensor) -> float | None:
    """(sum of variances)^2 / sum of their squares along the principal axes, from 1 to d.

    None where the rows are equal.
    """
    values = _variances(rows)
    squares = float(values.square().sum())
    return float(values.sum()) ** 2 / squares if squares > 0 else None


def isoscore(rows: Tensor) -> float | None:
    """IsoScore: 1 where variance is even over all axes, 0 where one holds it all.

    Rudman et al. 2022, algorithm 1, in the covariance form. None for one dimension or equal rows.
    """
    values, d = _variances(rows), rows.shape[1]
    size = float(values.norm())
    if d < 2 or not size > 0:
        return None
    even = values * math.sqrt(d) / size
    defect = float((even - 1).square().sum()) / (2 * (d - math.sqrt(d)))
    share = (d - defect * (d - math.sqrt(d))) ** 2 / d**2
    return (d * share - 1) / (d - 1)


def intrinsic_dimension(rows: Tensor) -> float | None:
    """TwoNN: the dimension that the ratios of second to first nearest distances speak of.

    Facco et al. 2017: Euclidean, rows with a duplicate left out, the largest tenth of the ratios
    discarded, least squares through the origin. None where fewer than 3 ratios are left.
    """
    if len(rows) < 3:
        return None
    wide = rows.double() - rows.double().mean(0)
    apart = squared(wide, wide).fill_diagonal_(math.inf)
    near = apart.topk(2, largest=False).values
    near = near[near[:, 0] > EQUAL * wide.square().sum(1).max()].sqrt()
    if len(near) < 3:
        return None
    kept = int(len(near) * (1 - DISCARDED))
    ratios = (near[:, 1] / near[:, 0]).sort().values[:kept].log()
    heights = -torch.log1p(-torch.arange(1, kept + 1, dtype=torch.float64) / len(near))
    spread = float(ratios @ ratios)
    return float(ratios @ heights) / spread if spread > 0 else None


def hubness(rows: Tensor) -> float | None:
    """Skewness of how often a row is among the 10 nearest of others, by cosine; near 0 is healthy.

    Equal cosines are ordered by row number. None for 11 rows or fewer, or where all are equal.
    """
    if len(rows) <= NEIGHBOURS + 1:
        return None
    wide = rows.double()
    apart = cosine(wide, wide).mul_(2**44).round_().fill_diagonal_(math.inf)
    near = apart.sort(dim=1, stable=True).indices[:, :NEIGHBOURS]
    counts = torch.bincount(near.flatten(), minlength=len(rows)).double()
    off = counts - NEIGHBOURS
    spread = float(off.square().mean())
    return float(off.pow(3).mean()) / spread**1.5 if spread > 0 else None
