"""How neighbours are selected: by float32 products, or by bfloat16 products with a proven bound.

Either way the numbers only select. `Search.bound` says how high the exact cosine of anything left
out can be; what cannot be told apart by it is decided in float64.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

from latcomp import kernel
from latcomp.engine import products
from latcomp.spaces import KEPT_BYTES, Pair, Search, Unit, steps

BFLOAT16_UNIT = 2.0**-8 / (1 - 2.0**-8)
"""How far, as a share of a bfloat16 number, what was rounded to it can be off."""

PIECES = 3
"""bfloat16 numbers that a float32 number is split into, so that nothing of it is lost."""

TRIAL_QUERIES = 256


class Float32Search:
    """Cosines in float32, by the fastest product."""

    coarse = False
    spare = 4

    def __init__(self, pair: Pair) -> None:
        self._pair = pair
        self.name = products.fastest(pair.device, pair.unit("a").shape[1]).name

    def scores(self, kind: str, queries: slice, database: slice) -> Tensor:
        left, right = (_rows(self._pair, kind, place) for place in (0, 1))
        return product32(
            left.rows(queries.start, queries.stop), right.rows(database.start, database.stop)
        )

    def bound(self, kind: str, floor: Tensor) -> Tensor:
        return floor.double() + kernel.product_error(_rows(self._pair, kind, 1).shape[1])


class Bfloat16Search:
    """Cosines in bfloat16, less their common part.

    With p = p' + m and q = q' + w, p q = p'q' + p'w + m q' + m w. The mean rows m and w are taken
    out first, because what rounding loses grows with what is rounded; p'w and m q' come back as
    exact columns of the product, and m w, the same for all, is left out of the scores.
    """

    name = "bfloat16"
    coarse = True
    spare = 22

    def __init__(self, pair: Pair) -> None:
        self._pair = pair
        self._rounded: dict[tuple[str, bool, bool], Rounded] = {}
        self._tilts: dict[tuple[str, int], Tensor] = {}

    def scores(self, kind: str, queries: slice, database: slice) -> Tensor:
        ones = torch.ones
        left, right = self._side(kind, 0).rows[queries], self._side(kind, 1).rows[database]
        tilt, other = self._tilt(kind, 0)[queries], self._tilt(kind, 1)[database]
        plain = [ones(len(t), PIECES, dtype=t.dtype, device=t.device) for t in (tilt, other)]
        return torch.cat([left, tilt, plain[0]], 1) @ torch.cat([right, plain[1], other], 1).T

    def bound(self, kind: str, floor: Tensor) -> Tensor:
        left, right = self._side(kind, 0), self._side(kind, 1)
        rounding = left.lost * right.largest + left.largest * right.lost + left.lost * right.lost
        size = (left.largest + left.lost) * (right.largest + right.lost) + 2
        summing = 2 * kernel.product_error(left.rows.shape[1] + 2 * PIECES) * size
        wide = floor.double()
        common = float(left.mean @ right.mean)
        return wide + BFLOAT16_UNIT * wide.abs() + rounding + summing + common

    def _side(self, kind: str, place: int) -> Rounded:
        asking = place == 0 and self._pair.queries is not None
        key = (kind[place], asking, kind[0] != kind[1])
        if key not in self._rounded:
            mean = mean_row(_rows(self._pair, kind[place] + kind[place], 1, key[2]))
            self._rounded[key] = rounded(_rows(self._pair, kind, place), mean)
        return self._rounded[key]

    def _tilt(self, kind: str, place: int) -> Tensor:
        """Products of the centred rows with the other side's mean, in pieces: (n, PIECES)."""
        if (kind, place) not in self._tilts:
            own, other = self._side(kind, place), self._side(kind, 1 - place)
            rows = _rows(self._pair, kind, place)
            tilt = [(rows.rows(*step).double() - own.mean) @ other.mean for step in steps(rows)]
            self._tilts[kind, place] = pieces(torch.cat(tilt))
        return self._tilts[kind, place]


@dataclass(frozen=True)
class Rounded:
    """Rows less their mean in bfloat16, and what that lost.

    ``largest`` is the length of the longest row less the mean, ``lost`` the length of the largest
    difference that rounding made.
    """

    rows: Tensor  # (n, p) bfloat16
    mean: Tensor  # (p,) float64
    largest: float
    lost: float


def rounded(unit: Unit, mean: Tensor) -> Rounded:
    """Subtract the mean from every row and round to bfloat16."""
    rows = torch.empty(unit.shape, dtype=torch.bfloat16, device=unit.device)
    largest = lost = 0.0
    for start, stop in steps(unit):
        centred = unit.rows(start, stop).double() - mean
        rows[start:stop] = centred
        largest = max(largest, float(kernel.lengths(centred).max()))
        lost = max(lost, float(kernel.lengths(centred - rows[start:stop]).max()))
    return Rounded(rows, mean, largest, lost)


def mean_row(unit: Unit) -> Tensor:
    """The mean of all rows, float64: (p,)."""
    total = sum(unit.rows(*step).sum(0, dtype=torch.float64) for step in steps(unit))
    return torch.as_tensor(total) / unit.shape[0]


def pieces(values: Tensor) -> Tensor:
    """Float64 numbers as sums of PIECES bfloat16 numbers, off by 2**-24 of them: (n,) -> (n, 3)."""
    found, left = [], values
    for _ in range(PIECES):
        found.append(left.bfloat16())
        left = left - found[-1]
    return torch.stack(found, dim=1)


def product32(left: Tensor, right: Tensor) -> Tensor:
    """Left @ right.T in float32, the fastest way there is here."""
    return products.fastest(left.device, left.shape[1]).compute(left.float(), right.float())


def search_of(pair: Pair) -> Search:
    """How candidates of this pair are selected: in float32 unless `choose` said otherwise."""
    if pair.search is None:
        pair.search = Float32Search(pair)
    return pair.search


def choose(pair: Pair, tolerant: bool) -> Search:
    """The search that is faster on this pair and machine, by a short measurement.

    ``tolerant`` says that everything learnt from the pair can do with rough scores.
    """
    n, width = pair.unit("a").shape
    fits = n * width * 4 <= KEPT_BYTES
    if tolerant and fits and coarse_pays(pair.device, width, n):
        return Bfloat16Search(pair)
    return Float32Search(pair)


@cache
def coarse_pays(device: torch.device, width: int, n: int) -> bool:
    """Whether rough products save more time than settling their candidates costs.

    Measured once per process, on blocks of products and on as many candidates as a query keeps.
    Never on CUDA, where a global setting decides whether bfloat16 products are summed in float32.
    """
    if device.type != "cpu":
        return False
    rows = torch.full((products.TRIAL_ROWS, width), 1 / width, device=device)
    exact = products.seconds(products.fastest(device, width).compute, rows, rows)
    rough = products.seconds(products.matmul, rows.bfloat16(), rows.bfloat16())
    saved = (exact - rough) / products.TRIAL_ROWS**2 * n / 2
    candidates = rows.repeat(Bfloat16Search.spare, 1)[: TRIAL_QUERIES * Bfloat16Search.spare]
    candidates = candidates.view(TRIAL_QUERIES, -1, width)
    began = time.perf_counter()
    kernel.exact(rows[:TRIAL_QUERIES, None], candidates.clone())
    spent = (time.perf_counter() - began) / TRIAL_QUERIES
    return saved > 2 * spent


def _rows(pair: Pair, kind: str, place: int, across: bool | None = None) -> Unit:
    """The unit rows of the queries (place 0) or of the database (place 1)."""
    meet = kind[0] != kind[1] if across is None else across
    return pair.unit(kind[place], queries=place == 0, across=meet)
