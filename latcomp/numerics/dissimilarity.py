"""How unlike two rows are, for every row of one block against every row of another, in float64."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from latcomp import kernel


def squared(left: Tensor, right: Tensor) -> Tensor:
    """Squared Euclidean distances: (p, d), (q, d) -> (p, q). Centre first: offsets cost digits."""
    norms = left.square().sum(1)[:, None] + right.square().sum(1)
    return norms.sub_(2 * (left @ right.T)).clamp_(min=0)


def euclidean(left: Tensor, right: Tensor) -> Tensor:
    """Euclidean distances: (p, d), (q, d) -> (p, q)."""
    return squared(left, right).sqrt_()


def cosine(left: Tensor, right: Tensor) -> Tensor:
    """1 - cosine; rows of length zero count as unlike everything: (p, d), (q, d) -> (p, q)."""
    return 1 - _unit(left) @ _unit(right).T


def correlation(left: Tensor, right: Tensor) -> Tensor:
    """1 - Pearson correlation of rows, each row centred: (p, d), (q, d) -> (p, q)."""
    return cosine(left - left.mean(1, keepdim=True), right - right.mean(1, keepdim=True))


def constant_rows(rows: Tensor) -> int:
    """How many rows have equal coordinates throughout, so that they have no correlation."""
    return int((rows == rows[:, :1]).all(1).sum())


def _unit(rows: Tensor) -> Tensor:
    norm = kernel.lengths(rows)
    return rows / norm.where(norm > 0, 1.0)


def uniformity(left: Tensor, right: Tensor) -> Tensor:
    """The kernel exp(-2 |u - v|^2) of the unit rows, 1 for equal directions: (p, d), (q, d)."""
    return cosine(left, right).mul_(-4).exp_()


Dissimilarity = Callable[[Tensor, Tensor], Tensor]

WAYS: dict[str, Dissimilarity] = {
    "cosine": cosine,
    "correlation": correlation,
    "euclidean": euclidean,
    "sqeuclidean": squared,
    "uniformity": uniformity,
}

SHIFTED = frozenset({"euclidean", "sqeuclidean"})
"""Those that a common offset leaves as they are, so that it is taken out first."""


SELF_SIMILAR = frozenset({"gaussian", "uniformity"})
"""Those that are 1, not 0, for an item with itself."""


def gaussian(width: float) -> Dissimilarity:
    """The kernel exp(-|x - y|^2 / (2 width^2)), 1 for equal rows."""
    return lambda left, right: squared(left, right).mul_(-1 / (2 * width**2)).exp_()


def median_distance(rows: Tensor) -> float | None:
    """Median of the Euclidean distances that are not zero; None where all rows are equal.

    The mean of the middle two where their number is even; distances are taken coordinate by
    coordinate, so that equal rows are exactly 0 apart.
    """
    apart = torch.pdist(rows)
    found = apart[apart > 0].sort().values
    if len(found) == 0:
        return None
    return float(found[(len(found) - 1) // 2] + found[len(found) // 2]) / 2
