"""The pair itself, for measures that look at a few chosen rows once the neighbours are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from latcomp import kernel
from latcomp.engine.shuffle import Shuffle
from latcomp.scan import Block
from latcomp.spaces.pair import Pair

CHUNK_NUMBERS = 2**22
"""Numbers gathered at a time."""


@dataclass(frozen=True, eq=False)
class Reader:
    """Looks up cosines of chosen rows, and knows the number of items and the direction asked."""

    pair: Pair
    kind: str
    to: Tensor | None = None
    """The row of b that each item has under another pairing; None under the true one."""

    @property
    def n(self) -> int:
        """How many items the pair has."""
        return self.pair.n

    def apart(self, side: str, rows: Tensor, columns: Tensor) -> Tensor:
        """1 - cosine of each row with its columns: (q,), (q, c) -> (q, c) float64, on the CPU.

        Half the squared distance of the unit rows, which is exact however close they are.
        """
        if side == "b" and self.to is not None:
            rows, columns = self.to[rows], self.to[columns]
        step = max(1, CHUNK_NUMBERS // (columns.shape[1] * self.pair.side(side).shape[1]))
        pieces = [
            self._apart(side, rows[start:stop], columns[start:stop])
            for start, stop in kernel.bounds(len(rows), step)
        ]
        return torch.cat(pieces)

    def _apart(self, side: str, rows: Tensor, columns: Tensor) -> Tensor:
        space = self.pair.side(side)
        left = space.take(rows).double()
        right = space.take(columns.flatten()).double()
        left, right = left / kernel.lengths(left), right / kernel.lengths(right)
        difference = left[:, None] - right.view(*columns.shape, -1)
        return difference.square_().sum(-1).div_(2).cpu()


@dataclass(frozen=True)
class Chosen:
    """Learns nothing by itself; finishes as a `Reader` of the pair, asked in direction ``kind``."""

    kind: str = "ab"
    over: ClassVar[str] = "rows"

    def start(self, pair: Pair) -> Reader:
        return Reader(pair, self.kind)

    def add(self, state: Reader, visit: Block) -> None:
        pass

    def merge(self, one: Reader, other: Reader) -> Reader:
        return one

    def finish(self, state: Reader) -> Reader:
        return state

    def permuted(self, found: Reader, shuffle: Shuffle) -> Reader:
        """The pair with b's rows dealt out anew."""
        return Reader(found.pair, found.kind, shuffle.to)
