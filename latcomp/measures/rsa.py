"""Representational similarity: one space's table of dissimilarities against the other's."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import torch
from torch import Tensor

from latcomp.errors import NotApplicableError
from latcomp.measures import BOUNDS, RIGID, Measure, Sampled, named
from latcomp.numerics.dissimilarity import SHIFTED, WAYS, constant_rows
from latcomp.scan import Statistic
from latcomp.statistics.pairs import Pairs, PairSums

Dissimilarity = Literal["cosine", "correlation", "euclidean", "sqeuclidean"]

UNMOVED = {
    "cosine": frozenset({"rotation", "isotropic scale", "permutation", "row scale"}),
    "correlation": frozenset({"isotropic scale", "permutation", "row scale"}),
    "euclidean": RIGID,
    "sqeuclidean": RIGID,
}

ROUNDING = 1e-13
"""A spread this small beside the values themselves is rounding."""

_SUMS: dict[str, Callable[[PairSums], tuple[float, float, float]]] = {
    "pearson": PairSums.spread,
    "cosine": PairSums.products,
    "whitened": PairSums.centred,
}


def _spearman(x: Any, y: Any) -> float:
    from scipy.stats import spearmanr

    return float(spearmanr(x, y).statistic)


def _kendall(x: Any, y: Any) -> float:
    from scipy.stats import kendalltau

    return float(kendalltau(x, y).statistic)


_RANKS: dict[str, Callable[[Any, Any], float]] = {"spearman": _spearman, "kendall": _kendall}


@named("rsa")
@dataclass(frozen=True)
class RSA(Sampled):
    """Correlation of the two spaces' dissimilarities, over all pairs of different items.

    ``dissimilarity`` is 1 - cosine (columns not centred), 1 - correlation (each *row* centred, so
    a rotation changes it), Euclidean or squared Euclidean. ``comparison`` is pearson, cosine,
    whitened (cosine of the double-centred tables), or by rank: spearman, kendall (tau-b). By rank
    it is the mean over seeded samples of ``items``; the others use every pair of queries.
    """

    source: ClassVar[str] = "Kriegeskorte et al. 2008; Diedrichsen et al. 2021 (whitened)"
    formula: ClassVar[str] = "comparison of d(x_i, x_j) with d(y_i, y_j) over i < j"
    range: ClassVar[BOUNDS] = (-1.0, 1.0)
    cost: ClassVar[str] = "all pairs of queries; by rank, all pairs of a sample, times repeats"
    unmoved_by: ClassVar[frozenset[str]] = UNMOVED["cosine"]
    variants: ClassVar[tuple[str, ...]] = (
        "rsa(dissimilarity=correlation,comparison=spearman)",
        "rsa(dissimilarity=euclidean)",
    )
    dissimilarity: Dissimilarity = "cosine"
    comparison: Literal["pearson", "cosine", "whitened", "spearman", "kendall"] = "pearson"
    items: int = 500
    repeats: int = 5
    seed: int = 0

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        if self.comparison in _RANKS:
            return super().needs(kind, depth)
        return (Pairs(self.dissimilarity),)

    def score(self, found: Any) -> float:
        if self.comparison in _RANKS:
            return super().score(found)
        _refuse_flat(found.flat)
        a, b, across = _SUMS[self.comparison](found)
        if not (a > ROUNDING * found.aa and b > ROUNDING * found.bb):
            raise NotApplicableError("all items are equally far apart in a space")
        return across / (math.sqrt(a) * math.sqrt(b))

    def one(self, x: Tensor, y: Tensor) -> float:
        if self.dissimilarity == "correlation":
            _refuse_flat(constant_rows(x) + constant_rows(y))
        way = "sqeuclidean" if self.dissimilarity == "euclidean" else self.dissimilarity
        tables = [_table(rows, way) for rows in (x, y)]  # a root takes rounding for a distance
        if any(np.ptp(table) == 0 for table in tables):
            raise NotApplicableError("all items are equally far apart in a space")
        return _RANKS[self.comparison](*tables)

    def chance(self, n: int, found: Any) -> float | None:
        return 0.0 if self.knows_chance() else None

    def knows_chance(self) -> bool:
        return self.comparison in ("pearson", *_RANKS)

    def spread(self, found: Any) -> dict[str, float] | None:
        return super().spread(found) if self.comparison in _RANKS else None

    def note(self, found: Any) -> str | None:
        return None if self.comparison in _RANKS else f"over {found.n} items"

    def options(self) -> dict[str, Any]:
        sampling = () if self.comparison in _RANKS else ("items", "repeats", "seed")
        return {name: value for name, value in super().options().items() if name not in sampling}

    def invariances(self) -> frozenset[str]:
        return UNMOVED[self.dissimilarity]


def _refuse_flat(rows: int) -> None:
    if rows:
        raise NotApplicableError("a row has equal coordinates throughout: it has no correlation")


def _table(rows: Tensor, dissimilarity: str) -> np.ndarray[Any, Any]:
    """Dissimilarities of all pairs i < j, rounded so that equal ones are equal: (pairs,)."""
    if dissimilarity in SHIFTED:
        rows = rows - rows.mean(0)
    found = WAYS[dissimilarity](rows, rows)
    left, right = torch.triu_indices(len(rows), len(rows), offset=1)
    values = found[left, right]
    grid = 2.0**44 / values.abs().max().clamp(min=torch.finfo(values.dtype).tiny)
    return (values * grid).round_().numpy()


@named("rsm-difference")
@dataclass(frozen=True)
class TableDifference(Measure):
    """How far apart the two tables of dissimilarities are, as one distance; grows with n.

    L2 norm of the upper triangle of the difference, self pairs out. The same for similarities
    (1 - dissimilarity).
    """

    source: ClassVar[str] = "Klabunde et al. 2023, section 3.3 (RSM norm difference)"
    formula: ClassVar[str] = "sqrt(sum over i < j of (d(x_i, x_j) - d(y_i, y_j))^2)"
    range: ClassVar[BOUNDS] = (0.0, math.inf)
    better: ClassVar[str] = "lower"
    metric: ClassVar[bool] = True
    cost: ClassVar[str] = "all pairs of queries"
    unmoved_by: ClassVar[frozenset[str]] = UNMOVED["cosine"]
    dissimilarity: Dissimilarity = "cosine"

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return (Pairs(self.dissimilarity),)

    def score(self, found: PairSums) -> float:
        _refuse_flat(found.flat)
        return math.sqrt(found.difference / 2)

    def note(self, found: PairSums) -> str | None:
        return f"over {found.n} items, and comparable only with as many"

    def invariances(self) -> frozenset[str]:
        unscaled = {"isotropic scale"} if self.dissimilarity in SHIFTED else set()
        return UNMOVED[self.dissimilarity] - unscaled
