"""Optimal transport between the two spaces' distance tables (the extra `transport`)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import torch
from torch import Tensor

from latcomp.errors import NotApplicableError
from latcomp.measures import BOUNDS, RIGID, Sampled, named, needs_library
from latcomp.spaces.pair import Pair


@named("gromov-wasserstein")
@dataclass(frozen=True)
class GromovWasserstein(Sampled):
    """Cost of moving one space's table of distances onto the other's; 0 for isometric spaces.

    Euclidean distances divided by their largest, uniform weights, square loss, no root. Not convex,
    so an upper bound: ``start`` is where the search begins, at the known pairing (paired) or at
    the product of the weights (product), which uses no pairing and often ends in a poorer optimum.
    """

    source: ClassVar[str] = "Memoli 2011, definition 5.7; by POT, conditional gradient"
    formula: ClassVar[str] = "min over plans T of sum (A_ik - B_jl)^2 T_ij T_kl"
    range: ClassVar[BOUNDS] = (0.0, math.inf)
    better: ClassVar[str] = "lower"
    unmoved_by: ClassVar[frozenset[str]] = RIGID
    cost: ClassVar[str] = "optimal transport of a sample, times repeats"
    start: Literal["paired", "product"] = "paired"
    items: int = 100
    repeats: int = 5
    seed: int = 0

    def one(self, x: Tensor, y: Tensor) -> float:
        from ot.gromov import gromov_wasserstein2

        n = len(x)
        weights = np.full(n, 1 / n)
        plan = np.eye(n) / n if self.start == "paired" else None
        cost = gromov_wasserstein2(
            *map(_scaled, (x, y)), weights, weights, "square_loss",
            G0=plan, tol_rel=1e-12, tol_abs=1e-12, max_iter=10000,
        )  # fmt: skip
        return max(0.0, float(cost))

    def refuses(self, pair: Pair) -> str | None:
        return needs_library("ot", "transport")


def _scaled(rows: Tensor) -> np.ndarray[Any, Any]:
    apart = torch.cdist(rows, rows, compute_mode="donot_use_mm_for_euclid_dist")
    if not float(apart.max()) > 0:
        raise NotApplicableError("all rows of a space are equal")
    scaled: np.ndarray[Any, Any] = (apart / apart.max()).numpy()
    return scaled
