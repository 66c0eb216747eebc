"""How long each item's two vectors are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from latcomp.scan import Block
from latcomp.spaces.pair import Pair


@dataclass(frozen=True)
class RowLengths:
    """Learns the length of every row of a and of b: (n, 2) float64."""

    over: ClassVar[str] = "rows"

    def start(self, pair: Pair) -> Tensor:
        return torch.zeros((pair.n, 2), dtype=torch.float64)

    def add(self, state: Tensor, visit: Block) -> None:
        both = torch.cat([visit.lengths("a"), visit.lengths("b")], dim=1)
        state[visit.start : visit.stop] = both.cpu()

    def merge(self, one: Tensor, other: Tensor) -> Tensor:
        return one + other

    def finish(self, state: Tensor) -> Tensor:
        return state
