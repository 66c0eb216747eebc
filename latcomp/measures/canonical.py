"""Directions that two spaces share: canonical correlations, and what is made of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor

from latcomp.errors import UsageError
from latcomp.measures import BOUNDS, RIGID, Measure, named
from latcomp.numerics.algebra import correlations, principal, whitening
from latcomp.scan import Statistic
from latcomp.statistics.chosen import Chosen, Reader
from latcomp.statistics.moments import CentredMoments, Moments

_LINEAR = frozenset(
    ("rotation", "isotropic scale", "permutation", "translation", "per-axis scale")
) | {"invertible linear"}


class _Canonical(Measure):
    more_rows = True
    unmoved_by = _LINEAR
    cost = "linear in items, cubic in dimensions"

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return (CentredMoments(exact=True),)

    def note(self, moments: Moments, *rest: Any) -> str | None:
        return forced(moments.n, whitening(moments.xx), whitening(moments.yy))


def forced(n: int, left: Tensor, right: Tensor) -> str | None:
    """A warning where some correlations are 1 for want of items, whatever the data."""
    spare = left.shape[1] + right.shape[1] - (n - 1)
    if spare <= 0:
        return None
    return (
        f"{left.shape[1]} and {right.shape[1]} directions of {n} items: "
        f"at least {spare} of the correlations are 1 whatever the data"
    )


def _rho(moments: Moments) -> Tensor:
    return correlations(moments.xy, whitening(moments.xx), whitening(moments.yy))


@named("cca")
@dataclass(frozen=True)
class MeanCCA(_Canonical):
    """Mean canonical correlation: how well each direction of one space is found in the other.

    Columns centred; divided by min(d, d'), or by the smaller rank where that is less. Others
    divide by max(d, d') or sqrt(d d').
    """

    source: ClassVar[str] = "Raghu et al. 2017; divisor as in google/svcca"
    formula: ClassVar[str] = "mean of rho_i, the canonical correlations of X and Y"

    def score(self, moments: Moments) -> float:
        return float(_rho(moments).mean())


@named("cca-squared")
@dataclass(frozen=True)
class MeanSquaredCCA(_Canonical):
    """Mean squared canonical correlation, which is the mean squared cosine of principal angles.

    Columns centred; divided by min(d, d'), or by the smaller rank. Also called Yanai's GCD.
    """

    source: ClassVar[str] = "Kornblith et al. 2019, table 1; divisor min(d, d')"
    formula: ClassVar[str] = "mean of rho_i^2"

    def score(self, moments: Moments) -> float:
        return float(_rho(moments).square().mean())

    def chance(self, n: int, moments: Moments) -> float:
        left, right = whitening(moments.xx).shape[1], whitening(moments.yy).shape[1]
        return max(left, right) / (n - 1)


@named("principal-angle")
@dataclass(frozen=True)
class PrincipalAngle(_Canonical):
    """Root of the summed squares of the principal angles between the two column spaces, radians.

    The geodesic distance on the Grassmannian where the two have equal rank; the angles that the
    narrower space has are summed otherwise. Columns centred.
    """

    source: ClassVar[str] = "Bjorck & Golub 1973; Edelman et al. 1998, section 4.3"
    formula: ClassVar[str] = "sqrt(sum of arccos(rho_i)^2)"
    range: ClassVar[BOUNDS] = (0.0, math.inf)
    better: ClassVar[str] = "lower"

    def score(self, moments: Moments) -> float:
        return float(_rho(moments).acos().square().sum().sqrt())


@named("svcca")
@dataclass(frozen=True)
class SVCCA(_Canonical):
    """Mean canonical correlation of the principal components that hold most of the variance.

    Each side keeps the fewest components with ``variance`` of its *variance* (squared singular
    values; several public versions cut singular values instead); divided by the smaller count.
    """

    source: ClassVar[str] = "Raghu et al. 2017, section 2.1"
    formula: ClassVar[str] = "mean of rho_i of X and Y cut to their first components"
    more_rows: ClassVar[bool] = False
    unmoved_by: ClassVar[frozenset[str]] = RIGID
    variance: float = 0.99
    squared: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.variance <= 1:
            raise UsageError(f"svcca: variance is above 0 and at most 1, found {self.variance:g}")

    def score(self, moments: Moments) -> float:
        rho = correlations(moments.xy, *self._cut(moments))
        return float((rho.square() if self.squared else rho).mean())

    def note(self, moments: Moments, *rest: Any) -> str | None:
        left, right = self._cut(moments)
        kept = f"keeps {left.shape[1]} and {right.shape[1]} components"
        return "; ".join(filter(None, (kept, forced(moments.n, left, right))))

    def _cut(self, moments: Moments) -> tuple[Tensor, Tensor]:
        return principal(moments.xx, self.variance), principal(moments.yy, self.variance)


@named("pwcca")
@dataclass(frozen=True)
class PWCCA(_Canonical):
    """Mean canonical correlation, each direction weighted by how much of one space it explains.

    Directed: the weights come from the first space. Columns centred; the paper's weights,
    normalised over the canonical directions (min(d, d') of them).
    """

    source: ClassVar[str] = "Morcos et al. 2018, eq. 5"
    formula: ClassVar[str] = "sum a_i rho_i / sum a_i, a_i = sum_j |<h_i, x_j>|, h_i = X w_i"
    directed: ClassVar[bool] = True
    unmoved_by: ClassVar[frozenset[str]] = RIGID - {"rotation"}

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return CentredMoments(exact=True), Chosen(kind)

    def score(self, moments: Moments, read: Reader) -> float:
        moments = moments.facing(read.kind)
        left, right = whitening(moments.xx), whitening(moments.yy)
        u, rho, _ = (left.T @ moments.xy @ right).svd()
        weights = (moments.xx @ left @ u).abs().sum(0)
        return float(weights @ rho.clamp(max=1.0) / weights.sum())
