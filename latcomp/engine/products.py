"""Ways to multiply rows by rows in float32, and a short measurement of which is fastest here."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

TRIAL_ROWS = 1024
"""Rows multiplied with as many in the measurement."""

TRIALS = 3

NARROW = 16
"""Rows shorter than this are multiplied the plain way, unmeasured."""


@dataclass(frozen=True)
class Product:
    """A way to compute left @ right.T in float32: (r, p), (c, p) -> (r, c)."""

    name: str
    compute: Callable[[Tensor, Tensor], Tensor]


def matmul(left: Tensor, right: Tensor) -> Tensor:
    """The product by torch's matrix multiplication."""
    return left @ right.T


def onednn(left: Tensor, right: Tensor) -> Tensor:
    """The product by oneDNN, at full float32 precision.

    torch multiplies float32 matrices by MKL, which uses half of the vector width of some
    processors; oneDNN uses all of it.
    """
    product: Tensor = torch.ops.mkldnn._linear_pointwise(left, right, None, "none", [], "")
    return product


def available(device: torch.device) -> list[Product]:
    """Every way that runs on the device, the plainest first."""
    ways = [Product("float32", matmul)]
    if device.type == "cpu" and hasattr(torch.ops.mkldnn, "_linear_pointwise"):
        ways.append(Product("float32-onednn", onednn))
    return ways


@cache
def fastest(device: torch.device, width: int) -> Product:
    """The way that took least time on rows of this width, measured once per process."""
    ways = available(device)
    if len(ways) == 1 or width < NARROW:
        return ways[0]
    rows = torch.ones(TRIAL_ROWS, width, device=device) / width
    return min(ways, key=lambda way: seconds(way.compute, rows, rows))


def product32(left: Tensor, right: Tensor) -> Tensor:
    """Left @ right.T in float32, the fastest way there is here."""
    return fastest(left.device, left.shape[1]).compute(left.float(), right.float())


def seconds(compute: Callable[[Tensor, Tensor], Tensor], left: Tensor, right: Tensor) -> float:
    """The least time that a product took, of a few."""
    return min(_timed(compute, left, right) for _ in range(TRIALS + 1))


def _timed(compute: Callable[[Tensor, Tensor], Tensor], left: Tensor, right: Tensor) -> float:
    _wait(left.device)
    began = time.perf_counter()
    compute(left, right)
    _wait(left.device)
    return time.perf_counter() - began


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
