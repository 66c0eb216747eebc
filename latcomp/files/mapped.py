"""Memory-mapped files, opened anew before too much of them lies in memory.

A mapped page counts as memory of the process for as long as the map stays, so a walk over a large
file would end with all of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

MAPPED_BYTES = 2**27
"""How much may be read through one map."""

Opened = TypeVar("Opened")


class Mapped(Generic[Opened]):
    """What ``opened`` makes of a mapped file. Who takes it keeps copies, never the thing itself."""

    def __init__(self, opened: Callable[[], Opened]) -> None:
        self._open = opened
        self._current = opened()
        self._read = 0

    def take(self, size: int) -> Opened:
        """The thing, for reading ``size`` bytes through it."""
        if self._read > MAPPED_BYTES:
            self._current = self._open()
            self._read = 0
        self._read += size
        return self._current
