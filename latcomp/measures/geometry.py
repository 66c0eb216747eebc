"""Differences between two one-space figures: size, direction and spread of the rows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from latcomp.errors import NotApplicableError
from latcomp.measures import BOUNDS, Measure, named
from latcomp.scan import Statistic
from latcomp.statistics.directions import Directions, Pointing
from latcomp.statistics.pairs import Pairs, PairSums


class _Difference(Measure):
    better = "lower"
    blind = True
    unmoved_by = frozenset({"rotation", "isotropic scale", "permutation"})

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return (Directions(),)


@named("magnitude-difference")
@dataclass(frozen=True)
class MagnitudeDifference(_Difference):
    """Difference of the lengths of the two mean rows. Blind to the pairing of items.

    Rows as they are.
    """

    source: ClassVar[str] = "Wang et al. 2020; as in ReSi"
    formula: ClassVar[str] = "| |mean row of X| - |mean row of Y| |, X and Y not centred"
    range: ClassVar[BOUNDS] = (0.0, math.inf)
    unmoved_by: ClassVar[frozenset[str]] = frozenset({"rotation", "permutation"})

    def score(self, found: Pointing) -> float:
        return abs(found.mean_length("a") - found.mean_length("b"))


@named("concentricity-difference")
@dataclass(frozen=True)
class ConcentricityDifference(_Difference):
    """Difference of how closely the rows of each space point along their mean row.

    Mean cosine of the rows to the mean row, not centred. Blind to the pairing of items.
    """

    source: ClassVar[str] = "Wang et al. 2020; as in ReSi"
    formula: ClassVar[str] = "| mean cos(x_i, mean x) - mean cos(y_i, mean y) |"

    def score(self, found: Pointing) -> float:
        one, other = found.concentricity("a"), found.concentricity("b")
        if one is None or other is None:
            raise NotApplicableError("the mean row of a space is zero: it has no direction")
        return abs(one - other)


@named("uniformity-difference")
@dataclass(frozen=True)
class UniformityDifference(_Difference):
    """Difference of how evenly the rows cover the sphere. Blind to the pairing of items.

    Unit rows, not centred; the mean is over all ordered pairs of queries, self pairs included (Wang
    & Isola leave them out).
    """

    source: ClassVar[str] = "Wang & Isola 2020, eq. 2; over n^2 pairs, as in ReSi"
    formula: ClassVar[str] = "|U_X - U_Y|, U = log mean exp(-2 |u_i - u_j|^2)"
    range: ClassVar[BOUNDS] = (0.0, math.inf)
    cost: ClassVar[str] = "all pairs of queries"
    unmoved_by: ClassVar[frozenset[str]] = _Difference.unmoved_by | {"row scale"}

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return (Pairs("uniformity"),)

    def score(self, found: PairSums) -> float:
        return abs(math.log(float(found.rows_a.sum())) - math.log(float(found.rows_b.sum())))

    def note(self, found: PairSums) -> str | None:
        return f"over {found.n} items"
