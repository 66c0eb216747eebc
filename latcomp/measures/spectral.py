"""The shape of each cloud of rows, as heat spreads over its neighbour graph."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from latcomp.errors import UsageError
from latcomp.measures import BOUNDS, RIGID, Sampled, named
from latcomp.numerics.dissimilarity import squared
from latcomp.spaces.pair import Pair

TIMES = torch.logspace(-1, 1, 256, dtype=torch.float64)
"""Times at which the heat is looked at."""

_GRID = 2.0**40


@named("imd")
@dataclass(frozen=True)
class IntrinsicDistance(Sampled):
    """Whether two clouds have the same shape at all scales, by how heat spreads on each; 0 is best.

    Intrinsic multi-scale distance. Euclidean k-NN graph, unweighted, i and j joined where either is
    among the k nearest of the other; normalised Laplacian; all eigenvalues, where the released code
    estimates them from random vectors. h is the mean heat left, and the number is *not* multiplied
    by 10^6 as that code does. Grows with ``items``: compare only equal ones.
    """

    source: ClassVar[str] = "Tsitsulin et al. 2020, The Shape of Data, eq. 5; divided by n"
    formula: ClassVar[str] = "max over t of exp(-2(t + 1/t)) |h_X(t) - h_Y(t)|, h = tr exp(-tL) / n"
    range: ClassVar[BOUNDS] = (0.0, math.exp(-4))
    better: ClassVar[str] = "lower"
    blind: ClassVar[bool] = True
    unmoved_by: ClassVar[frozenset[str]] = RIGID
    cost: ClassVar[str] = "eigenvalues of a sample, times repeats"
    neighbours: int = 5
    items: int = 500
    repeats: int = 5
    seed: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= self.neighbours < self.items:
            raise UsageError(
                f"imd: neighbours is from 1 to one less than items, found {self.neighbours}"
            )

    def one(self, x: Tensor, y: Tensor) -> float:
        apart = (_heat(x, self.neighbours) - _heat(y, self.neighbours)).abs()
        return float((torch.exp(-2 * (TIMES + 1 / TIMES)) * apart).max())

    def refuses(self, pair: Pair) -> str | None:
        if pair.n > self.neighbours:
            return None
        return f"needs more than {self.neighbours} items: {pair.n}"

    def note(self, samples: object) -> str | None:
        return "comparable only with samples of as many items"


def _heat(rows: Tensor, neighbours: int) -> Tensor:
    """Mean of exp(-t lambda) over the eigenvalues of the neighbour graph's Laplacian: (times,)."""
    joined = _graph(rows, neighbours)
    scale = joined.sum(1).rsqrt()
    spread = torch.linalg.eigvalsh(scale[:, None] * joined * scale)  # 1 - lambda
    return torch.exp(-TIMES[:, None] * (1 - spread)).mean(1)


def _graph(rows: Tensor, neighbours: int) -> Tensor:
    """1 where either row is among the nearest of the other, equally near ones by row number."""
    centred = rows - rows.mean(0)
    apart = squared(centred, centred)
    grid = _GRID / apart.max().clamp(min=torch.finfo(apart.dtype).tiny)
    near = (apart * grid).round_().fill_diagonal_(math.inf)
    columns = near.sort(dim=1, stable=True).indices[:, :neighbours]
    listed = torch.zeros_like(apart).scatter_(1, columns, 1.0)
    return torch.maximum(listed, listed.T)
