"""Spaces with every row at length 1, as products and decisions need them."""

from __future__ import annotations

from functools import cached_property

import torch
from torch import Tensor

from latcomp import kernel
from latcomp.errors import InputError
from latcomp.spaces.relative import unrounded
from latcomp.spaces.space import Space, cuda_room, steps

KEPT_BYTES = 2**28
"""Unit rows of one space are prepared once and kept while they take no more than this.

On a GPU `space.cuda_room` says how much they may take, and their last digits, too.
"""

EXACT_BYTES = 2**27
"""Unit rows of one space are kept to their last digit while that takes no more than this."""

PREPARED_ROWS = 2048
"""Unit rows prepared at a time on a processor."""

CUDA_PREPARED_ROWS = 16384
"""The same on a GPU."""


class Unit:
    """A space with every row at length 1, in memory while that takes no more than KEPT_BYTES."""

    def __init__(self, space: Space) -> None:
        self.name = space.name
        self.device = space.device
        self.dtype = space.dtype
        self._space = space
        self._kept: Tensor | None = None

    @property
    def shape(self) -> tuple[int, int]:
        return self._space.shape

    def rows(self, start: int, stop: int) -> Tensor:
        kept = self._keep()
        return self._compute(start, stop) if kept is None else kept[start:stop]

    def take(self, index: Tensor) -> Tensor:
        kept = self._keep()
        if kept is not None:
            return kept[index.to(self.device)]
        return self._unit(self._space.take(index), index)

    def _keep(self) -> Tensor | None:
        n, width = self.shape
        if self._kept is None and n * width * self.dtype.itemsize <= room(self.device):
            kept = torch.empty((n, width), dtype=self.dtype, device=self.device)
            for start, stop in steps(self):
                kept[start:stop] = self._compute(start, stop)
            self._kept = kept
        return self._kept

    def _compute(self, start: int, stop: int) -> Tensor:
        return self._unit(self._space.rows(start, stop), torch.arange(start, stop))

    def _unit(self, rows: Tensor, index: Tensor) -> Tensor:
        return kernel.settled(rows / lengths(self.name, rows, index), rows.dtype)


class SplitUnit:
    """A space with every row at length 1, as sums of two float32 rows.

    The first is the unit row to float32, which selects; both together hold it to 48 bits, which
    decide. The first are in memory while they take no more than KEPT_BYTES, the others while both
    take no more than EXACT_BYTES. ``turn``, (d, e), takes the unit rows to other coordinates.
    """

    dtype = torch.float32

    def __init__(self, space: Space, turn: Tensor | None = None) -> None:
        self.name = space.name
        self.device = space.device
        self._space = unrounded(space)
        self._turn = turn
        self._kept: tuple[Tensor, Tensor | None] | None = None

    @property
    def shape(self) -> tuple[int, int]:
        n, width = self._space.shape
        return n, width if self._turn is None else self._turn.shape[1]

    @property
    def kept(self) -> bool:
        """Whether float32 rows stay in memory."""
        return self._bytes <= room(self.device)

    @property
    def kept_exactly(self) -> bool:
        """Whether all digits stay in memory."""
        most = room(self.device)
        return 2 * self._bytes <= (most if self.device.type == "cuda" else min(EXACT_BYTES, most))

    @property
    def _bytes(self) -> int:
        n, width = self.shape
        return n * width * self.dtype.itemsize

    def rows(self, start: int, stop: int) -> Tensor:
        """Unit rows in float32."""
        return self._keep()[0][start:stop] if self.kept else self._compute(start, stop)[0]

    def take(self, index: Tensor) -> Tensor:
        """The unit rows named by ``index`` in float32."""
        if self.kept:
            return self._keep()[0][index.to(self.device)]
        return self._split(self._space.take(index), index)[0]

    def exact_rows(self, start: int, stop: int) -> Tensor:
        """Unit rows in float64."""
        first, rest = self._keep() if self.kept_exactly else (None, None)
        if first is None or rest is None:
            return _sum(*self._compute(start, stop))
        return _sum(first[start:stop], rest[start:stop])

    def exact(self, index: Tensor) -> Tensor:
        """The unit rows named by ``index`` in float64."""
        first, rest = self._keep() if self.kept_exactly else (None, None)
        if first is None or rest is None:
            return _sum(*self._split(self._space.take(index), index))
        return _sum(first[index.to(self.device)], rest[index.to(self.device)])

    @cached_property
    def gram(self) -> Tensor:
        """Sum of the outer products of the float32 unit rows with themselves, (d, d) float64."""
        width = self.shape[1]
        found = torch.zeros(width, width, dtype=torch.float64, device=self.device)
        for start, stop in kernel.bounds(self.shape[0], PREPARED_ROWS):
            rows = self.rows(start, stop)
            found += rows.T @ rows
        return found

    def _keep(self) -> tuple[Tensor, Tensor | None]:
        if self._kept is None:
            kept = torch.empty(self.shape, device=self.device)
            others = torch.empty_like(kept) if self.kept_exactly else None
            for start, stop in kernel.bounds(len(kept), prepared_rows(self.device)):
                kept[start:stop], rest = self._compute(start, stop)
                if others is not None:
                    others[start:stop] = rest
            self._kept = kept, others
        return self._kept

    def _compute(self, start: int, stop: int) -> tuple[Tensor, Tensor]:
        return self._split(self._space.rows(start, stop), torch.arange(start, stop))

    def _split(self, rows: Tensor, index: Tensor) -> tuple[Tensor, Tensor]:
        unit = rows / lengths(self.name, rows, index)
        if self._turn is not None:
            unit = (kernel.padded(unit) @ self._turn)[: len(unit)]
        first = unit.float()
        return first, unit.sub_(first).float()


def room(device: torch.device) -> int:
    """Bytes that prepared rows of one space may take on that device."""
    return cuda_room(device) if device.type == "cuda" else KEPT_BYTES


def prepared_rows(device: torch.device) -> int:
    """Unit rows prepared at a time on that device."""
    return CUDA_PREPARED_ROWS if device.type == "cuda" else PREPARED_ROWS


def _sum(first: Tensor, rest: Tensor) -> Tensor:
    return first.double().add_(rest)


def lengths(name: str, rows: Tensor, index: Tensor) -> Tensor:
    """Lengths (n, 1) of the rows numbered ``index`` in the space ``name``, float64.

    Raises InputError where a row has none.
    """
    norm = kernel.lengths(rows)
    check_lengths(name, norm[:, 0], index)
    return norm


def check_lengths(name: str, norms: Tensor, index: Tensor) -> None:
    """Raise InputError where one of the rows numbered ``index`` has length zero: (n,)."""
    if not bool(norms.all()):
        row = int(index[int((norms == 0).nonzero()[0])])
        raise InputError(
            f"{name}: the vector of row {row} has length zero, so it has no cosine",
            "a relative vector of length zero is unlike every anchor: choose others, or more",
        )
