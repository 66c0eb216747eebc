"""What statistics over rows take of a block, in one walk along each row.

A number about one row is summed in float64, in an order that depends on its length alone; sums
over rows are added up thread by thread.
"""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
import torch
from torch import Tensor

from latcomp.engine.loops.compiling import jit_sums, share


def shifted(rows: Tensor, shift: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Rows less a float64 shift, rounded once to ``dtype``, and their squared lengths in float64.

    (n, d), (d,) -> (n, d), (n,).
    """
    moved, squares = torch.empty(rows.shape, dtype=dtype), torch.empty(len(rows)).double()
    given = _arrays(rows, shift, moved, squares)
    share(lambda *part: _shifted(*given, *part), len(rows), rows.numel())
    return moved, squares


def agreement(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Lengths of the rows of a and of b, the sums of both at length 1, and products row by row.

    (n, d), (n, e) -> (n,), (n,), (d,), (e,), (n,), float64. Where the widths differ the products
    are of what the rows share. A row of length zero makes its sum not a number.
    """
    norms_a, norms_b, dots = torch.empty(3, len(a), dtype=torch.float64)
    given, sums = _arrays(a, b, norms_a, norms_b, dots), {}

    def walk(*part: int) -> None:
        sums[part] = [np.zeros(a.shape[1]), np.zeros(b.shape[1])]
        _agreement(*given, *sums[part], *part)

    share(walk, len(a), a.numel() + b.numel())
    total_a, total_b = (sum(sums[part][side] for part in sorted(sums)) for side in (0, 1))
    return norms_a, norms_b, torch.from_numpy(total_a), torch.from_numpy(total_b), dots


def _arrays(*tensors: Tensor) -> list[Any]:
    return [tensor.contiguous().numpy() for tensor in tensors]


@jit_sums
def _shifted(rows: Any, shift: Any, moved: Any, squares: Any, start: int, stop: int) -> None:
    for row in range(start, stop):
        for place in range(len(shift)):
            moved[row, place] = rows[row, place] - shift[place]
        squares[row] = _product(moved[row], moved[row])


@jit_sums
def _agreement(
    a: Any,
    b: Any,
    norms_a: Any,
    norms_b: Any,
    dots: Any,
    total_a: Any,
    total_b: Any,
    start: int,
    stop: int,
) -> None:
    shared = min(len(total_a), len(total_b))
    for row in range(start, stop):
        norms_a[row] = sqrt(_product(a[row], a[row]))
        norms_b[row] = sqrt(_product(b[row], b[row]))
        dots[row] = _product(a[row, :shared], b[row, :shared])
        _add(total_a, a[row], 1 / norms_a[row])
        _add(total_b, b[row], 1 / norms_b[row])


@jit_sums
def _product(one: Any, other: Any) -> Any:
    total = 0.0
    for place in range(len(one)):
        total += np.float64(one[place]) * np.float64(other[place])
    return total


@jit_sums
def _add(total: Any, row: Any, factor: float) -> None:
    for place in range(len(total)):
        total[place] += factor * row[place]
