"""Rows in a plain binary file, read slice by slice."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO

import numpy as np


@dataclass(frozen=True)
class RowFile:
    """n x d numbers, row after row from ``offset`` on.

    Read, not mapped: a mapped page counts as memory of the process for as long as it stays.
    ``file`` may be an open file instead of a path.
    """

    file: Path | BinaryIO
    dtype: np.dtype[Any]
    shape: tuple[int, int]
    offset: int = 0
    _turn: Lock = field(default_factory=Lock, compare=False, repr=False)

    def __getitem__(self, rows: slice) -> np.ndarray[Any, Any]:
        start, stop, _ = rows.indices(self.shape[0])
        width = self.shape[1]
        found = np.empty((max(0, stop - start), width), self.dtype)
        if isinstance(self.file, Path):
            with self.file.open("rb", buffering=0) as file:
                self._fill(file, start, found)
        else:
            with self._turn:
                self._fill(self.file, start, found)
        return found

    def _fill(self, file: BinaryIO, start: int, found: np.ndarray[Any, Any]) -> None:
        file.seek(self.offset + start * self.shape[1] * self.dtype.itemsize)
        wanted = found.reshape(-1).view(np.uint8).data
        done = 0
        while done < len(wanted):
            got = file.readinto(wanted[done:])  # type: ignore[attr-defined]
            if not got:
                raise EOFError(f"the file ends before row {start + len(found) - 1}")
            done += got
