"""How many holes each cloud of rows has, and for how long (the extra `topology`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from latcomp.draws import permutation
from latcomp.errors import NotApplicableError, UsageError
from latcomp.measures import BOUNDS, RIGID, Sampled, named, needs_library
from latcomp.spaces.pair import Pair
from latcomp.statistics.samples import Sample

Array = np.ndarray[Any, Any]

TYPICAL = 5000
"""How many items ``gamma`` is meant for; it shrinks with fewer, as in the released code."""


@named("geometry-score")
@dataclass(frozen=True)
class GeometryScore(Sampled):
    """Whether two clouds have as many holes for as long, as a scale grows; 0 is best.

    Random ``landmarks`` span a relaxed witness complex, whose witnesses are all items of a sample;
    the relaxation alpha runs from 0 to gamma * items / 5000 of the largest distance of an item to
    a landmark. MRLT(i) is the share of that run during which there are i loops (Betti number 1),
    averaged over ``draws`` of landmarks; i of ``most`` or more is left out. Landmarks are drawn
    without replacement (the released code: with, 1000 times), the same items in both spaces, anew
    in every repeat. Two samples of one cloud do not score 0, and the score depends on every
    option: compare only equal ones.
    """

    source: ClassVar[str] = "Khrulkov & Oseledets 2018, algorithms 1 and 2; by GUDHI"
    formula: ClassVar[str] = "sum over i < most of (MRLT_X(i) - MRLT_Y(i))^2"
    range: ClassVar[BOUNDS] = (0.0, 2.0)
    better: ClassVar[str] = "lower"
    blind: ClassVar[bool] = True
    by_order: ClassVar[bool] = True
    unmoved_by: ClassVar[frozenset[str]] = RIGID
    cost: ClassVar[str] = "persistent homology of landmarks, times draws, times repeats"
    landmarks: int = 64
    gamma: float = 1 / 128
    most: int = 100
    draws: int = 10
    items: int = 1000
    repeats: int = 5
    seed: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 4 <= self.landmarks < self.items or min(self.most, self.draws) < 1:
            problem = "needs 4 landmarks or more, more items than landmarks, and 1 draw or more"
            raise UsageError(f"{self.name} {problem}")
        if self.gamma <= 0:
            raise UsageError(f"{self.name}: gamma must be above 0, found {self.gamma:g}")

    def one(self, x: Tensor, y: Tensor, repeat: int = 0) -> float:
        apart = self.living(x, repeat) - self.living(y, repeat)
        return float((apart**2).sum())

    def living(self, rows: Tensor, repeat: int) -> Array:
        """Mean relative living times of 0, 1, ... holes: (items, d) -> (most,)."""
        each = [self._times(rows, f"{repeat} {draw}") for draw in range(self.draws)]
        mean: Array = np.stack(each).mean(0)
        return mean

    def refuses(self, pair: Pair) -> str | None:
        if pair.n <= self.landmarks:
            return f"needs more items than landmarks: {pair.n} items, {self.landmarks} landmarks"
        return needs_library("gudhi", "topology")

    def note(self, samples: list[Sample]) -> str | None:
        missed = [1 - self._times(rows, "0 0").sum() for rows in (samples[0].a, samples[0].b)]
        told = "comparable only with samples of as many items"
        if max(missed) < 0.01:
            return told
        shares = " and ".join(f"{share:.0%}" for share in missed)
        return f"{told}; {self.most} holes or more for {shares} of the run, which is left out"

    def _each(self, samples: list[Sample]) -> list[float]:
        """Landmarks are drawn anew in every repeat, also where one sample holds all items."""
        used = [samples[repeat % len(samples)] for repeat in range(self.repeats)]
        return [
            sample.once((self, repeat), partial(self.one, sample.a, sample.b, repeat))
            for repeat, sample in enumerate(used)
        ]

    def _times(self, rows: Tensor, draw: str) -> Array:
        chosen = permutation(len(rows), self.seed, f"landmarks {draw}")[: self.landmarks]
        apart = torch.cdist(rows, rows[chosen], compute_mode="donot_use_mm_for_euclid_dist")
        top = float(apart.max()) * self.gamma * len(rows) / TYPICAL
        if not top > 0:
            raise NotApplicableError("all rows of a space are equal")
        return _shares(_loops(apart, top), top, self.most)


def _loops(apart: Tensor, top: float) -> Array:
    """Births and deaths of the loops of a witness complex: (witnesses, landmarks) -> (loops, 2)."""
    from gudhi import WitnessComplex

    near, places = apart.sort(dim=1, stable=True)
    # Of three landmarks or fewer, none is farther than top beyond the third nearest.
    kept = ((near <= near[:, 2:3] + top).sum(1) + 1).clamp(min=4)
    listed = zip(places.tolist(), near.tolist(), kept.tolist(), strict=True)
    table = [list(zip(who[:k], far[:k], strict=True)) for who, far, k in listed]
    tree = WitnessComplex(table).create_simplex_tree(max_alpha_square=top, limit_dimension=2)
    tree.compute_persistence(homology_coeff_field=2, persistence_dim_max=True)
    loops: Array = tree.persistence_intervals_in_dimension(1)
    return loops


def _shares(loops: Array, top: float, most: int) -> Array:
    """For which share of 0..top there are 0, 1, ... loops: (most,)."""
    born, gone = loops.reshape(-1, 2).clip(max=top).T
    ends = np.unique([0.0, top, *born, *gone])
    middles = (ends[1:] + ends[:-1]) / 2
    alive = ((born <= middles[:, None]) & (middles[:, None] < gone)).sum(1)
    shares: Array = np.bincount(alive, np.diff(ends), most)[:most] / top
    return shares
