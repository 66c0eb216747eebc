"""The torch kernels: lengths, exact products of chosen pairs, the device and its limits.

Selection may run in float32; every decision rests on `exact`, a float64 dot product whose value
depends on the two rows alone, never on the block they were read in.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from latcomp.errors import UsageError

FLOAT32_UNIT = 2.0**-24
"""Unit roundoff of float32."""

TIE = 2.0**-42
"""Cosines that differ by less are equal: two ways to the same cosine differ in their last bits."""

_GRID = 2.0**44

PADDED = 64
"""Rows are multiplied so many at a time where each result must depend on its own row alone."""

WIDENED_NUMBERS = 2**20
"""Numbers made float64 at a time: few enough for caches, enough to be worth waking threads."""


def pick_device(name: str = "auto") -> torch.device:
    """The device to compute on: "auto" takes CUDA where there is one.

    Raises UsageError for a device that is unknown, absent, or has no float64.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError:
        raise UsageError(f"unknown device {name!r}", "use auto, cpu or cuda") from None
    if device.type not in ("cpu", "cuda"):
        raise UsageError(f"device {name!r} has no float64 arithmetic", "use auto, cpu or cuda")
    if device.type == "cuda" and not torch.cuda.is_available():
        raise UsageError("no CUDA device is available", "use --device cpu")
    return device


@contextmanager
def full_precision() -> Iterator[None]:
    """Multiply float32 matrices in float32 here, whatever the process set for speed.

    torch may be told to round factors to TF32 or bfloat16, in which no bound on rounding holds.
    """
    settings = _precision_settings()
    before = [getattr(holder, name) for holder, name, _ in settings]
    for holder, name, full in settings:
        setattr(holder, name, full)
    try:
        yield
    finally:
        for (holder, name, _), value in zip(settings, before, strict=True):
            setattr(holder, name, value)


def _precision_settings() -> list[tuple[Any, str, Any]]:
    """Where torch keeps how float32 matrices are multiplied, and what says float32."""
    holders = [torch.backends.cuda.matmul, getattr(torch.backends.mkldnn, "matmul", None)]
    if hasattr(holders[0], "fp32_precision"):  # since torch 2.9
        return [(holder, "fp32_precision", "ieee") for holder in holders if holder is not None]
    return [(holders[0], "allow_tf32", False)]


def lengths(rows: Tensor) -> Tensor:
    """Length of every row in float64: (n, d) -> (n, 1). Rows of tiny or huge norm survive."""
    if torch.compiler.is_exporting() or rows.requires_grad:
        return _lengths(rows)
    return torch.cat([_lengths(rows[start:stop]) for start, stop in pieces(rows)])


def _lengths(rows: Tensor) -> Tensor:
    norm: Tensor = torch.linalg.vector_norm(rows.double(), dim=1, keepdim=True)
    return norm


def pieces(rows: Tensor) -> list[tuple[int, int]]:
    """Bounds of the pieces of (n, d) rows that are made float64 one by one; on a GPU, one piece."""
    step = len(rows) if rows.device.type != "cpu" else WIDENED_NUMBERS // max(1, rows.shape[1])
    return bounds(max(1, len(rows)), max(1, step))


def bounds(n: int, step: int) -> list[tuple[int, int]]:
    """Cut range(n) into pieces of ``step``: [(0, step), (step, 2 * step), ...]."""
    return [(start, min(start + step, n)) for start in range(0, n, step)]


def settled(values: Tensor, dtype: torch.dtype) -> Tensor:
    """Round float64 ``values`` to ``dtype``, or to a grid of 2**-44 relative to 1 in float64.

    Sums taken in another order differ in their last bits; after this, equal items have equal
    values again, whatever block they came from.
    """
    if dtype == torch.float64:
        return values.mul(_GRID).round_().div_(_GRID)
    return values.to(dtype)


def padded(rows: Tensor) -> Tensor:
    """The rows, the last one repeated until their number is a multiple of PADDED.

    Matrix multiplication sums the last few rows of a block in another order than the others.
    """
    lacking = -len(rows) % PADDED
    return rows if not lacking else torch.cat([rows, rows[-1:].expand(lacking, -1)])


def exact(left: Tensor, right: Tensor) -> Tensor:
    """Float64 dot product of every row of ``left`` with the row of ``right`` beside it.

    (..., p) x (..., p) -> (...). The sum runs along contiguous rows, so it depends on the two
    rows alone.
    """
    return (left.double() * right.double()).sum(-1)  # of mixed dtypes torch multiplies slowly


def cosines(left: Tensor, right: Tensor) -> Tensor:
    """`exact` of float64 unit rows, to a grid of TIE, on which equal cosines are equal numbers."""
    return exact(left, right).div_(TIE).round_().mul_(TIE)


def product_error(width: int) -> float:
    """A bound on |float32 product - exact product| of two unit rows of ``width`` numbers.

    The classical bound of a sum in any order (Higham, Accuracy and Stability, eq. 3.5), with room
    for unit rows that are themselves rounded.
    """
    return (width + 8) * FLOAT32_UNIT
