"""The paper's protocol: search with a vector of one space in the other space's database."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import torch
from torch import Tensor

from latcomp.measures import BOUNDS, Measure, named
from latcomp.numerics.chance import expected_jaccard, harmonic
from latcomp.numerics.overlap import Added, added_by_neighbours, jaccard, shared
from latcomp.scan import Statistic
from latcomp.statistics.agreement import Agreement, RowAgreement
from latcomp.statistics.chosen import Chosen, Reader
from latcomp.statistics.neighbours import Lists, Neighbours
from latcomp.statistics.ranks import TrueRank

_UNMOVED = Measure.unmoved_by | {"row scale"}
_CERTAIN = 1 / 6
"""Ranks beyond 6 hold a tenth of the variance of reciprocal ranks at chance, and half of the mean
or more.

Of 2 to 8, simulated at and below chance, 6 keeps coverage nearest to 95% (docs/validity.md).
"""


class _Crossing(Measure):
    """What measures that search across the two spaces have in common.

    What they are unmoved by holds for relative representations: rows of one space are held
    against rows of the other.
    """

    directed = True
    across = True
    over = "queries"
    unmoved_by = _UNMOVED
    equal_width = True
    cost = "neighbour search"


class _CrossLists(_Crossing):
    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return (Neighbours(kind, depth),)


@named("jaccard")
@dataclass(frozen=True)
class Jaccard(_CrossLists):
    """Share of neighbours that a query finds in the other space whichever space it comes from.

    For item w with vectors a(w) and b(w): T(w) are the k nearest rows of b to b(w), w itself
    included; S(w) the k nearest rows of b to a(w). The score is the mean of |S & T| / |S | T|.
    Not "neighbours in a against neighbours in b": that is `mutual-knn` and `knn-jaccard`.
    """

    formula: ClassVar[str] = "mean of |S & T| / |S | T|"
    source: ClassVar[str] = "Moschella et al. 2023, section 4.1 and table 1; self included"
    k: int = 10

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return Neighbours(kind, depth), Neighbours(kind[1] * 2, depth + 1)

    def per_item(self, across: Lists, within: Lists) -> Tensor:
        return jaccard(shared(across.columns[:, : self.k], within.columns[:, : self.k]), self.k)

    def neighbourly(self, across: Lists, within: Lists) -> Added:
        left, right = across.columns[:, : self.k], within.columns[:, : self.k]
        return added_by_neighbours(across.rows, left, right, partial(jaccard, k=self.k))

    def chance(self, n: int, across: Lists, within: Lists) -> float:
        return expected_jaccard(n, self.k)


@named("mrr")
@dataclass(frozen=True)
class ReciprocalRank(_CrossLists):
    """Mean of 1 / rank of the true match among the k nearest rows of the other space.

    A match beyond rank k counts 0, as in the paper; `mrr-full` is not truncated.
    """

    formula: ClassVar[str] = "mean of 1 / rank_w, 0 where rank_w > k"
    source: ClassVar[str] = "Moschella et al. 2023, section 4.1; a miss counts 0"
    certain_below: ClassVar[float] = _CERTAIN
    k: int = 10

    def per_item(self, across: Lists) -> Tensor:
        places = torch.arange(1, self.k + 1, dtype=torch.float64)
        return ((across.columns[:, : self.k] == across.rows[:, None]) / places).sum(1)

    def chance(self, n: int, across: Lists) -> float:
        return harmonic(self.k) / n


@named("hit")
@dataclass(frozen=True)
class Hit(_CrossLists):
    """Share of queries whose true match is among the k nearest rows of the other space.

    Also called recall@k, or top-k retrieval accuracy.
    """

    formula: ClassVar[str] = "share of w with rank_w <= k"
    source: ClassVar[str] = "recall@k of cross-space retrieval"
    k: int = 10

    def per_item(self, across: Lists) -> Tensor:
        return (across.columns[:, : self.k] == across.rows[:, None]).any(1).double()

    def chance(self, n: int, across: Lists) -> float:
        return self.k / n


@named("mrr-full")
@dataclass(frozen=True)
class FullReciprocalRank(_Crossing):
    """Mean of 1 / rank of the true match among all rows of the other space, not truncated."""

    formula: ClassVar[str] = "mean of 1 / rank_w"
    source: ClassVar[str] = "mean reciprocal rank of cross-space retrieval"
    certain_below: ClassVar[float] = _CERTAIN

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return (TrueRank(kind),)

    def per_item(self, ranks: Tensor) -> Tensor:
        return 1 / ranks.double()

    def chance(self, n: int, ranks: Tensor) -> float:
        return harmonic(n) / n


@named("mean-rank")
@dataclass(frozen=True)
class MeanRank(_Crossing):
    """Mean rank, from 1, of the true match among all rows of the other space."""

    source: ClassVar[str] = "mean rank of cross-space retrieval, not truncated"
    formula: ClassVar[str] = "mean of rank_w"
    range: ClassVar[BOUNDS] = (1.0, math.inf)
    better: ClassVar[str] = "lower"

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return (TrueRank(kind),)

    def per_item(self, ranks: Tensor) -> Tensor:
        return ranks.double()

    def chance(self, n: int, ranks: Tensor) -> float:
        return (n + 1) / 2


@named("foscttm")
@dataclass(frozen=True)
class CloserThanMatch(_Crossing):
    """Mean share of the other space's rows that are closer than the true match; 0 is best.

    Fraction of samples closer than the true match; by cosine, one direction at a time.
    """

    source: ClassVar[str] = "Liu et al. 2019, section 3.2; the standard of single-cell alignment"
    formula: ClassVar[str] = "mean of (rank_w - 1) / (n - 1)"
    better: ClassVar[str] = "lower"

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return TrueRank(kind), Chosen()

    def per_item(self, ranks: Tensor, read: Reader) -> Tensor:
        return (ranks - 1).double() / (read.n - 1)

    def chance(self, n: int, ranks: Tensor, read: Reader) -> float:
        return 0.5


@named("cosine")
@dataclass(frozen=True)
class Cosine(Measure):
    """Mean cosine of each item's vector in a with its vector in b; no search.

    Not centred. Its chance level, the mean cosine of unrelated items, is high where the vectors
    share a large common mean: read the score against it.
    """

    formula: ClassVar[str] = "mean of cos(x_w, y_w)"
    source: ClassVar[str] = "Moschella et al. 2023, section 4.1"
    range: ClassVar[tuple[float, float]] = (-1.0, 1.0)
    over: ClassVar[str | None] = "items"
    across: ClassVar[bool] = True
    unmoved_by: ClassVar[frozenset[str]] = _UNMOVED
    equal_width: ClassVar[bool] = True

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return (RowAgreement(),)

    def per_item(self, agreement: Agreement) -> Tensor:
        if agreement.cosines is None:
            raise TypeError("cosine needs equal dimensions")
        return agreement.cosines

    def chance(self, n: int, agreement: Agreement) -> float | None:
        return agreement.unrelated
