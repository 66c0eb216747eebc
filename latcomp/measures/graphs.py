"""The two spaces' neighbour graphs as wholes: walks over them, kernels on them, and their hubs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from torch import Tensor

from latcomp.errors import NotApplicableError
from latcomp.measures import BOUNDS, Measure, named, needs_all_queries, without_self
from latcomp.numerics.algebra import debiased
from latcomp.numerics.overlap import Added, in_common
from latcomp.scan import Statistic
from latcomp.spaces.pair import Pair
from latcomp.statistics.chosen import Chosen, Reader
from latcomp.statistics.neighbours import Lists, Neighbours


class _Graph(Measure):
    cost = "neighbour search"
    unmoved_by = frozenset({"rotation", "isotropic scale", "permutation", "row scale"})

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return Neighbours("aa", depth + 1), Neighbours("bb", depth + 1), Chosen(kind)


@named("cycle-knn")
@dataclass(frozen=True)
class CycleNeighbours(_Graph):
    """Share of items that come home: out by one space's neighbours, back by the other's.

    a->b: item i counts where it is an a-neighbour of one of its own b-neighbours. Cosine, the item
    itself excluded by row number. Near 1 for all but small k.
    """

    source: ClassVar[str] = "Huh et al. 2024, released code (cycle_knn)"
    formula: ClassVar[str] = "share of i with i in A(j) for some j in B(i)"
    directed: ClassVar[bool] = True
    over: ClassVar[str | None] = "queries"
    k: int = 10

    def per_item(self, a: Lists, b: Lists, read: Reader) -> Tensor:
        home, out = (a, b) if read.kind == "ab" else (b, a)
        back = without_self(home, self.k)[without_self(out, self.k)]  # (n, k, k)
        return (back == out.rows[:, None, None]).any((1, 2)).double()

    def refuses(self, pair: Pair) -> str | None:
        return needs_all_queries(pair)


@named("second-order-cosine")
@dataclass(frozen=True)
class SecondOrderCosine(_Graph):
    """How alike an item's distances to its neighbours are in both spaces.

    Cosine between the two vectors of cosine *distances* from the item to the union of its k
    nearest neighbours in either space; the item itself excluded by row number.
    """

    source: ClassVar[str] = "Hamilton et al. 2016, section 3.1; distances, as in ReSi"
    formula: ClassVar[str] = "mean of cos(u_i, v_i), u_i = 1 - cos(x_i, x_j) over j in A(i) | B(i)"
    over: ClassVar[str | None] = "queries"
    k: int = 10

    def per_item(self, a: Lists, b: Lists, read: Reader) -> Tensor:
        return _cosine(*self._distances(a, b, read)[1:])

    def neighbourly(self, a: Lists, b: Lists, read: Reader) -> Added:
        columns, u, v = self._distances(a, b, read)
        uv, uu, vv = (
            (one * other).sum(1, keepdim=True) - one * other
            for one, other in ((u, v), (u, u), (v, v))
        )
        rest = uv / (uu * vv).clamp(min=torch.finfo(torch.float64).tiny).sqrt()
        lost = _cosine(u, v)[:, None] - rest
        fill = torch.stack([lost[:, self.k - 1].mean(), lost[:, -1].mean()])
        near = torch.stack([in_common(columns, near) for near in self._near(a, b)], dim=2)
        return Added(a.rows, columns, (lost - near.double() @ fill).where(u + v > 0, 0.0))

    def _near(self, a: Lists, b: Lists) -> tuple[Tensor, Tensor]:
        return without_self(a, self.k), without_self(b, self.k)

    def _distances(self, a: Lists, b: Lists, read: Reader) -> tuple[Tensor, Tensor, Tensor]:
        """Neighbours in either space, (q, 2 k), and how far they are in both; 0 if named twice."""
        left, right = self._near(a, b)
        columns = torch.cat([left, right], dim=1)
        twice = in_common(right, left)
        counted = torch.cat([torch.ones_like(left).bool(), ~twice], dim=1)
        u, v = (read.apart(side, a.rows, columns) * counted for side in "ab")
        return columns, u, v


def _cosine(u: Tensor, v: Tensor) -> Tensor:
    """Cosine of matching rows: (q, c), (q, c) -> (q,)."""
    size = u.norm(dim=1) * v.norm(dim=1)
    if not bool((size > 0).all()):
        raise NotApplicableError("all neighbours of an item are its duplicates: no distances")
    found: Tensor = (u * v).sum(1) / size
    return found


@named("cknna")
@dataclass(frozen=True)
class CKNNA(_Graph):
    """Kernel alignment that looks only at pairs which are neighbours in both spaces.

    Cosine of rows, not centred; the k nearest in either space, the item itself excluded by row
    number; unbiased HSIC of what is left, over the same of each space with itself (its own
    neighbours alone). No epsilon in the denominator. Not bounded by 1. Directed, though little:
    neighbourhood is not mutual, so that H of the masked kernels depends on their order.
    """

    source: ClassVar[str] = "Huh et al. 2024, appendix A; Song et al. 2012 (HSIC)"
    formula: ClassVar[str] = "H(M*K, M*L) / sqrt(H(A*K, A*K) H(B*L, B*L)), M = A & B"
    range: ClassVar[BOUNDS] = (-math.inf, math.inf)
    directed: ClassVar[bool] = True
    k: int = 10

    def score(self, a: Lists, b: Lists, read: Reader) -> float:
        near_a, near_b = without_self(a, self.k), without_self(b, self.k)
        mutual = in_common(near_a, near_b)
        cosines = [1 - read.apart(side, a.rows, near_a) for side in "ab"]
        kept = [values * mutual for values in cosines]
        own_b = 1 - read.apart("b", b.rows, near_b)
        if read.kind == "ba":
            kept.reverse()
        across = _hsic(near_a, mutual, kept[0], kept[1])
        left = _hsic(near_a, torch.ones_like(mutual), cosines[0], cosines[0])
        right = _hsic(near_b, torch.ones_like(mutual), own_b, own_b)
        return debiased(left, right, across)

    def refuses(self, pair: Pair) -> str | None:
        return f"needs more than 3 items: {pair.n}" if pair.n <= 3 else needs_all_queries(pair)


def _hsic(columns: Tensor, present: Tensor, p: Tensor, q: Tensor) -> float:
    """Unbiased HSIC, times n(n-3), of two symmetric kernels kept at (i, columns[i]) where present.

    The masks need not be symmetric: products count where (i, j) and (j, i) are both present.
    """
    n = len(columns)
    rows = torch.arange(n)[:, None].expand_as(columns)
    here, there = (rows * n + columns)[present], (columns * n + rows)[present]
    returned = torch.isin(there, here)
    products = (p[present] * q[present])[returned].sum()
    into = torch.zeros(n, dtype=torch.float64).index_add_(0, columns[present], p[present])
    crossed = into @ (q * present).sum(1)
    grand = (p * present).sum() * (q * present).sum()
    return float(products + grand / ((n - 1) * (n - 2)) - 2 / (n - 2) * crossed)


def _counts(lists: Lists, k: int, n: int) -> Tensor:
    """How many queries have each item among their k nearest, themselves excluded: (n,) float64."""
    return torch.bincount(without_self(lists, k).flatten(), minlength=n).double()


@named("hubness")
@dataclass(frozen=True)
class Hubness(_Graph):
    """How much a space's neighbours crowd on a few hubs: skewness of N_k. About one space alone.

    N_k counts the queries that have an item among their k nearest; cosine, the item itself
    excluded by row number. Near 0 is healthy. ``side`` is a or b.
    """

    source: ClassVar[str] = "Radovanovic et al. 2010, eq. 1"
    formula: ClassVar[str] = "mean of (N_k - mean)^3 / std^3"
    range: ClassVar[BOUNDS] = (-math.inf, math.inf)
    better: ClassVar[str] = "lower"
    one_sided: ClassVar[bool] = True
    variants: ClassVar[tuple[str, ...]] = ("hubness(side=b)",)
    k: int = 10
    side: Literal["a", "b"] = "a"

    def score(self, a: Lists, b: Lists, read: Reader) -> float:
        counts = _counts(a if self.side == "a" else b, self.k, read.n)
        off = counts - counts.mean()
        spread = float(off.square().mean())
        if not spread > 0:
            raise NotApplicableError("every item is neighbour to equally many: no skewness")
        return float(off.pow(3).mean() / spread**1.5)


@named("hubness-correlation")
@dataclass(frozen=True)
class HubnessCorrelation(_Graph):
    """Whether the same items are hubs in both spaces: correlation of their N_k.

    N_k counts the queries that have an item among their k nearest; cosine, the item itself
    excluded by row number.
    """

    source: ClassVar[str] = "Radovanovic et al. 2010 (N_k); Pearson correlation"
    formula: ClassVar[str] = "corr(N_k in a, N_k in b) over items"
    range: ClassVar[BOUNDS] = (-1.0, 1.0)
    k: int = 10

    def score(self, a: Lists, b: Lists, read: Reader) -> float:
        u, v = (_counts(lists, self.k, read.n) for lists in (a, b))
        u, v = u - u.mean(), v - v.mean()
        size = float(u.norm() * v.norm())
        if not size > 0:
            raise NotApplicableError("every item is neighbour to equally many: no correlation")
        return float(u @ v) / size

    def chance(self, n: int, a: Lists, b: Lists, read: Reader) -> float:
        return 0.0
