"""Rows of a space moved to where they are compared, float64, kept in memory while they fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from latcomp.spaces import KEPT_BYTES, Space, steps


class Placed:
    """The rows of ``space`` as ``place`` moves them: (rows, d) -> (rows, e), float64."""

    def __init__(self, space: Space, place: Callable[[Tensor], Tensor]) -> None:
        self.n = space.shape[0]
        self._space = space
        self._place = place
        self._kept: Tensor | None = None
        self._fits = self.n * space.shape[1] * torch.float64.itemsize <= KEPT_BYTES

    def blocks(self) -> Iterator[Tensor]:
        """All rows, in order, some at a time."""
        if not self._fits:
            return (self._place(self._space.rows(*step)) for step in steps(self._space))
        if self._kept is None:
            self._kept = torch.cat(
                [self._place(self._space.rows(*step)) for step in steps(self._space)]
            )
        return iter([self._kept])

    def rows(self, start: int, stop: int) -> Tensor:
        """Rows start to stop."""
        if self._kept is not None:
            return self._kept[start:stop]
        return self._place(self._space.rows(start, stop))

    def take(self, index: Tensor) -> Tensor:
        """The rows named by ``index``."""
        if self._kept is not None:
            return self._kept[index]
        return self._place(self._space.take(index))
