"""A few items drawn at random, whole, for what needs all pairs of them at once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import ClassVar

import torch
from torch import Tensor

from latcomp.draws import permutation
from latcomp.engine.shuffle import Shuffle
from latcomp.scan import Block
from latcomp.spaces.pair import Pair


@dataclass(frozen=True, eq=False)
class Sample:
    """Matching rows of both spaces, float64, on the CPU, in row order."""

    rows: Tensor  # (items,)
    a: Tensor  # (items, d)
    b: Tensor  # (items, d')
    known: dict[Hashable, float] = field(default_factory=dict, init=False)

    def once(self, what: Hashable, compute: Callable[[], float]) -> float:
        """What ``compute`` finds, which is asked only the first time that ``what`` is."""
        if what not in self.known:
            self.known[what] = compute()
        return self.known[what]


@dataclass(frozen=True)
class Samples:
    """Draws ``repeats`` samples of ``items`` items without replacement; one of all where n is less.

    Finishes as a list of `Sample`.
    """

    items: int
    repeats: int
    seed: int
    over: ClassVar[str] = "rows"

    def start(self, pair: Pair) -> list[Sample]:
        size = min(self.items, pair.n)
        repeats = self.repeats if pair.n > self.items else 1
        drawn = [
            permutation(pair.n, self.seed, f"sample {number}")[:size] for number in range(repeats)
        ]
        widths = pair.a.shape[1], pair.b.shape[1]
        return [
            Sample(rows.sort().values, *(torch.zeros(size, w, dtype=torch.float64) for w in widths))
            for rows in drawn
        ]

    def add(self, state: list[Sample], visit: Block) -> None:
        for sample in state:
            low, high = torch.searchsorted(
                sample.rows, torch.tensor([visit.start, visit.stop])
            ).tolist()
            here = (sample.rows[low:high] - visit.start).to(visit.a.device)
            sample.a[low:high] = visit.a[here].double().cpu()
            sample.b[low:high] = visit.b[here].double().cpu()

    def merge(self, one: list[Sample], other: list[Sample]) -> list[Sample]:
        return [
            Sample(left.rows, left.a + right.a, left.b + right.b)
            for left, right in zip(one, other, strict=True)
        ]

    def finish(self, state: list[Sample]) -> list[Sample]:
        return state

    def permuted(self, found: list[Sample], shuffle: Shuffle) -> list[Sample]:
        """The samples with b's rows dealt out anew inside each; who keeps his partner keeps it."""
        return [
            Sample(one.rows, one.a, one.b[_dealt(shuffle.to[one.rows], one.rows)]) for one in found
        ]


def _dealt(to: Tensor, rows: Tensor) -> Tensor:
    """Which place of a sample each place gets its row of b from: (items,)."""
    places = torch.arange(len(rows))
    moved = (to != rows).nonzero()[:, 0]
    places[moved] = moved[to[moved].argsort().argsort()]
    return places
