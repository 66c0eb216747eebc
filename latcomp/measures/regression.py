"""How much of one space a linear map of the other explains."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import torch

from latcomp.errors import UsageError
from latcomp.measures import BOUNDS, RIGID, Measure, named, needs_more_rows
from latcomp.numerics.algebra import shrunk, total, whitening
from latcomp.scan import Statistic
from latcomp.spaces.pair import Pair
from latcomp.statistics.chosen import Chosen, Reader
from latcomp.statistics.folds import Folds, HeldOut
from latcomp.statistics.moments import CentredMoments, Moments

_LINEAR = RIGID | {"per-axis scale", "invertible linear"}


@named("r2")
@dataclass(frozen=True)
class HeldOutFit(Measure):
    """Share of one space's variance that ridge regression from the other predicts, held out.

    Directed: a->b predicts b from a. ``folds`` seeded folds; ``ridge`` is relative to the mean
    variance of the predictors; below 0 where it predicts worse than the training mean.
    """

    source: ClassVar[str] = "k-fold predictive R^2 (1 - PRESS / SS), variance weighted"
    formula: ClassVar[str] = "1 - sum |y - y^|^2 / sum |y - mean|^2, fitted without the item's fold"
    range: ClassVar[BOUNDS] = (-math.inf, 1.0)
    directed: ClassVar[bool] = True
    by_order: ClassVar[bool] = True
    unmoved_by: ClassVar[frozenset[str]] = RIGID
    cost: ClassVar[str] = "linear in items, cubic in dimensions, times folds"
    folds: int = 5
    ridge: float = 0.01
    seed: int = 0

    def __post_init__(self) -> None:
        if self.folds < 2 or self.ridge < 0:
            raise UsageError("r2: at least 2 folds and a ridge of at least 0 are needed")

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return (Folds(kind, self.folds, self.seed),)

    def score(self, found: HeldOut) -> float:
        missed, spread = found.errors(self.ridge)
        return 1 - missed / spread

    def refuses(self, pair: Pair) -> str | None:
        if pair.n < 2 * self.folds:
            return f"needs at least {2 * self.folds} items for {self.folds} folds: {pair.n}"
        return None


@named("r2-in-sample")
@dataclass(frozen=True)
class InSampleFit(Measure):
    """Share of one space's variance that least squares from the other explains, on the same items.

    Directed: a->b predicts b from a. Grows with the predictors' dimensions and is 1 where there
    are as many dimensions as items: `r2` is the held-out number.
    """

    source: ClassVar[str] = "Kornblith et al. 2019, section 3; variance weighted, with intercept"
    formula: ClassVar[str] = "|P_X Y|^2 / |Y|^2, P_X the projection on the columns of X"
    directed: ClassVar[bool] = True
    unmoved_by: ClassVar[frozenset[str]] = RIGID
    cost: ClassVar[str] = "linear in items, cubic in dimensions"

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return CentredMoments(exact=True), Chosen(kind)

    def score(self, moments: Moments, read: Reader) -> float:
        moments = moments.facing(read.kind)
        explained = (whitening(moments.xx).T @ moments.xy).square().sum()
        return float(explained) / total(moments.yy)

    def chance(self, n: int, moments: Moments, read: Reader) -> float:
        return whitening(moments.facing(read.kind).xx).shape[1] / (n - 1)

    def note(self, moments: Moments, read: Reader) -> str | None:
        rank = whitening(moments.facing(read.kind).xx).shape[1]
        if rank < moments.n - 1:
            return None
        return f"{rank} predictors fit any {moments.n} items: 1 whatever the data"


@named("gulp")
@dataclass(frozen=True)
class Gulp(Measure):
    """Squared distance of the two spaces' predictions, over all ridge regressions at once.

    Columns centred, each space at unit mean squared row length; ``ridge`` is the penalty. At 0 it
    is d + d' - 2 sum rho^2 and needs more items than dimensions.
    """

    source: ClassVar[str] = "Boix-Adsera et al. 2022, eq. 3 (squared)"
    formula: ClassVar[str] = "|K_X (K_X + ridge I)^-1 - K_Y (K_Y + ridge I)^-1|^2, K = XX' / n"
    range: ClassVar[BOUNDS] = (0.0, math.inf)
    better: ClassVar[str] = "lower"
    unmoved_by: ClassVar[frozenset[str]] = RIGID
    cost: ClassVar[str] = "linear in items, cubic in dimensions"
    ridge: float = 1.0

    def __post_init__(self) -> None:
        if self.ridge < 0:
            raise UsageError(f"gulp: ridge is at least 0, found {self.ridge:g}")

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return (CentredMoments(exact=True),)

    def score(self, moments: Moments) -> float:
        p, q = total(moments.xx), total(moments.yy)
        left = shrunk(moments.xx / p, self.ridge)
        right = shrunk(moments.yy / q, self.ridge)
        cross = moments.xy / (p * q) ** 0.5
        own = _trace(left @ moments.xx / p) + _trace(right @ moments.yy / q)
        return max(0.0, own - 2 * float((left @ cross @ right * cross).sum()))

    def refuses(self, pair: Pair) -> str | None:
        return needs_more_rows(pair) if self.ridge == 0 else None

    def invariances(self) -> frozenset[str]:
        return self.unmoved_by if self.ridge else _LINEAR


def _trace(matrix: torch.Tensor) -> float:
    """Trace of the matrix times itself."""
    return float((matrix * matrix.T).sum())
