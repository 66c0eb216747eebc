"""A common offset, taken out before anything is multiplied, so that it costs no digits."""

from __future__ import annotations

import torch
from torch import Tensor

from latcomp.spaces.space import Space

FIRST_ROWS = 1024
"""Rows whose mean stands for the offset of all of them."""


def first_mean(space: Space) -> Tensor:
    """The mean of the first rows, float64, rounded to what the rows' own dtype can hold: (d,)."""
    rows = space.rows(0, min(FIRST_ROWS, space.shape[0]))
    return rows.mean(0, dtype=torch.float64).to(rows.dtype).double()
