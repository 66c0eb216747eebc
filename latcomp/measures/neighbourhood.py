"""Neighbours of an item in one space against its neighbours in the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from latcomp.chance import expected_jaccard
from latcomp.measures import Measure, named, shared, without_self
from latcomp.scan import Statistic
from latcomp.statistics.neighbours import Lists, Neighbours


class _OwnLists(Measure):
    over = "queries"
    unmoved_by = Measure.unmoved_by | {"row scale"}
    cost = "neighbour search"

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return Neighbours("aa", depth + 1), Neighbours("bb", depth + 1)


@named("mutual-knn")
@dataclass(frozen=True)
class MutualNeighbours(_OwnLists):
    """Share of an item's k nearest neighbours that both spaces agree on.

    Cosine, the item itself excluded by row number; mean over items of |A & B| / k.
    """

    formula: ClassVar[str] = "mean of |A & B| / k"
    source: ClassVar[str] = "Huh et al. 2024, The Platonic Representation Hypothesis, appendix"
    k: int = 10

    def per_item(self, a: Lists, b: Lists) -> Tensor:
        return shared(without_self(a, self.k), without_self(b, self.k)) / self.k

    def chance(self, n: int, a: Lists, b: Lists) -> float:
        return self.k / (n - 1)


@named("knn-jaccard")
@dataclass(frozen=True)
class NeighbourJaccard(_OwnLists):
    """Jaccard overlap of an item's k nearest neighbours in a with those in b.

    Cosine, the item itself excluded by row number; mean over items of |A & B| / |A | B|.
    """

    formula: ClassVar[str] = "mean of |A & B| / |A | B|"
    source: ClassVar[str] = "Klabunde et al. 2023, Similarity of Neural Network Models, eq. 20"
    k: int = 10

    def per_item(self, a: Lists, b: Lists) -> Tensor:
        common = shared(without_self(a, self.k), without_self(b, self.k))
        return common / (2 * self.k - common)

    def chance(self, n: int, a: Lists, b: Lists) -> float:
        return expected_jaccard(n - 1, self.k)
