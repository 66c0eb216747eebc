"""Unit rows less their mean, rounded to few digits, and a bound on what that loses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from latcomp import kernel
from latcomp.spaces.unit import PREPARED_ROWS, SplitUnit


@dataclass(frozen=True)
class Rounding:
    """A dtype that centred rows are rounded to, and the numbers that hold a float64 in it."""

    name: str
    dtype: torch.dtype
    unit: float
    """How far, as a share of a number of the dtype, what was rounded to it can be off."""
    pieces: int
    """Numbers of the dtype whose sum is any product to 2**-24 of it or better."""
    spare: int
    slack: float
    """How far the unit rows may be off that are rounded."""


BFLOAT16 = Rounding(
    "bfloat16", torch.bfloat16, 2.0**-8 / (1 - 2.0**-8), 3, 22, slack=kernel.FLOAT32_UNIT
)
FLOAT32 = Rounding("float32-centred", torch.float32, 2.0**-24 / (1 - 2.0**-24), 2, 4, slack=0.0)


@dataclass(frozen=True)
class Rounded:
    """Rows less their mean, rounded, and what that lost.

    ``largest`` is the length of the longest row less the mean, ``lost`` the length of the largest
    difference that rounding made.
    """

    rows: Tensor  # (n, p)
    mean: Tensor  # (p,) float64
    largest: float
    lost: float


def walk(unit: SplitUnit, to: Rounding) -> Iterator[tuple[slice, Tensor]]:
    """All unit rows in float64, as exactly as the rounding asks for, some at a time."""
    for start, stop in kernel.bounds(unit.shape[0], PREPARED_ROWS):
        rows = unit.rows(start, stop).double() if to.slack else unit.exact_rows(start, stop)
        yield slice(start, stop), rows


def rounded(unit: SplitUnit, mean: Tensor, to: Rounding) -> Rounded:
    """Subtract the mean from every row and round."""
    found = torch.empty(unit.shape, dtype=to.dtype, device=unit.device)
    largest = lost = 0.0
    for here, rows in walk(unit, to):
        centred = rows - mean
        found[here] = centred
        largest = max(largest, float(kernel.lengths(centred).max()))
        lost = max(lost, float(kernel.lengths(centred - found[here]).max()))
    return Rounded(found, mean, largest, lost + to.slack)


def mean_row(unit: SplitUnit, to: Rounding) -> Tensor:
    """The mean of all rows, float64: (p,)."""
    return torch.stack([rows.sum(0) for _, rows in walk(unit, to)]).sum(0) / unit.shape[0]


def pieces(values: Tensor, to: Rounding) -> Tensor:
    """Float64 numbers as sums of numbers of a shorter dtype: (n,) -> (n, pieces)."""
    found, left = [], values
    for _ in range(to.pieces):
        found.append(left.to(to.dtype))
        left = left - found[-1]
    return torch.stack(found, dim=1)
