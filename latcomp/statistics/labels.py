"""The label of every item, as a number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from latcomp.scan import Block
from latcomp.spaces.pair import Pair


@dataclass(frozen=True)
class ItemLabels:
    """Finishes as the number of every item's label, equal for equal labels: (n,) int64.

    -1 for all where the pair has no labels.
    """

    over: ClassVar[str] = "rows"

    def start(self, pair: Pair) -> Tensor:
        labels = pair.labels
        if labels is None:
            return torch.full((pair.n,), -1)
        numbers = {label: number for number, label in enumerate(dict.fromkeys(labels))}
        return torch.tensor([numbers[label] for label in labels])

    def add(self, state: Tensor, visit: Block) -> None:
        pass

    def merge(self, one: Tensor, other: Tensor) -> Tensor:
        return one

    def finish(self, state: Tensor) -> Tensor:
        return state
