"""A common offset, taken out before anything is multiplied, so that it costs no digits."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from latcomp.errors import InputError
from latcomp.spaces.space import Space

FIRST_ROWS = 1024
"""Rows whose mean stands for the offset of all of them."""

ORDINARY = 2.0**30
"""Coordinates below it, and above one by it, have products of four that float32 holds."""

LARGEST = 2.0**250
"""The same for float64."""


def first_mean(space: Space) -> Tensor:
    """The mean of the first rows, float64, rounded to what the rows' own dtype can hold: (d,)."""
    return _mean(_first(space))


def _first(space: Space) -> Tensor:
    return space.rows(0, min(FIRST_ROWS, space.shape[0]))


def _mean(rows: Tensor) -> Tensor:
    return rows.mean(0, dtype=torch.float64).to(rows.dtype).double()


@dataclass(frozen=True)
class Offset:
    """What is taken out of the rows of a space, (d,) float64, and what is left multiplied in."""

    mean: Tensor
    dtype: torch.dtype


def first_offset(space: Space) -> Offset:
    """The `first_mean`, and float64 where float32 could not hold products of what is left."""
    rows = _first(space)
    mean = _mean(rows)
    left = rows.double() - mean
    largest = float(left.abs().max())
    if largest > LARGEST or 0 < largest < 1 / LARGEST:
        raise InputError(
            f"{space.name}: coordinates near {largest:.0e} cannot be multiplied",
            "multiply all of them by one number first",
        )
    return Offset(mean, product_dtype(left, space.dtype))


def product_dtype(rows: Tensor, dtype: torch.dtype) -> torch.dtype:
    """The dtype, or float64 where the rows are too large or too small to be multiplied in it."""
    ordinary = 1 / ORDINARY < float(rows.abs().max()) < ORDINARY
    return dtype if ordinary else torch.float64
