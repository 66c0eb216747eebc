"""Read the next block of a walk while this one is computed with."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np

Read = Callable[[int, int], np.ndarray[Any, Any]]


class Ahead:
    """Reads rows by bounds; where a walk goes on block by block, one block ahead of it.

    What is read never depends on it. An error while reading ahead is raised when its block is
    asked for.
    """

    def __init__(self, read: Read, rows: int) -> None:
        self._read = read
        self._rows = rows
        self._reader: ThreadPoolExecutor | None = None
        self._last_stop = 0
        self._waiting: tuple[tuple[int, int], Future[np.ndarray[Any, Any]]] | None = None

    def __call__(self, start: int, stop: int) -> np.ndarray[Any, Any]:
        """Rows start to stop."""
        if self._waiting is not None and self._waiting[0] == (start, stop):
            found = self._waiting[1].result()
        else:
            found = self._read(start, stop)
        going_on, self._last_stop = start == self._last_stop, stop
        self._waiting = self._start(stop, 2 * stop - start) if going_on else None
        return found

    def _start(
        self, start: int, stop: int
    ) -> tuple[tuple[int, int], Future[np.ndarray[Any, Any]]] | None:
        bounds = (start, min(stop, self._rows))
        if bounds[0] >= bounds[1]:
            return None
        if self._reader is None:
            self._reader = ThreadPoolExecutor(1, thread_name_prefix="latcomp-read")
        return bounds, self._reader.submit(self._read, *bounds)
