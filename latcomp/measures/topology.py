"""Topology of the two clouds of rows, by persistent homology (the extra `topology`)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from latcomp.errors import NotApplicableError
from latcomp.measures import BOUNDS, RIGID, Sampled, named, needs_library
from latcomp.spaces.pair import Pair
from latcomp.statistics.samples import Sample

Array = np.ndarray[Any, Any]


@named("rtd")
@dataclass(frozen=True)
class TopologyDivergence(Sampled):
    """How many topological features one space has and the other lacks at that scale; 0 is best.

    Representation topology divergence: Euclidean distances of each space divided by the .9
    quantile of their matrix (zeros included), the 2n x 2n matrix of one space joined to the
    smaller of both, summed length of its H1 bars; mean of both directions. Grows with ``items``:
    compare only equal ones.
    """

    source: ClassVar[str] = "Barannikov et al. 2022, section 2.3; by ripser (float32)"
    formula: ClassVar[str] = "H1 bars of [[0, A], [A', min(A, B)]], A and B the distances"
    range: ClassVar[BOUNDS] = (0.0, math.inf)
    better: ClassVar[str] = "lower"
    unmoved_by: ClassVar[frozenset[str]] = RIGID
    cost: ClassVar[str] = "persistent homology of a sample, times repeats"
    items: int = 100
    repeats: int = 5
    seed: int = 0

    def one(self, x: Tensor, y: Tensor) -> float:
        a, b = scaled(x), scaled(y)
        return (bars(a, b) + bars(b, a)) / 2

    def refuses(self, pair: Pair) -> str | None:
        return needs_library("ripser", "topology")

    def note(self, samples: list[Sample]) -> str | None:
        return "comparable only with samples of as many items"


def scaled(rows: Tensor) -> Array:
    """Euclidean distances over the .9 quantile of their matrix: (n, d) -> (n, n)."""
    apart = torch.cdist(rows, rows, compute_mode="donot_use_mm_for_euclid_dist").numpy()
    quantile = np.quantile(apart, 0.9)
    if not quantile > 0:
        raise NotApplicableError("most items of a space are equal: no distances to compare")
    scaled: Array = apart / quantile
    return scaled


def bars(a: Array, b: Array) -> float:
    """Summed length of the H1 bars of a's graph joined to the smaller of both."""
    from ripser import ripser

    joined = np.block([[np.zeros_like(a), a], [a, np.minimum(a, b)]])
    births_deaths = ripser(joined, distance_matrix=True, maxdim=1)["dgms"][1]
    return float((births_deaths[:, 1] - births_deaths[:, 0]).sum())
