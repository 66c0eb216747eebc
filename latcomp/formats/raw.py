"""Bare numbers without a header, read row by row; --dtype and --shape say what they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from latcomp.errors import InputError, UsageError
from latcomp.files.rowfile import RowFile
from latcomp.files.tables import Member, Table, dtype_name
from latcomp.formats import FORMATS, Asked

NAMES = ("float16", "float32", "float64", "bfloat16", "int8", "uint8", "int16", "uint16", "int32")


class Raw:
    """bare numbers (numpy.memmap, tofile), row by row, where --dtype and --shape are given"""

    suffixes = ()

    def recognises(self, head: bytes, path: Path) -> bool:
        return False

    def members(self, path: Path, asked: Asked) -> list[Member]:
        rows = _rows(path, asked)
        return [Member("", rows.shape, dtype_name(rows.dtype))]

    def read(self, path: Path, dataset: str, asked: Asked) -> Table:
        return Table(str(path), None, _rows(path, asked))


def _rows(path: Path, asked: Asked) -> RowFile:
    if asked.dtype not in NAMES or asked.shape is None:
        raise UsageError(
            f"{path} as bare numbers needs a dtype and a shape, found {asked.dtype} and "
            f"{asked.shape}",
            f"give --shape ROWSxWIDTH and --dtype, one of {', '.join(NAMES)}",
        )
    dtype = np.dtype("V2" if asked.dtype == "bfloat16" else f"<{np.dtype(asked.dtype).str[1:]}")
    rows, width = asked.shape
    size = path.stat().st_size
    if rows < 0:
        rows = size // (width * dtype.itemsize)
    if rows * width * dtype.itemsize != size:
        raise InputError(
            f"{path} has {size:,} bytes; {rows} x {width} {asked.dtype} take "
            f"{rows * width * dtype.itemsize:,}"
        )
    return RowFile(path, dtype, (rows, width))


def parse_shape(text: str) -> tuple[int, int]:
    """Rows and width in `1000x64`; rows may be left to be counted, as in `x64`.

    >>> parse_shape("x64")
    (-1, 64)

    Raises UsageError for anything else.
    """
    rows, _, width = text.lower().replace(",", "x").partition("x")
    if not (rows.isdecimal() or rows in ("", "-1")) or not width.isdecimal() or int(width) == 0:
        raise UsageError(f"{text!r} is not a shape", "write ROWSxWIDTH, as in 1000x64, or x64")
    return int(rows or -1), int(width)


FORMATS.add("raw")(Raw())
