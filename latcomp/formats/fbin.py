"""fbin, u8bin, i8bin: rows and width, then the numbers; read row by row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from latcomp.errors import InputError
from latcomp.files.rowfile import RowFile
from latcomp.files.tables import Member, Table
from latcomp.formats import FORMATS, Asked

KINDS: dict[str, np.dtype[Any]] = {
    ".fbin": np.dtype("<f4"), ".hbin": np.dtype("<f2"), ".u8bin": np.dtype("u1"),
    ".i8bin": np.dtype("i1"), ".ibin": np.dtype("<i4"),
}  # fmt: skip


class Fbin:
    """fbin, hbin, u8bin, i8bin, ibin (big-ann-benchmarks), read row by row"""

    suffixes = tuple(KINDS)

    def recognises(self, head: bytes, path: Path) -> bool:
        return path.suffix.lower() in KINDS

    def members(self, path: Path, asked: Asked) -> list[Member]:
        rows = _rows(path)
        return [Member("", rows.shape, rows.dtype.name)]

    def read(self, path: Path, dataset: str, asked: Asked) -> Table:
        return Table(str(path), None, _rows(path))


def _rows(path: Path) -> RowFile:
    number = KINDS[path.suffix.lower()]
    with path.open("rb") as file:
        head = file.read(8)
    rows, width = map(int, np.frombuffer(head, "<u4")) if len(head) == 8 else (0, 0)
    size = path.stat().st_size
    if not rows * width or 8 + rows * width * number.itemsize != size:
        raise InputError(
            f"{path} cannot be read as {path.suffix[1:]}: its header promises {rows:,} x {width:,} "
            f"numbers, and it has {size:,} bytes"
        )
    return RowFile(path, number, (rows, width), 8)


FORMATS.add("fbin")(Fbin())
