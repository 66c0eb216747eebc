"""Rows of a space moved to where they are compared, float64, kept in memory while they fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from latcomp.spaces.space import Space, steps
from latcomp.spaces.unit import room


class Placed:
    """The rows of ``space`` as ``place`` moves them: (rows, d) -> (rows, e), float64."""

    def __init__(self, space: Space, place: Callable[[Tensor], Tensor]) -> None:
        self.shape = space.shape
        self._space = space
        self._place = place
        self._kept: Tensor | None = None
        self._fits = space.shape[0] * space.shape[1] * torch.float64.itemsize <= room(space.device)

    def blocks(self) -> Iterator[Tensor]:
        """All rows, in order, some at a time."""
        kept = self._keep()
        if kept is not None:
            return iter([kept])
        return (self._place(self._space.rows(*step)) for step in steps(self._space))

    def rows(self, start: int, stop: int) -> Tensor:
        """Rows start to stop."""
        kept = self._keep()
        return self._place(self._space.rows(start, stop)) if kept is None else kept[start:stop]

    def take(self, index: Tensor) -> Tensor:
        """The rows named by ``index``."""
        kept = self._keep()
        return self._place(self._space.take(index)) if kept is None else kept[index]

    def _keep(self) -> Tensor | None:
        if self._fits and self._kept is None:
            self._kept = torch.cat(
                [self._place(self._space.rows(*step)) for step in steps(self._space)]
            )
        return self._kept
