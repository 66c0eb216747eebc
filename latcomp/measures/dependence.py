"""Distance correlation: three numbers carry the name, and each has one of its own here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from latcomp.measures import BOUNDS, RIGID, Measure, named
from latcomp.numerics.algebra import cosine
from latcomp.scan import Statistic
from latcomp.spaces.pair import Pair
from latcomp.statistics.pairs import Pairs, PairSums


class _DistanceCorrelation(Measure):
    unmoved_by = RIGID
    cost = "all pairs of queries"

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return (Pairs("euclidean"),)

    def note(self, found: PairSums) -> str | None:
        return f"over {found.n} items"


@named("distance-correlation")
@dataclass(frozen=True)
class DistanceCorrelation(_DistanceCorrelation):
    """Distance correlation: 0 only for independent spaces, 1 for a rotated and scaled copy.

    Euclidean distances, double centred with the diagonal (V-statistic), biased upwards; the root
    of `distance-correlation-squared`.
    """

    source: ClassVar[str] = "Szekely et al. 2007, definition 5"
    formula: ClassVar[str] = "sqrt(dCov^2(X, Y) / sqrt(dCov^2(X, X) dCov^2(Y, Y)))"

    def score(self, found: PairSums) -> float:
        return math.sqrt(max(0.0, cosine(*found.centred())))


@named("distance-correlation-squared")
@dataclass(frozen=True)
class SquaredDistanceCorrelation(_DistanceCorrelation):
    """The square of distance correlation, which some libraries report under its name.

    Euclidean distances, double centred with the diagonal (V-statistic), biased upwards.
    """

    source: ClassVar[str] = "Szekely et al. 2007, definition 5, squared"
    formula: ClassVar[str] = "dCov^2(X, Y) / sqrt(dCov^2(X, X) dCov^2(Y, Y))"

    def score(self, found: PairSums) -> float:
        return cosine(*found.centred())


@named("distance-correlation-debiased")
@dataclass(frozen=True)
class DebiasedDistanceCorrelation(_DistanceCorrelation):
    """Bias-corrected squared distance correlation; may be below 0, and 0 is chance.

    Euclidean distances, U-centred; needs more than 3 items.
    """

    source: ClassVar[str] = "Szekely & Rizzo 2014, eq. 3.7"
    formula: ClassVar[str] = "the squared form, with U-centred distances of different items"
    range: ClassVar[BOUNDS] = (-1.0, 1.0)

    def score(self, found: PairSums) -> float:
        return cosine(*found.unbiased())

    def chance(self, n: int, found: PairSums) -> float:
        return 0.0

    def refuses(self, pair: Pair) -> str | None:
        n = len(pair.query_rows)
        return None if n > 3 else f"needs more than 3 items: {n}"
