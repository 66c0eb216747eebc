"""Alignment of the two spaces' kernels: which pairs of items are alike, over all pairs at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

from latcomp.errors import NotApplicableError, UsageError
from latcomp.measures import BOUNDS, RIGID, Measure, named
from latcomp.numerics.algebra import FLAT, cosine, debiased, unbiased_hsic
from latcomp.scan import Statistic
from latcomp.spaces.pair import Pair
from latcomp.statistics.batches import Batches
from latcomp.statistics.moments import CentredMoments, Moments
from latcomp.statistics.pairs import Pairs, PairSums


class _Moment(Measure):
    unmoved_by = RIGID

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return (CentredMoments(),)


@named("cka")
@dataclass(frozen=True)
class CKA(Measure):
    """Centred kernel alignment: whether the same pairs of items are alike in both spaces.

    Columns centred, biased HSIC. ``kernel`` is linear or rbf, exp(-|x - y|^2 / (2 sigma^2)) with
    ``sigma`` a number or the median of the distances that are not zero, in each space on its own.
    Biased upwards by about d / n: see `cka-debiased`. The linear one is the RV coefficient.
    """

    source: ClassVar[str] = "Kornblith et al. 2019, eq. 3; biased HSIC"
    formula: ClassVar[str] = "linear: |X'Y|^2 / (|X'X| |Y'Y|); rbf: <HKH, HLH> / (|HKH| |HLH|)"
    unmoved_by: ClassVar[frozenset[str]] = RIGID
    cost: ClassVar[str] = "linear: linear in items; rbf: all pairs of queries"
    variants: ClassVar[tuple[str, ...]] = ("cka(kernel=rbf)",)
    kernel: Literal["linear", "rbf"] = "linear"
    sigma: float | Literal["median"] = "median"

    def __post_init__(self) -> None:
        if self.sigma != "median" and not self.sigma > 0:
            raise UsageError(f"cka: sigma is above 0 or median, found {self.sigma:g}")
        if self.kernel == "linear" and self.sigma != "median":
            raise UsageError("cka: sigma belongs to the rbf kernel", "add kernel=rbf")

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        if self.kernel == "linear":
            return (CentredMoments(),)
        return (Pairs("gaussian", self.sigma),)

    def score(self, found: Moments | PairSums) -> float:
        if isinstance(found, PairSums):
            if None in found.widths:
                raise NotApplicableError(FLAT)
            return cosine(*found.centred())
        products = (found.xx.square().sum(), found.yy.square().sum(), found.xy.square().sum())
        return cosine(*map(float, products))

    def chance(self, n: int, found: Moments | PairSums) -> float | None:
        if isinstance(found, PairSums):
            return None
        size = found.xx.norm() * found.yy.norm()
        return float(found.xx.trace() * found.yy.trace() / ((n - 1) * size)) if size > 0 else None

    def knows_chance(self) -> bool:
        return self.kernel == "linear"

    def note(self, found: Moments | PairSums) -> str | None:
        if isinstance(found, Moments) or None in found.widths:
            return None
        left, right = found.widths
        return f"sigma {left:.6g} in a and {right:.6g} in b; over {found.n} items"

    def invariances(self) -> frozenset[str]:
        return RIGID if self.sigma == "median" else RIGID - {"isotropic scale"}


@named("cka-angular")
@dataclass(frozen=True)
class AngularCKA(_Moment):
    """The angle whose cosine is linear CKA, in radians: a metric.

    Columns centred; 0 for spaces that are rotations of each other up to scale.
    """

    source: ClassVar[str] = "Williams et al. 2021, section 2.3; Lange et al. 2023"
    formula: ClassVar[str] = "arccos(|X'Y|^2 / (|X'X| |Y'Y|))"
    range: ClassVar[BOUNDS] = (0.0, math.pi / 2)
    better: ClassVar[str] = "lower"
    metric: ClassVar[bool] = True

    def score(self, m: Moments) -> float:
        products = (m.xx.square().sum(), m.yy.square().sum(), m.xy.square().sum())
        return math.acos(min(1.0, cosine(*map(float, products))))


@named("cka-zero-diagonal")
@dataclass(frozen=True)
class ZeroDiagonalCKA(_Moment):
    """Linear CKA over pairs of different items only; sometimes called unbiased, which it is not.

    Columns centred first, then the diagonals of both Gram matrices are dropped, then the cosine
    of the two. The unbiased estimate is `cka-debiased`.
    """

    source: ClassVar[str] = "Lange et al. 2023"
    formula: ClassVar[str] = "sum over i != j of K_ij L_ij, over the roots of the same for K and L"
    range: ClassVar[BOUNDS] = (-1.0, 1.0)

    def score(self, m: Moments) -> float:
        return cosine(
            float(m.xx.square().sum()) - m.norms_xx,
            float(m.yy.square().sum()) - m.norms_yy,
            float(m.xy.square().sum()) - m.norms_xy,
        )


@named("cka-debiased")
@dataclass(frozen=True)
class DebiasedCKA(_Moment):
    """Linear centred kernel alignment from unbiased estimates; may be below 0, and 0 is chance.

    The U-statistic of Song et al. in numerator and denominator, from d x d products alone.
    """

    formula: ClassVar[str] = "H(K, L) / sqrt(H(K, K) H(L, L)), H the unbiased HSIC"
    source: ClassVar[str] = "Song et al. 2012, eq. 4; Nguyen et al. 2021, eq. 3; not clamped"
    range: ClassVar[tuple[float, float]] = (-1.0, 1.0)

    def score(self, moments: Moments) -> float:
        m = moments
        p, q = float(m.xx.trace()), float(m.yy.trace())
        across = unbiased_hsic(m.n, float(m.xy.square().sum()), m.norms_xy, p, q)
        a = unbiased_hsic(m.n, float(m.xx.square().sum()), m.norms_xx, p, p)
        b = unbiased_hsic(m.n, float(m.yy.square().sum()), m.norms_yy, q, q)
        return debiased(a, b, across)

    def chance(self, n: int, moments: Moments) -> float:
        return 0.0

    def refuses(self, pair: Pair) -> str | None:
        return None if pair.n > 3 else f"needs more than 3 items: {pair.n}"


@named("cka-minibatch")
@dataclass(frozen=True)
class MinibatchCKA(Measure):
    """Linear CKA from batches, as training loops estimate it: ratio of mean unbiased HSICs.

    Batches of ``batch`` successive rows, a shorter last one left out: rows sorted by class or time
    make batches unlike the whole. Not the mean of per-batch ratios; `cka-debiased` needs neither.
    """

    source: ClassVar[str] = "Nguyen et al. 2021, eq. 2"
    formula: ClassVar[str] = "sum_b H(K_b, L_b) / sqrt(sum_b H(K_b, K_b) sum_b H(L_b, L_b))"
    range: ClassVar[BOUNDS] = (-1.0, 1.0)
    unmoved_by: ClassVar[frozenset[str]] = RIGID
    by_order: ClassVar[bool] = True
    batch: int = 256

    def __post_init__(self) -> None:
        if self.batch < 4:
            raise UsageError(f"cka-minibatch: batch is at least 4, found {self.batch}")

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return (Batches(self.batch),)

    def score(self, sums: tuple[float, float, float]) -> float:
        across, a, b = sums
        return debiased(a, b, across)

    def chance(self, n: int, sums: tuple[float, float, float]) -> float:
        return 0.0

    def refuses(self, pair: Pair) -> str | None:
        if pair.n >= self.batch:
            return None
        return f"needs a whole batch of {self.batch} items: {pair.n}"
