"""Neighbours selected in all coordinates: by float32 products, or by bfloat16 ones with a bound.

Either way the numbers only select. `Search.bound` says how high the exact cosine of anything left
out can be; what cannot be told apart by it is searched for more finely, and decided in float64.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from latcomp import kernel
from latcomp.engine import products
from latcomp.engine.products import product32
from latcomp.engine.rounding import Rounded, Rounding, mean_row, pieces, rounded, walk
from latcomp.spaces.pair import Pair
from latcomp.spaces.unit import SplitUnit

SPARE = 4
"""Candidates that float32 cosines need beyond the neighbours that are wanted."""

FLOAT64_ERROR = 1e-12
"""More than a float64 product of unit rows can be off by."""


class Float32Search:
    """Cosines in float32, by the fastest product."""

    coarse = False
    spare = SPARE

    def __init__(self, pair: Pair) -> None:
        self._pair = pair
        self.name = products.fastest(pair.device, pair.unit("a").shape[1]).name

    def scores(self, kind: str, queries: slice, database: slice) -> Tensor:
        return product32(
            self._pair.queries_of(kind).rows(queries.start, queries.stop),
            self._pair.database_of(kind).rows(database.start, database.stop),
        )

    def asking(self, kind: str, queries: Tensor) -> Callable[[slice], Tensor]:
        left, right = self._pair.queries_of(kind).take(queries), self._pair.database_of(kind)
        return lambda database: product32(left, right.rows(database.start, database.stop))

    def bound(self, kind: str, floor: Tensor) -> Tensor:
        return floor.double() + self._error(kind)

    def least(self, kind: str, score: Tensor) -> Tensor:
        return score.double() - self._error(kind)

    def _error(self, kind: str) -> float:
        return kernel.product_error(self._pair.database_of(kind).shape[1])


class CentredSearch:
    """Cosines less their common part, of rounded rows.

    With p = p' + m and q = q' + w, p q = p'q' + p'w + m q' + m w. The mean rows m and w are taken
    out first, because what rounding loses grows with what is rounded; p'w and m q' come back as
    exact columns of the product, and m w, the same for all, is left out of the scores.
    """

    coarse = True

    def __init__(self, pair: Pair, rounding: Rounding) -> None:
        self._pair = pair
        self._to = rounding
        self.name = rounding.name
        self.spare = rounding.spare
        self._means: dict[SplitUnit, Tensor] = {}
        self._rounded: dict[SplitUnit, Rounded] = {}
        self._tilts: dict[tuple[str, int], Tensor] = {}

    def scores(self, kind: str, queries: slice, database: slice) -> Tensor:
        left, right = self._wide(kind, 0, queries), self._wide(kind, 1, database)
        return self._product(left, right)

    def asking(self, kind: str, queries: Tensor) -> Callable[[slice], Tensor]:
        left = self._wide(kind, 0, queries)
        return lambda database: self._product(left, self._wide(kind, 1, database))

    def bound(self, kind: str, floor: Tensor) -> Tensor:
        return floor.double() + self._common(kind) + self._error(kind, floor)

    def least(self, kind: str, score: Tensor) -> Tensor:
        return score.double() + self._common(kind) - self._error(kind, score)

    def _common(self, kind: str) -> float:
        return float(self._side(kind, 0).mean @ self._side(kind, 1).mean)

    def _error(self, kind: str, score: Tensor) -> Tensor:
        left, right = self._side(kind, 0), self._side(kind, 1)
        rounding = left.lost * right.largest + left.largest * right.lost + left.lost * right.lost
        tilts = sum(2 * float(self._tilt(kind, place).abs().max()) for place in (0, 1))
        size = (left.largest + left.lost) * (right.largest + right.lost) + tilts
        summing = 2 * kernel.product_error(left.rows.shape[1] + 2 * self._to.pieces) * size
        fixed = rounding + summing + 2 * self._to.slack + FLOAT64_ERROR
        return self._to.unit * score.double().abs() + fixed

    def _product(self, left: Tensor, right: Tensor) -> Tensor:
        return product32(left, right) if self._to.dtype == torch.float32 else left @ right.T

    def _wide(self, kind: str, place: int, which: slice | Tensor) -> Tensor:
        """The centred rows, their tilts, and ones where the other side has its tilts."""
        rows, tilt = self._side(kind, place).rows[which], self._tilt(kind, place)[which]
        tilts = [tilt, torch.ones_like(tilt)]
        return torch.cat([rows, *(tilts if place == 0 else tilts[::-1])], dim=1)

    def _side(self, kind: str, place: int) -> Rounded:
        unit, database = (_rows(self._pair, kind, place), _database(self._pair, kind, place))
        if database not in self._means:
            self._means[database] = mean_row(database, self._to)
        if unit not in self._rounded:
            self._rounded[unit] = rounded(unit, self._means[database], self._to)
        return self._rounded[unit]

    def _tilt(self, kind: str, place: int) -> Tensor:
        """Products of the centred rows with the other side's mean, in pieces: (n, pieces)."""
        if (kind, place) not in self._tilts:
            own, other = self._side(kind, place), self._side(kind, 1 - place)
            tilt = [
                (rows - own.mean) @ other.mean
                for _, rows in walk(_rows(self._pair, kind, place), self._to)
            ]
            self._tilts[kind, place] = pieces(torch.cat(tilt), self._to)
        return self._tilts[kind, place]


def _rows(pair: Pair, kind: str, place: int) -> SplitUnit:
    """The unit rows of the queries (place 0) or of the database (place 1)."""
    return pair.database_of(kind) if place else pair.queries_of(kind)


def _database(pair: Pair, kind: str, place: int) -> SplitUnit:
    """The unit rows of all items of the side in that place."""
    return pair.database_of(kind) if place else pair.database_of(kind[::-1])
