"""Would search results change? What both systems find for the same queries in the same corpus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from latcomp.measures import Measure, named, needs_outside_queries
from latcomp.numerics.chance import expected_jaccard, expected_rank_agreement
from latcomp.numerics.overlap import jaccard, shared
from latcomp.numerics.ranking import rank_agreement
from latcomp.scan import Statistic
from latcomp.spaces.pair import Pair
from latcomp.statistics.neighbours import Lists, Neighbours


class _Queried(Measure):
    over = "queries"
    outside = True
    unmoved_by = Measure.unmoved_by | {"row scale"}
    cost = "neighbour search"

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return Neighbours("aa", depth), Neighbours("bb", depth)

    def refuses(self, pair: Pair) -> str | None:
        return needs_outside_queries(pair)


@named("query-jaccard")
@dataclass(frozen=True)
class QueryJaccard(_Queried):
    """Share of search results that both systems agree on, for queries that are not in the corpus.

    R_a(q) are the k rows of a nearest to a's vector of the query, R_b(q) those of b nearest to b's;
    cosine; mean over queries of |R_a & R_b| / |R_a | R_b|. Each system searches its own corpus with
    its own queries (`--query-file Q_A Q_B`), so that no query is a row and none is excluded.
    """

    source: ClassVar[str] = "overlap of top-k results; Jaccard as in Klabunde et al. 2023, eq. 20"
    formula: ClassVar[str] = "mean over queries of |R_a & R_b| / |R_a | R_b|"
    k: int = 10

    def per_item(self, a: Lists, b: Lists) -> Tensor:
        return jaccard(shared(a.columns[:, : self.k], b.columns[:, : self.k]), self.k)

    def chance(self, n: int, a: Lists, b: Lists) -> float:
        return expected_jaccard(n, self.k)


@named("query-rank-similarity")
@dataclass(frozen=True)
class QueryRankSimilarity(_Queried):
    """How alike both systems rank the search results they share, early ranks first.

    Of the k rows nearest to a query in each system (`query-jaccard`), those that both found: how
    near their ranks are. 0 where they share none; blind to how many they share.
    """

    source: ClassVar[str] = "Wang et al. 2020, Towards understanding the instability, eq. 3"
    formula: ClassVar[str] = (
        "sum over shared of 2 / ((1 + |r - r'|)(r + r')), over sum_i<=shared 1/i"
    )
    k: int = 10

    def per_item(self, a: Lists, b: Lists) -> Tensor:
        return rank_agreement(a.columns[:, : self.k], b.columns[:, : self.k])

    def chance(self, n: int, a: Lists, b: Lists) -> float:
        return expected_rank_agreement(n, self.k)
