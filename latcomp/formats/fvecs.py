"""fvecs, bvecs, ivecs: each row is its width, then its numbers; read row by row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from latcomp.errors import InputError
from latcomp.files.arrays import Array, Rows
from latcomp.files.rowfile import RowFile
from latcomp.files.tables import Member, Table
from latcomp.files.textfile import first_bytes
from latcomp.formats import FORMATS, Asked

KINDS: dict[str, np.dtype[Any]] = {
    ".fvecs": np.dtype("<f4"),
    ".bvecs": np.dtype("u1"),
    ".ivecs": np.dtype("<i4"),
}


class Fvecs:
    """fvecs, bvecs, ivecs (TEXMEX), read row by row"""

    suffixes = tuple(KINDS)

    def recognises(self, head: bytes, path: Path) -> bool:
        return path.suffix.lower() in KINDS

    def members(self, path: Path, asked: Asked) -> list[Member]:
        rows, width, number = _layout(path)
        return [Member("", (rows, width), number.name)]

    def read(self, path: Path, dataset: str, asked: Asked) -> Table:
        rows, width, number = _layout(path)
        record = np.dtype([("width", "<i4"), ("row", number, (width,))])
        stored = RowFile(path, np.dtype(np.uint8), (rows, record.itemsize))

        def fetch(start: int, stop: int) -> Array:
            block = stored[start:stop].view(record)[:, 0]
            if (block["width"] != width).any():
                raise ValueError(f"not every row has {width} numbers")
            return np.ascontiguousarray(block["row"])

        vectors = Rows(str(path), (rows, width), number, fetch, (ValueError, OSError, EOFError))
        return Table(str(path), None, vectors)


def _layout(path: Path) -> tuple[int, int, np.dtype[Any]]:
    """How many rows there are, their width, and the kind of their numbers."""
    number = KINDS[path.suffix.lower()]
    size = path.stat().st_size
    head = first_bytes(path, 4)
    width = int(np.frombuffer(head, "<i4")[0]) if len(head) == 4 else 0
    step = 4 + width * number.itemsize
    if width < 1 or size % step:
        raise InputError(
            f"{path} cannot be read as {path.suffix[1:]}: its {size:,} bytes are not whole rows of "
            f"{width} numbers"
        )
    return size // step, width, number


FORMATS.add("fvecs")(Fvecs())
