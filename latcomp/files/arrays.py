"""Vectors that lie in several places, or that may turn out broken when they are read."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from threading import Lock
from typing import Any

import numpy as np

from latcomp.errors import InputError
from latcomp.spaces.space import Vectors

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Rows:
    """Vectors read by a function: ``fetch(start, stop)`` returns rows as (stop - start, d).

    One thread reads at a time. An error of the kinds ``breaks`` while reading becomes an InputError
    that names the rows.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    fetch: Callable[[int, int], Array]
    breaks: tuple[type[Exception], ...] = (OSError,)
    _turn: Lock = field(default_factory=Lock, compare=False, repr=False)

    def __getitem__(self, rows: slice) -> Array:
        start, stop, _ = rows.indices(self.shape[0])
        try:
            with self._turn:
                return np.asarray(self.fetch(start, max(start, stop)))
        except self.breaks as error:
            reason = str(error).partition("\n")[0]
            raise InputError(
                f"{self.name}: rows {start} to {stop} cannot be read: {reason}"
            ) from error


@dataclass(frozen=True)
class Stacked:
    """Vectors of several files, one after another. All have one width and one dtype."""

    parts: Sequence[Vectors]

    @property
    def shape(self) -> tuple[int, ...]:
        """All rows, and the width of each part."""
        return self._ends[-1], self.parts[0].shape[1]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of every part."""
        return self.parts[0].dtype

    @property
    def _ends(self) -> list[int]:
        return list(accumulate(part.shape[0] for part in self.parts))

    def __getitem__(self, rows: slice) -> Array:
        ends = self._ends
        start, stop, _ = rows.indices(ends[-1])
        pieces: list[Array] = []
        for number in range(bisect_right(ends, start), len(ends)):
            base = ends[number] - self.parts[number].shape[0]
            if base >= stop:
                break
            pieces.append(self.parts[number][max(start - base, 0) : stop - base])
        if not pieces:
            return np.empty((0, self.shape[1]), self.dtype)
        return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)


@dataclass(frozen=True)
class Head:
    """The first ``rows`` rows of vectors."""

    vectors: Vectors
    rows: int

    @property
    def shape(self) -> tuple[int, ...]:
        """The rows that are left, and the width."""
        return min(self.rows, self.vectors.shape[0]), self.vectors.shape[1]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype as stored."""
        return self.vectors.dtype

    def __getitem__(self, rows: slice) -> Array:
        start, stop, _ = rows.indices(self.shape[0])
        return self.vectors[start:stop]
