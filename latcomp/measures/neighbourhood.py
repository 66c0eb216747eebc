"""Neighbours of an item in one space against its neighbours in the other."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from latcomp.measures import (
    Measure,
    named,
    without_self,
)
from latcomp.numerics.chance import expected_jaccard
from latcomp.numerics.overlap import Added, added_by_neighbours, jaccard, shared
from latcomp.scan import Statistic
from latcomp.statistics.neighbours import Lists, Neighbours


class _OwnLists(Measure):
    over = "queries"
    unmoved_by = Measure.unmoved_by | {"row scale"}
    cost = "neighbour search"

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return Neighbours("aa", depth + 1), Neighbours("bb", depth + 1)


class _Overlap(_OwnLists):
    """A function of how many neighbours an item's two lists share, out of k."""

    k: int

    @abstractmethod
    def of(self, common: Tensor) -> Tensor:
        """The score of lists that share so many."""

    def per_item(self, a: Lists, b: Lists) -> Tensor:
        return self.of(shared(without_self(a, self.k), without_self(b, self.k)))

    def neighbourly(self, a: Lists, b: Lists) -> Added:
        left, right = without_self(a, self.k), without_self(b, self.k)
        return added_by_neighbours(a.rows, left, right, self.of)


@named("mutual-knn")
@dataclass(frozen=True)
class MutualNeighbours(_Overlap):
    """Share of an item's k nearest neighbours that both spaces agree on.

    Cosine, the item itself excluded by row number; mean over items of |A & B| / k.
    """

    formula: ClassVar[str] = "mean of |A & B| / k"
    source: ClassVar[str] = "Huh et al. 2024, The Platonic Representation Hypothesis, appendix"
    k: int = 10

    def of(self, common: Tensor) -> Tensor:
        return common / self.k

    def chance(self, n: int, a: Lists, b: Lists) -> float:
        return self.k / (n - 1)


@named("knn-jaccard")
@dataclass(frozen=True)
class NeighbourJaccard(_Overlap):
    """Jaccard overlap of an item's k nearest neighbours in a with those in b.

    Cosine, the item itself excluded by row number; mean over items of |A & B| / |A | B|.
    """

    formula: ClassVar[str] = "mean of |A & B| / |A | B|"
    source: ClassVar[str] = "Klabunde et al. 2023, Similarity of Neural Network Models, eq. 20"
    k: int = 10

    def of(self, common: Tensor) -> Tensor:
        return jaccard(common, self.k)

    def chance(self, n: int, a: Lists, b: Lists) -> float:
        return expected_jaccard(n - 1, self.k)


@named("neighbour-recall")
@dataclass(frozen=True)
class NeighbourRecall(Measure):
    """Share of an item's k nearest neighbours in one space that its other vector finds there.

    b -> a: of the neighbours of a(w) among the rows of a, those that b(w) finds among the rows of
    a. The item itself is excluded by row number. With a an index and b a new version of its
    encoder: how many of the old results come back when the index stays as it is.
    """

    source: ClassVar[str] = "recall@k of approximate search, the old vectors' results as truth"
    formula: ClassVar[str] = "mean of |S & T| / k, S and T without the item itself"
    directed: ClassVar[bool] = True
    across: ClassVar[bool] = True
    cost: ClassVar[str] = "neighbour search"
    over: ClassVar[str | None] = "queries"
    unmoved_by: ClassVar[frozenset[str]] = Measure.unmoved_by | {"row scale"}
    equal_width: ClassVar[bool] = True
    k: int = 10

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return Neighbours(kind, depth + 1), Neighbours(kind[1] * 2, depth + 1)

    def per_item(self, across: Lists, within: Lists) -> Tensor:
        return shared(without_self(across, self.k), without_self(within, self.k)) / self.k

    def neighbourly(self, across: Lists, within: Lists) -> Added:
        left, right = without_self(across, self.k), without_self(within, self.k)
        return added_by_neighbours(across.rows, left, right, lambda common: common / self.k)

    def chance(self, n: int, across: Lists, within: Lists) -> float:
        return self.k / (n - 1)
