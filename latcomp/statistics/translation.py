"""Rank of the true match once one space is rotated onto the other, on items not fitted on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from latcomp import kernel
from latcomp.draws import permutation
from latcomp.numerics.algebra import rotation
from latcomp.numerics.placing import Placed
from latcomp.numerics.retrieval import Ranks, crowds, ranks
from latcomp.scan import Block
from latcomp.spaces.pair import Pair


@dataclass(frozen=True)
class Translation:
    """Finishes as {"ab": `Ranks`, "ba": `Ranks`} after the best orthogonal map between the spaces.

    The map and the means are fitted on a ``train`` share of the items, drawn by ``seed``; those
    of the remaining items that are queries are searched for among all rows of the other side.
    With ``train`` = 1 the same items are fitted on and searched for. Ties go to the row number.
    The map is known only when the training rows were seen, so it reads the pair again.
    """

    train: float
    seed: int
    over: ClassVar[str] = "rows"

    def start(self, pair: Pair) -> Pair:
        return pair

    def add(self, state: Pair, visit: Block) -> None:
        pass

    def merge(self, one: Pair, other: Pair) -> Pair:
        return one

    def finish(self, state: Pair) -> dict[str, Ranks]:
        fitted, held = self._split(state)
        x, y = _mapped(state, fitted)
        crowd_x, crowd_y = crowds(x, y, state.device)
        return {
            "ab": ranks(x, y, (crowd_x, crowd_y), held),
            "ba": ranks(y, x, (crowd_y, crowd_x), held),
        }

    def _split(self, pair: Pair) -> tuple[Tensor, Tensor]:
        drawn = permutation(pair.n, self.seed, "held out")
        count = round(self.train * pair.n)
        held = drawn if self.train == 1 else drawn[count:]
        asked = held[torch.isin(held, pair.query_rows)]
        return drawn[:count].sort().values, asked.sort().values


def _mapped(pair: Pair, fitted: Tensor) -> tuple[Placed, Placed]:
    """Both spaces as unit rows where they meet: centred, and a turned onto b."""
    x, y = pair.a.take(fitted).double(), pair.b.take(fitted).double()
    mean_x, mean_y = x.mean(0), y.mean(0)
    turn = rotation((x - mean_x).T @ (y - mean_y))
    return (
        Placed(pair.a, lambda rows: _unit((rows.double() - mean_x) @ turn)),
        Placed(pair.b, lambda rows: _unit(rows.double() - mean_y)),
    )


def _unit(rows: Tensor) -> Tensor:
    norm = kernel.lengths(rows)
    return rows / norm.where(norm > 0, 1.0)
