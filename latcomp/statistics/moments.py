"""Means and cross-products of both spaces, and what debiasing needs, in one linear pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import ClassVar

import torch
from torch import Tensor

from latcomp import kernel
from latcomp.engine import compiled
from latcomp.engine.shuffle import Shuffle
from latcomp.numerics.centring import Offset, first_offset
from latcomp.scan import Block, Parts
from latcomp.spaces.pair import Pair

STRIP = 128
"""Columns of a symmetric product that are multiplied at a time, on a processor."""


@dataclass
class Sums:
    """Sums over items of u = x - shift_a and v = y - shift_b, float64; p = |u|^2 and q = |v|^2."""

    shift_a: Offset
    shift_b: Offset
    n: int
    u: Tensor  # (d,)
    v: Tensor  # (d',)
    uu: Tensor  # (d, d)
    vv: Tensor  # (d', d')
    uv: Tensor  # (d, d')
    p: Tensor
    q: Tensor
    pp: Tensor
    qq: Tensor
    pq: Tensor
    pu: Tensor  # (d,)
    pv: Tensor  # (d',)
    qu: Tensor  # (d,)
    qv: Tensor  # (d',)


@dataclass
class OwnSums:
    """Those of `Sums` that one space tells by itself, u = x - shift and p = |u|^2."""

    shift: Offset
    n: int
    u: Tensor  # (d,)
    uu: Tensor  # (d, d)
    p: Tensor
    pp: Tensor
    pu: Tensor  # (d,)


def joined(a: OwnSums, b: OwnSums, across: Sums) -> Sums:
    """All sums, from those of each space and those that took both."""
    return replace(
        across, shift_a=a.shift, shift_b=b.shift, n=a.n, u=a.u, v=b.u, uu=a.uu, vv=b.uu,
        p=a.p, q=b.p, pp=a.pp, qq=b.pp, pu=a.pu, qv=b.pu,
    )  # fmt: skip


@dataclass(frozen=True)
class Moments:
    """What the moments of two centred spaces say: x = row of a - mean, y = row of b - mean.

    ``xx``, ``yy``, ``xy`` are X'X, Y'Y and X'Y; ``norms_xx``, ``norms_yy``, ``norms_xy`` the sums
    over items of |x|^4, |y|^4 and |x|^2 |y|^2. All float64.
    """

    n: int
    mean_a: Tensor
    mean_b: Tensor
    xx: Tensor
    yy: Tensor
    xy: Tensor
    norms_xx: float
    norms_yy: float
    norms_xy: float

    def facing(self, kind: str) -> Moments:
        """The same for "ab"; with a and b exchanged for "ba"."""
        if kind == "ab":
            return self
        return Moments(
            self.n, self.mean_b, self.mean_a, self.yy, self.xx, self.xy.T,
            self.norms_yy, self.norms_xx, self.norms_xy,
        )  # fmt: skip


@dataclass(frozen=True)
class CentredMoments:
    """Learns `Moments`. Block products run in the dtype of the rows, sums in float64.

    The mean of the first rows is subtracted first, so a common offset costs no digits; what is
    left of the mean is taken out exactly at the end. ``exact`` makes the block products float64
    too, for measures that solve with what they find.
    """

    exact: bool = False
    over: ClassVar[str] = "rows"

    def start(self, pair: Pair) -> Sums:
        shifts = [first_offset(space) for space in (pair.a, pair.b)]
        d, e = (len(shift.mean) for shift in shifts)
        zeros = [
            torch.zeros(shape, dtype=torch.float64, device=pair.device)
            for shape in ((d,), (e,), (d, d), (e, e), (d, e), *[()] * 5, (d,), (e,), (d,), (e,))
        ]
        return Sums(shifts[0], shifts[1], 0, *zeros)

    def add(self, state: Sums, visit: Block) -> None:
        accumulate(state, *both_shifted(state, visit, self.exact))

    def merge(self, one: Sums, other: Sums) -> Sums:
        summed = [getattr(one, f.name) + getattr(other, f.name) for f in fields(Sums)[2:]]
        return Sums(one.shift_a, one.shift_b, *summed)

    def finish(self, state: Sums) -> Moments:
        n = state.n
        du, dv = state.u / n, state.v / n
        mean_a, mean_b = state.shift_a.mean + du, state.shift_b.mean + dv
        xx = state.uu - n * torch.outer(du, du)
        yy = state.vv - n * torch.outer(dv, dv)
        a, b = _varying(xx, mean_a, n), _varying(yy, mean_b, n)
        left, right = _Side(state.p, state.u, du), _Side(state.q, state.v, dv)
        return Moments(
            n=n,
            mean_a=mean_a,
            mean_b=mean_b,
            xx=xx * torch.outer(a, a),
            yy=yy * torch.outer(b, b),
            xy=(state.uv - n * torch.outer(du, dv)) * torch.outer(a, b),
            norms_xx=_norm_product(n, state.pp, left, left, state.uu, state.pu, state.pu),
            norms_yy=_norm_product(n, state.qq, right, right, state.vv, state.qv, state.qv),
            norms_xy=_norm_product(n, state.pq, left, right, state.uv, state.pv, state.qu),
        )

    def parts(self, pair: Pair) -> Parts:
        own = OwnMoments(self.exact)
        return Parts({"a": own, "b": own}, AcrossMoments(self.exact))

    def joined(self, own: dict[str, OwnSums], across: Sums) -> Moments:
        return self.finish(joined(own["a"], own["b"], across))

    def permuted(self, found: Moments, shuffle: Shuffle) -> Moments:
        """Moments under another pairing: X'(PY) is new, the rest is as it was."""
        rows = shuffle.held.centred
        to = shuffle.to.to(rows.b.device)
        xy = _product(rows.a, rows.b[to]).double()
        return replace(found, xy=xy, norms_xy=float(rows.squares_a @ rows.squares_b[to]))


@dataclass(frozen=True)
class OwnMoments:
    """Learns the `OwnSums` of side a."""

    exact: bool = False
    over: ClassVar[str] = "rows"

    def start(self, pair: Pair) -> OwnSums:
        shift = first_offset(pair.a)
        d = len(shift.mean)
        zeros = [
            torch.zeros(shape, dtype=torch.float64, device=pair.device)
            for shape in ((d,), (d, d), (), (), (d,))
        ]
        return OwnSums(shift, 0, *zeros)

    def add(self, state: OwnSums, visit: Block) -> None:
        accumulate_own(state, shifted(visit, "a", state.shift, self.exact))

    def merge(self, one: OwnSums, other: OwnSums) -> OwnSums:
        summed = [getattr(one, f.name) + getattr(other, f.name) for f in fields(OwnSums)[1:]]
        return OwnSums(one.shift, *summed)

    def finish(self, state: OwnSums) -> OwnSums:
        return state


@dataclass(frozen=True)
class AcrossMoments:
    """Learns those `Sums` that take both spaces; the others stay 0, and take no room."""

    exact: bool = False
    over: ClassVar[str] = "rows"

    def start(self, pair: Pair) -> Sums:
        sums = CentredMoments().start(pair)
        return replace(sums, uu=torch.zeros_like(sums.p), vv=torch.zeros_like(sums.q))

    def add(self, state: Sums, visit: Block) -> None:
        accumulate_across(state, *both_shifted(state, visit, self.exact))

    def merge(self, one: Sums, other: Sums) -> Sums:
        return CentredMoments().merge(one, other)

    def finish(self, state: Sums) -> Sums:
        return state


@dataclass(frozen=True)
class Shifted:
    """Rows less a shift, (rows, d), and their squared lengths in float64, (rows,)."""

    rows: Tensor
    squares: Tensor

    def split(self, order: Tensor, counts: list[int]) -> list[Shifted]:
        """The rows in another order, so many and then so many."""
        parts = torch.split(self.rows[order], counts), torch.split(self.squares[order], counts)
        return [Shifted(*part) for part in zip(*parts, strict=True)]


def shifted(visit: Block, side: str, shift: Offset, exact: bool = False) -> Shifted:
    """The rows of a block of one side, less a shift that their own dtype holds exactly.

    They are rounded once, to what they are multiplied in, or ``exact`` in float64.
    """
    rows, space = (visit.a, visit.pair.a) if side == "a" else (visit.b, visit.pair.b)
    dtype = torch.float64 if exact else shift.dtype
    loops = compiled.row_loops(space)
    if loops is not None:
        return Shifted(*loops.shifted(rows, shift.mean, dtype))
    moved = rows - shift.mean.to(dtype) if rows.dtype == dtype else (rows - shift.mean).to(dtype)
    return Shifted(moved, kernel.lengths(moved)[:, 0].square_())


def both_shifted(state: Sums, visit: Block, exact: bool = False) -> tuple[Shifted, Shifted]:
    """The rows of a block of both spaces, less the shifts of the sums."""
    a, b = (shifted(visit, *one, exact) for one in (("a", state.shift_a), ("b", state.shift_b)))
    return a, b


def accumulate(state: Sums, u: Shifted, v: Shifted) -> None:
    """Add some rows of both spaces to the sums."""
    state.n += len(u.rows)
    _add_own(u, (state.u, state.uu, state.p, state.pp, state.pu))
    _add_own(v, (state.v, state.vv, state.q, state.qq, state.qv))
    accumulate_across(state, u, v)


def accumulate_own(state: OwnSums, u: Shifted) -> None:
    """Add some rows of one space to the sums that need no other."""
    state.n += len(u.rows)
    _add_own(u, (state.u, state.uu, state.p, state.pp, state.pu))


def accumulate_across(state: Sums, u: Shifted, v: Shifted) -> None:
    """Add some rows of both spaces to the sums that need both, and to no others."""
    state.uv += _product(u.rows, v.rows)
    state.pq += (u.squares * v.squares).sum()
    state.pv += _weighted(u, v.rows)
    state.qu += _weighted(v, u.rows)


def _add_own(seen: Shifted, totals: Sequence[Tensor]) -> None:
    """Add to the sums of u, u'u, p, p^2 and p u."""
    u, p = seen.rows, seen.squares
    total, product, squares, fourth, weighted = totals
    sums = torch.stack([torch.ones_like(p), p]).to(u.dtype) @ u
    total += sums[0]
    weighted += sums[1]
    product += _own_product(u)
    squares += p.sum()
    fourth += (p * p).sum()


def _product(left: Tensor, right: Tensor) -> Tensor:
    """The product left' right, in float32 where both are: (rows, d), (rows, e) -> (d, e).

    Never by a way that timing chose: its last digits reach a score.
    """
    wide = torch.promote_types(left.dtype, right.dtype)
    return left.to(wide).T @ right.to(wide)


def _weighted(by: Shifted, rows: Tensor) -> Tensor:
    """The sum of rows, (rows, d), each times the squared length of the row of ``by``: (d,)."""
    return _product(by.squares.to(by.rows.dtype)[:, None], rows)[0]


def _own_product(rows: Tensor) -> Tensor:
    """The product rows' rows, of a wide one only what lies on and above the diagonal."""
    width = rows.shape[1]
    if width < 4 * STRIP or rows.device.type == "cuda":
        return _product(rows, rows)
    found = rows.new_zeros(width, width)
    for start, stop in kernel.bounds(width, STRIP):
        found[start:stop, start:] = _product(rows[:, start:stop], rows[:, start:])
    return found.triu() + found.triu(1).T


def _varying(gram: Tensor, mean: Tensor, n: int) -> Tensor:
    """1 for columns that vary by more than the rounding of their mean, 0 for constant ones."""
    rounding = n * (8 * torch.finfo(torch.float64).eps * mean).square()
    return (gram.diagonal() > rounding).double()


@dataclass(frozen=True)
class _Side:
    squares: Tensor  # sum of |u|^2
    total: Tensor  # sum of u
    mean: Tensor  # total / n


def _norm_product(
    n: int, pq: Tensor, left: _Side, right: _Side, uv: Tensor, pv: Tensor, qu: Tensor
) -> float:
    """Sum over items of |u - du|^2 |v - dv|^2, expanded into the sums at hand."""
    du, dv = left.mean, right.mean
    p, q = left.squares, right.squares
    dd, ee = du @ du, dv @ dv
    value = pq - 2 * (pv @ dv) - 2 * (qu @ du) + ee * p + dd * q + 4 * (du @ uv @ dv)
    value -= 2 * ee * (left.total @ du) + 2 * dd * (right.total @ dv) - n * dd * ee
    return float(value)
