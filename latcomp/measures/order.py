"""Agreement in the order of two neighbour lists, not only in who is on them."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from latcomp.errors import UsageError
from latcomp.measures import Measure, named, without_self
from latcomp.numerics.chance import expected_overlap, expected_rank_agreement
from latcomp.numerics.overlap import Added, added_by_entries
from latcomp.numerics.ranking import compared, rank_agreement
from latcomp.scan import Statistic
from latcomp.statistics.neighbours import Lists, Neighbours


class _Ordered(Measure):
    over = "queries"
    cost = "neighbour search"
    unmoved_by = frozenset({"rotation", "isotropic scale", "permutation", "row scale"})
    k: int

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return Neighbours("aa", depth + 1), Neighbours("bb", depth + 1)

    @abstractmethod
    def of(self, left: Tensor, right: Tensor) -> Tensor:
        """The score of two lists of k neighbours: (q, k), (q, k) -> (q,) float64."""

    def per_item(self, a: Lists, b: Lists) -> Tensor:
        return self.of(without_self(a, self.k), without_self(b, self.k))

    def neighbourly(self, a: Lists, b: Lists) -> Added:
        return added_by_entries(a.rows, without_self(a, self.k), without_self(b, self.k), self.of)


@named("rank-similarity")
@dataclass(frozen=True)
class RankSimilarity(_Ordered):
    """How alike an item's k nearest neighbours are ranked in both spaces, early ranks first.

    Cosine, the item itself excluded by row number; 0 where no neighbour is shared.
    """

    source: ClassVar[str] = "Wang et al. 2020, Towards understanding the instability, eq. 3"
    formula: ClassVar[str] = (
        "sum over shared of 2 / ((1 + |r - r'|)(r + r')), over sum_i<=shared 1/i"
    )
    k: int = 10

    def of(self, left: Tensor, right: Tensor) -> Tensor:
        return rank_agreement(left, right)

    def chance(self, n: int, a: Lists, b: Lists) -> float:
        return expected_rank_agreement(n - 1, self.k)


@named("rbo")
@dataclass(frozen=True)
class RankBiasedOverlap(_Ordered):
    """Overlap of the two neighbour lists at every depth up to k, shallow depths weighing most.

    Cosine, the item itself excluded by row number. Truncated at k: identical lists score
    1 - p^k (.651 for p = .9 and k = 10); neither extrapolated nor renormalised.
    """

    source: ClassVar[str] = "Webber et al. 2010, eq. 4, truncated"
    formula: ClassVar[str] = "(1 - p) sum over t <= k of p^(t-1) |A_t & B_t| / t"
    k: int = 10
    p: float = 0.9

    def __post_init__(self) -> None:
        if not 0 < self.p < 1:
            raise UsageError(f"rbo: p is between 0 and 1, found {self.p:g}")

    def of(self, left: Tensor, right: Tensor) -> Tensor:
        depths = torch.arange(1, self.k + 1, dtype=torch.float64)
        weights = (1 - self.p) * self.p ** (depths - 1) / depths
        deeper = weights.flip(0).cumsum(0).flip(0)
        places = torch.arange(self.k)
        entered = deeper[torch.maximum(places[:, None], places)]
        return compared(left, right, lambda same: (same * entered).sum((1, 2)))

    def chance(self, n: int, a: Lists, b: Lists) -> float:
        return expected_overlap(n - 1, self.k, self.p)


@named("lcs")
@dataclass(frozen=True)
class CommonSubsequence(_Ordered):
    """Share of the two neighbour lists that stands in the same order in both.

    Length of the longest common subsequence of the k nearest neighbours, divided by k. Cosine,
    the item itself excluded by row number.
    """

    source: ClassVar[str] = "Huh et al. 2024, released code; divided by k"
    formula: ClassVar[str] = "mean of LCS(A, B) / k"
    k: int = 10

    def of(self, left: Tensor, right: Tensor) -> Tensor:
        return compared(left, right, _longest) / self.k


def _longest(same: Tensor) -> Tensor:
    """Longest common subsequence, by rows of its table: (rows, k, k) -> (rows,)."""
    rows, k, _ = same.shape
    before = torch.zeros((rows, k + 1), dtype=torch.int64)
    for i in range(k):
        here = torch.zeros_like(before)
        for j in range(k):
            taken = before[:, j] + same[:, i, j]
            here[:, j + 1] = torch.maximum(taken, torch.maximum(before[:, j + 1], here[:, j]))
        before = here
    return before[:, k]
