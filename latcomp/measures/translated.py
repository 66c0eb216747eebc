"""Retrieval after alignment: does a rotation learnt on some pairs find the others?"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal

from torch import Tensor

from latcomp.errors import NotApplicableError, UsageError
from latcomp.measures import RIGID, Measure, named
from latcomp.numerics.chance import harmonic
from latcomp.numerics.retrieval import Ranks
from latcomp.scan import Statistic
from latcomp.spaces.pair import Pair
from latcomp.statistics.chosen import Chosen, Reader
from latcomp.statistics.translation import Translation


class _Translated(Measure):
    directed = True
    equal_width = True
    by_order = True
    unmoved_by = RIGID
    cost = "all rows against all rows, and held-out queries again"
    search: Literal["csls", "nn"]
    train: float
    seed: int

    def __post_init__(self) -> None:
        if not 0 < self.train <= 1:
            raise UsageError(f"{self.name}: train is above 0 and at most 1, found {self.train:g}")

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return Translation(self.train, self.seed), Chosen(kind)

    def score(self, found: dict[str, Ranks], read: Reader) -> float:
        ranks = found[read.kind]
        if len(ranks.csls) == 0:
            raise NotApplicableError("no held-out item is among the queries")
        return float(self.each(ranks.csls if self.search == "csls" else ranks.nearest).mean())

    @abstractmethod
    def each(self, ranks: Tensor) -> Tensor:
        """The score of every held-out query."""

    def note(self, found: dict[str, Ranks], read: Reader) -> str | None:
        held = "fitted on the same items" if self.train == 1 else "held out"
        return f"{len(found[read.kind].csls)} queries, {held}, among {read.n} rows"

    def refuses(self, pair: Pair) -> str | None:
        if self.train < 1 and pair.n < 50:
            return f"needs 50 items to hold some out: {pair.n}"
        if round(self.train * pair.n) < 2:
            return f"a rotation is fitted on 2 items or more: train = {self.train:g} of {pair.n}"
        return super().refuses(pair)


@named("aligned-hit")
@dataclass(frozen=True)
class AlignedHit(_Translated):
    """Share of held-out items found among the first k once one space is rotated onto the other.

    The orthogonal map (Procrustes, columns centred) is fitted on a ``train`` share of the items;
    the others are searched for among all rows, by cosine (nn) or by CSLS, which discounts rows
    that are near to everything (10 nearest). Precision@k of bilingual lexicon induction.
    """

    source: ClassVar[str] = "Conneau et al. 2018, eq. 3 (CSLS) and table 1 (P@k)"
    formula: ClassVar[str] = "share with rank <= k; csls = 2 cos(Qx, y) - r(Qx) - r(y)"
    variants: ClassVar[tuple[str, ...]] = (
        "aligned-hit@1",
        "aligned-hit@1(search=nn)",
        "aligned-hit@5",
    )
    k: int = 1
    search: Literal["csls", "nn"] = "csls"
    train: float = 0.8
    seed: int = 0

    def each(self, ranks: Tensor) -> Tensor:
        return (ranks <= self.k).double()

    def chance(self, n: int, found: dict[str, Ranks], read: Reader) -> float:
        return self.k / n


@named("aligned-mrr")
@dataclass(frozen=True)
class AlignedReciprocalRank(_Translated):
    """Mean of 1 / rank of held-out items once one space is rotated onto the other, not truncated.

    Fitted and searched as `aligned-hit`.
    """

    source: ClassVar[str] = "Conneau et al. 2018, eq. 3 (CSLS); mean reciprocal rank"
    formula: ClassVar[str] = "mean of 1 / rank; csls = 2 cos(Qx, y) - r(Qx) - r(y)"
    search: Literal["csls", "nn"] = "csls"
    train: float = 0.8
    seed: int = 0

    def each(self, ranks: Tensor) -> Tensor:
        return 1 / ranks.double()

    def chance(self, n: int, found: dict[str, Ranks], read: Reader) -> float:
        return harmonic(n) / n
