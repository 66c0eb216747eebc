"""How unlike two rows are, for every row of one block against every row of another, in float64."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from latcomp import kernel
from latcomp.numerics import distances


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


Dissimilarity = Callable[[Tensor, Tensor], Tensor]

WAYS: dict[str, Dissimilarity] = {
    "cosine": cosine,
    "correlation": correlation,
    "euclidean": euclidean,
    "sqeuclidean": squared,
}

SHIFTED = frozenset({"euclidean", "sqeuclidean"})
"""Those that a common offset leaves as they are, so that it is taken out first."""


SELF_SIMILAR = frozenset({"gaussian", "uniformity"})
"""Those that are 1, not 0, for an item with itself."""


GAUSSIAN = "gaussian"


def derived(way: str, width: float | None) -> tuple[str, Callable[[Tensor], Tensor]]:
    """The dissimilarity that ``way`` is a function of, and the function, of its values.

    "gaussian" is the kernel exp(-|x - y|^2 / (2 width^2)), of width 1 where none is known;
    "uniformity" the kernel exp(-2 |u - v|^2) of unit rows.
    """
    if way == GAUSSIAN:
        scale = -1 / (2 * (width or 1.0) ** 2)
        return "sqeuclidean", lambda apart: torch.exp(apart * scale)
    if way == "uniformity":
        return "cosine", lambda apart: torch.exp(apart * -4)
    if way == "euclidean":
        return "sqeuclidean", torch.sqrt
    return way, lambda apart: apart


def median_distance(rows: Tensor) -> float | None:
    """Median of the Euclidean distances that are not zero; None where all rows are equal.

    The mean of the middle two where their number is even; equal rows are exactly 0 apart.
    """
    apart = distances.euclidean(rows, rows).triu(1)
    found = apart[apart > 0]
    return float(np.median(found.cpu().numpy())) if len(found) else None
