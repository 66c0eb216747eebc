"""Sums over all pairs of items: what kernel alignment and distance correlation are made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

import torch
from torch import Tensor

from latcomp.draws import permutation
from latcomp.engine.shuffle import Shuffle
from latcomp.numerics.centring import first_mean
from latcomp.numerics.dissimilarity import (
    GAUSSIAN,
    SELF_SIMILAR,
    SHIFTED,
    WAYS,
    constant_rows,
    derived,
    median_distance,
)
from latcomp.scan import Block, Tile
from latcomp.spaces.pair import Pair
from latcomp.spaces.space import Space

WIDTH_ROWS = 2048
"""Rows drawn to find the median distance of a larger space."""


@dataclass
class Side:
    """One space: how its rows are held against each other, and sums over the pairs of each."""

    name: str
    width: float | None
    shift: Tensor | None
    rows: Tensor  # (queries,) float64
    flat: int = 0


@dataclass
class Totals:
    """Both sides, which rows are queries, and sums over ordered pairs of queries."""

    a: Side
    b: Side
    columns: Tensor  # (n,) whether a row is a query
    sums: Tensor  # (4,) of a a, b b, a b and (a - b)^2


@dataclass(frozen=True)
class PairSums:
    """What `Pairs` learnt of n items: ``own`` is the value of an item with itself, 0 or 1.

    ``widths`` are the Gaussian's in a and b; None where a space does not vary, or there is none.
    ``flat`` is above 0 where a row of equal coordinates was asked for its correlation.
    """

    n: int
    own: float
    rows_a: Tensor
    rows_b: Tensor
    aa: float
    bb: float
    ab: float
    difference: float
    widths: tuple[float | None, float | None] = (None, None)
    flat: int = 0

    @cached_property
    def _totals(self) -> tuple[float, float]:
        return float(self.rows_a.sum()), float(self.rows_b.sum())

    def products(self) -> tuple[float, float, float]:
        """Sums of products over pairs of different items: a a, b b, a b."""
        self_pairs = self.n * self.own**2
        return self.aa - self_pairs, self.bb - self_pairs, self.ab - self_pairs

    def centred(self) -> tuple[float, float, float]:
        """Sums of products of the double-centred values: a a, b b, a b. Never negative for a a."""
        n, (a, b) = self.n, self._totals
        mean_a, mean_b = self.rows_a - a / n, self.rows_b - b / n
        return (
            self.aa - 2 / n * float(mean_a @ mean_a) - a * a / n**2,
            self.bb - 2 / n * float(mean_b @ mean_b) - b * b / n**2,
            self.ab - 2 / n * float(mean_a @ mean_b) - a * b / n**2,
        )

    def unbiased(self) -> tuple[float, float, float]:
        """The same with the U-centring of Szekely & Rizzo 2014, over pairs of different items."""
        n, own = self.n, self.own
        a, b = self.rows_a - own, self.rows_b - own
        self_pairs = n * own * own

        def one(products: float, left: Tensor, right: Tensor) -> float:
            grand = float(left.sum() * right.sum()) / ((n - 1) * (n - 2))
            return products - self_pairs - 2 / (n - 2) * float(left @ right) + grand

        return one(self.aa, a, a), one(self.bb, b, b), one(self.ab, a, b)

    def spread(self) -> tuple[float, float, float]:
        """Sums of products over pairs of different items, less their means: a a, b b, a b."""
        pairs = self.n * (self.n - 1)
        a, b = (total - self.n * self.own for total in self._totals)
        aa, bb, ab = self.products()
        return aa - a * a / pairs, bb - b * b / pairs, ab - a * b / pairs


@dataclass(frozen=True)
class Pairs:
    """Learns `PairSums` of one dissimilarity, or of a Gaussian kernel, over all pairs of queries.

    ``way`` names the dissimilarity, or is "gaussian"; ``width`` is the Gaussian's, or "median":
    the median distance of at most WIDTH_ROWS rows of each space.
    """

    way: str
    width: float | str | None = None
    over: ClassVar[str] = "tiles"

    def start(self, pair: Pair) -> Totals:
        columns = torch.zeros(pair.n, dtype=torch.bool)
        columns[pair.query_rows] = True
        sums = torch.zeros(4, dtype=torch.float64, device=pair.device)
        return Totals(self._side(pair, "a"), self._side(pair, "b"), columns, sums)

    def add(self, state: Totals, tile: Tile) -> None:
        here = slice(tile.queries.start, tile.queries.stop)
        found = []
        for side in (state.a, state.b):
            values = self._values(state, side, tile)
            side.rows[here] += values.sum(1)
            if self.way == "correlation":
                side.flat += constant_rows(getattr(tile.queries, side.name))
            found.append(values if values.is_contiguous() else values.T)
        a, b = found
        products = [_dot(a, a), _dot(b, b), _dot(a, b), (a - b).square_().sum()]
        state.sums += torch.stack(products)

    def _values(self, state: Totals, side: Side, tile: Tile) -> Tensor:
        """The value of every query of the tile with every query of its database, float64."""
        base, function = derived(self.way, side.width)

        def apart(tile: Tile) -> Tensor:
            left, right = (_rows(side, block) for block in (tile.queries, tile.database))
            kept = state.columns[tile.database.start : tile.database.stop]
            found = WAYS[base](left, right if bool(kept.all()) else right[kept.to(right.device)])
            return _without_self(found, tile.queries.rows, tile.database.rows[kept])

        return tile.table(
            (side.name, self.way, side.width),
            lambda tile: function(tile.table((side.name, base), apart)),
        )

    def merge(self, one: Totals, other: Totals) -> Totals:
        sides = [
            replace(left, rows=left.rows + right.rows, flat=left.flat + right.flat)
            for left, right in ((one.a, other.a), (one.b, other.b))
        ]
        return Totals(sides[0], sides[1], one.columns, one.sums + other.sums)

    def finish(self, state: Totals) -> PairSums:
        aa, bb, ab, difference = state.sums.tolist()
        return PairSums(
            n=len(state.a.rows),
            own=self._own,
            rows_a=state.a.rows,
            rows_b=state.b.rows,
            aa=aa,
            bb=bb,
            ab=ab,
            difference=difference,
            widths=(state.a.width, state.b.width),
            flat=state.a.flat + state.b.flat,
        )

    def permuted(self, found: PairSums, shuffle: Shuffle) -> PairSums:
        """The sums with rows and columns of b's table dealt out anew together (Mantel 1967)."""
        a, b = shuffle.held.tables(self, self._tables)
        to = shuffle.at.to(b.device)
        dealt = b[to][:, to]
        difference = float((a - dealt).square_().sum())
        return replace(
            found, rows_b=found.rows_b[to], ab=float(_dot(a, dealt)), difference=difference
        )

    def _tables(self, pair: Pair) -> tuple[Tensor, Tensor]:
        """The values of all pairs of queries, in both spaces: (q, q), (q, q)."""
        state, queries = self.start(pair), Block(pair, 0, len(pair.query_rows), queries=True)
        tile = Tile(queries, Block(pair, 0, pair.n))
        return self._values(state, state.a, tile), self._values(state, state.b, tile)

    @property
    def _own(self) -> float:
        return 1.0 if self.way in SELF_SIMILAR else 0.0

    def _side(self, pair: Pair, name: str) -> Side:
        space = pair.side(name)
        shift = first_mean(space) if derived(self.way, None)[0] in SHIFTED else None
        rows = torch.zeros(len(pair.query_rows), dtype=torch.float64, device=pair.device)
        if self.way != GAUSSIAN:
            return Side(name, None, shift, rows)
        width = float(self.width) if isinstance(self.width, (int, float)) else _median(space)
        return Side(name, width, shift, rows)


def _rows(side: Side, block: Block) -> Tensor:
    rows: Tensor = getattr(block, side.name).double()
    return rows if side.shift is None else rows - side.shift


def _without_self(apart: Tensor, queries: Tensor, columns: Tensor) -> Tensor:
    """The table with 0, exactly, for items with themselves; both lists of rows ascend."""
    if len(columns):
        place = torch.searchsorted(columns, queries).clamp(max=len(columns) - 1)
        itself = (columns[place] == queries).nonzero()[:, 0]
        apart[itself.to(apart.device), place[itself].to(apart.device)] = 0.0
    return apart


def _dot(a: Tensor, b: Tensor) -> Tensor:
    """Sum of the products of the entries of two tables that lie in memory alike."""
    return a.flatten() @ b.flatten()


def _median(space: Space) -> float | None:
    """The median distance of at most WIDTH_ROWS drawn rows."""
    drawn = permutation(space.shape[0], 0, "median distance")[:WIDTH_ROWS].sort().values
    return median_distance(space.take(drawn).double())
