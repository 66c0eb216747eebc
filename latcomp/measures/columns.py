"""Which column of one space is which column of the other: correlations between single axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from latcomp.errors import NotApplicableError
from latcomp.measures import BOUNDS, Measure, named
from latcomp.numerics.algebra import assigned
from latcomp.scan import Statistic
from latcomp.statistics.moments import CentredMoments, Moments


class _Columns(Measure):
    range: ClassVar[BOUNDS] = (-1.0, 1.0)
    unmoved_by = frozenset({"isotropic scale", "permutation", "translation", "per-axis scale"})
    cost = "linear in items, cubic in dimensions"

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return (CentredMoments(exact=True),)


def _correlations(moments: Moments) -> Tensor:
    """Pearson correlation of every column of a with every column of b: (d, d')."""
    left, right = moments.xx.diagonal(), moments.yy.diagonal()
    for side, spread in (("a", left), ("b", right)):
        flat = int((spread <= 0).sum())
        if flat:
            raise NotApplicableError(f"{flat} columns of {side} are constant: no correlation")
    return moments.xy / left.sqrt()[:, None] / right.sqrt()


@named("hard-match")
@dataclass(frozen=True)
class HardMatch(_Columns):
    """Mean correlation of columns matched one to one, as the best assignment matches them.

    Signed Pearson correlations; the min(d, d') matched pairs count.
    """

    source: ClassVar[str] = "Li et al. 2015, bipartite matching; signed, as in ReSi"
    formula: ClassVar[str] = "mean of corr(x_i, y_p(i)) under the assignment p with the largest sum"

    def score(self, moments: Moments) -> float:
        return float(assigned(_correlations(moments)).mean())


@named("soft-match")
@dataclass(frozen=True)
class SoftMatch(_Columns):
    """Mean correlation of each column with its most correlated one in the other space, both ways.

    Signed. Not optimal transport: that is `transport-match`.
    """

    source: ClassVar[str] = "Li et al. 2015, semi-matching; both ways, as in ReSi"
    formula: ClassVar[str] = "(mean_i max_j corr(x_i, y_j) + mean_j max_i corr(x_i, y_j)) / 2"

    def score(self, moments: Moments) -> float:
        found = _correlations(moments)
        return float(found.amax(1).mean() + found.amax(0).mean()) / 2


@named("transport-match")
@dataclass(frozen=True)
class TransportMatch(_Columns):
    """Mean correlation of columns under the best transport plan from one space's axes to the other.

    Every column has equal weight; for equal widths the plan is an assignment, so that the number
    is `hard-match`. Often called soft matching.
    """

    source: ClassVar[str] = "Khosla & Williams 2024, Soft Matching Distance, eq. 3"
    formula: ClassVar[str] = "max over plans P with uniform margins of sum_ij P_ij corr(x_i, y_j)"

    def score(self, moments: Moments) -> float:
        return transported(_correlations(moments))


def transported(gains: Tensor) -> float:
    """The largest mean gain of a transport plan with uniform margins: (d, d') -> number."""
    import numpy as np
    from scipy.optimize import linprog
    from scipy.sparse import eye_array, kron, vstack

    d, e = gains.shape
    if d == e:
        return float(assigned(gains).mean())
    rows, columns = np.ones((1, d)), np.ones((1, e))
    margins = vstack([kron(eye_array(d), columns), kron(rows, eye_array(e))]).tocsr()
    weights = np.concatenate([np.full(d, 1 / d), np.full(e, 1 / e)])
    plan = linprog(-gains.cpu().numpy().ravel(), A_eq=margins[:-1], b_eq=weights[:-1])
    return -float(plan.fun)
