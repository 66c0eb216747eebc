"""Alignment of the two spaces' kernels: which pairs of items are alike, over all pairs at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from latcomp.errors import NotApplicableError
from latcomp.measures import Measure, named
from latcomp.scan import Statistic
from latcomp.spaces import Pair
from latcomp.statistics.moments import CentredMoments, Moments

_UNMOVED = frozenset({"rotation", "isotropic scale", "permutation", "translation"})


class _Moment(Measure):
    unmoved_by = _UNMOVED

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return (CentredMoments(),)


@named("cka")
@dataclass(frozen=True)
class LinearCKA(_Moment):
    """Linear centred kernel alignment: |X'Y|^2 / (|X'X| |Y'Y|), columns centred.

    Biased upwards by about d / n: see `cka-debiased`. Equal to the RV coefficient.
    """

    source: ClassVar[str] = "Kornblith et al. 2019, eq. 3; biased HSIC"

    def score(self, moments: Moments) -> float:
        scale = moments.xx.norm() * moments.yy.norm()
        if not scale > 0:
            raise NotApplicableError("a space does not vary: all its rows are equal")
        return float(moments.xy.square().sum() / scale)

    def chance(self, n: int, moments: Moments) -> float:
        traces = moments.xx.trace() * moments.yy.trace()
        return float(traces / ((n - 1) * moments.xx.norm() * moments.yy.norm()))


@named("cka-debiased")
@dataclass(frozen=True)
class DebiasedCKA(_Moment):
    """Linear centred kernel alignment from unbiased estimates; may be below 0, and 0 is chance.

    The U-statistic of Song et al. in numerator and denominator, from d x d products alone.
    """

    source: ClassVar[str] = "Song et al. 2012, eq. 4; Nguyen et al. 2021, eq. 3; not clamped"
    range: ClassVar[tuple[float, float]] = (-1.0, 1.0)

    def score(self, moments: Moments) -> float:
        m = moments
        p, q = float(m.xx.trace()), float(m.yy.trace())
        across = unbiased_hsic(m.n, float(m.xy.square().sum()), m.norms_xy, p, q)
        a = unbiased_hsic(m.n, float(m.xx.square().sum()), m.norms_xx, p, p)
        b = unbiased_hsic(m.n, float(m.yy.square().sum()), m.norms_yy, q, q)
        if not (a > 0 and b > 0):
            raise NotApplicableError("the unbiased estimate of a space with itself is not positive")
        return across / math.sqrt(a * b)

    def chance(self, n: int, moments: Moments) -> float:
        return 0.0

    def refuses(self, pair: Pair) -> str | None:
        return None if pair.n > 3 else f"needs more than 3 items: {pair.n}"


def unbiased_hsic(n: int, products: float, norms: float, p: float, q: float) -> float:
    """Unbiased HSIC of two linear kernels of centred rows (Song et al. 2012, eq. 4).

    ``products`` is |X'Y|^2, ``norms`` the sum over items of |x|^2 |y|^2, ``p`` and ``q`` the sums
    of |x|^2 and |y|^2. With rows centred, the zero-diagonal kernel K has K1 = -(|x_i|^2).
    """
    trace = products - norms
    return (trace + p * q / ((n - 1) * (n - 2)) - 2 / (n - 2) * norms) / (n * (n - 3))
