"""How well one space lies on the other after the best rotation, or permutation, of its axes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

from latcomp.errors import UsageError
from latcomp.measures import BOUNDS, RIGID, Measure, named, needs_more_rows
from latcomp.numerics.algebra import assigned, nuclear, power, total
from latcomp.scan import Statistic
from latcomp.spaces.pair import Pair
from latcomp.statistics.moments import CentredMoments, Moments

Scale = Literal["angular", "squared", "root"]
"""angular: arccos(s); squared: 2 - 2s; root: sqrt(2 - 2s)."""


class _Aligned(Measure):
    unmoved_by = RIGID
    cost = "linear in items, cubic in dimensions"

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return (CentredMoments(exact=True),)


class _Distance(_Aligned):
    better = "lower"
    range: ClassVar[BOUNDS] = (0.0, 2.0)


def _similarity(moments: Moments) -> float:
    """The number s = |X'Y|_* / (|X| |Y|), in [0, 1] but for rounding."""
    size = math.sqrt(total(moments.xx) * total(moments.yy))
    return min(1.0, nuclear(moments.xy) / size)


def _on_scale(s: float, scale: Scale) -> float:
    scales = {"angular": math.acos(s), "squared": 2 - 2 * s, "root": math.sqrt(2 - 2 * s)}
    return scales[scale]


@named("nbs")
@dataclass(frozen=True)
class BuresSimilarity(_Aligned):
    """Normalised Bures similarity: the cosine of the Procrustes angle.

    s, with columns centred. For spaces of different width the narrower is padded with zeros.
    """

    source: ClassVar[str] = "Tang et al. 2020; Harvey et al. 2023, eq. 7"
    formula: ClassVar[str] = "s = |X'Y|_* / (|X| |Y|), nuclear over Frobenius norms"

    def score(self, moments: Moments) -> float:
        return _similarity(moments)


@named("procrustes")
@dataclass(frozen=True)
class Procrustes(_Distance):
    """Distance left after the best rotation and reflection of one space onto the other.

    Columns centred, each space at unit Frobenius norm, the narrower padded with zeros. ``scale``
    is angular (arccos s, radians, a metric), squared (2 - 2s, Ding et al.) or root (sqrt(2 - 2s),
    a metric): four numbers share the name, with `size-and-shape` the fourth.
    """

    source: ClassVar[str] = "Williams et al. 2021, eq. 4 (angular); Ding et al. 2021 (squared)"
    formula: ClassVar[str] = "arccos(s), 2 - 2s or sqrt(2 - 2s), s = |X'Y|_* / (|X| |Y|)"
    variants: ClassVar[tuple[str, ...]] = ("procrustes(scale=squared)", "procrustes(scale=root)")
    metric: ClassVar[bool] = True
    scale: Scale = "angular"

    def score(self, moments: Moments) -> float:
        return _on_scale(_similarity(moments), self.scale)

    def is_metric(self) -> bool:
        return self.scale != "squared"


@named("size-and-shape")
@dataclass(frozen=True)
class SizeAndShape(_Distance):
    """Procrustes distance without normalising: size counts. The Bures distance of the two Grams.

    Columns centred, not scaled; the narrower padded with zeros.
    """

    source: ClassVar[str] = "Kendall 1989; Bhatia et al. 2019 (Bures)"
    formula: ClassVar[str] = "sqrt(|X|^2 + |Y|^2 - 2 |X'Y|_*)"
    range: ClassVar[BOUNDS] = (0.0, math.inf)
    metric: ClassVar[bool] = True
    unmoved_by: ClassVar[frozenset[str]] = RIGID - {"isotropic scale"}

    def score(self, moments: Moments) -> float:
        left, right = total(moments.xx), total(moments.yy)
        return math.sqrt(max(0.0, left + right - 2 * nuclear(moments.xy)))


@named("shape-metric")
@dataclass(frozen=True)
class ShapeMetric(_Distance):
    """Angle between the spaces after the best rotation, both partly whitened.

    ``alpha`` 1 is the angular Procrustes distance, 0 compares fully whitened spaces (CCA).
    Columns centred. In between it depends on the scale of the data, as published.
    """

    source: ClassVar[str] = "Williams et al. 2021, eq. 9 and 10"
    formula: ClassVar[str] = "arccos(s) of X (alpha I + (1 - alpha) (X'X)^(-1/2)) and Y likewise"
    range: ClassVar[BOUNDS] = (0.0, math.pi / 2)
    metric: ClassVar[bool] = True
    unmoved_by: ClassVar[frozenset[str]] = RIGID - {"isotropic scale"}
    alpha: float = 0.5

    def __post_init__(self) -> None:
        if not 0 <= self.alpha <= 1:
            raise UsageError(f"shape-metric: alpha is from 0 to 1, found {self.alpha:g}")

    def score(self, moments: Moments) -> float:
        left, right = power(moments.xx, self.alpha), power(moments.yy, self.alpha)
        size = total(left @ moments.xx @ left) * total(right @ moments.yy @ right)
        return math.acos(min(1.0, nuclear(left @ moments.xy @ right) / math.sqrt(size)))

    def refuses(self, pair: Pair) -> str | None:
        return needs_more_rows(pair) if self.alpha == 0 else None

    def invariances(self) -> frozenset[str]:
        if self.alpha == 1:
            return RIGID
        whitened = RIGID | {"per-axis scale", "invertible linear"}
        return self.unmoved_by if self.alpha else whitened


@named("permutation-procrustes")
@dataclass(frozen=True)
class PermutationProcrustes(_Distance):
    """Distance left after the best one-to-one assignment of the axes of one space to the other's.

    Columns centred, each space at unit Frobenius norm; ``scale`` as for `procrustes`.
    """

    source: ClassVar[str] = "Williams et al. 2021, section 2.2; Hungarian algorithm on X'Y"
    formula: ClassVar[str] = "arccos(s), s = max over permutations P of tr(P'X'Y) / (|X| |Y|)"
    range: ClassVar[BOUNDS] = (0.0, 4.0)
    metric: ClassVar[bool] = True
    equal_width: ClassVar[bool] = True
    unmoved_by: ClassVar[frozenset[str]] = frozenset(
        {"isotropic scale", "permutation", "translation"}
    )
    scale: Scale = "angular"

    def score(self, moments: Moments) -> float:
        size = math.sqrt(total(moments.xx) * total(moments.yy))
        s = float(assigned(moments.xy).sum()) / size
        return _on_scale(max(-1.0, min(1.0, s)), self.scale)

    def is_metric(self) -> bool:
        return self.scale != "squared"
