"""npy: one array, read row by row."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from latcomp.errors import InputError
from latcomp.formats import FORMATS, Asked
from latcomp.rowfile import RowFile
from latcomp.tables import Member, Table, dtype_name


class Npy:
    """numpy arrays (.npy), read row by row; ids from a file beside them, or --ids"""

    suffixes = (".npy",)

    def recognises(self, head: bytes, path: Path) -> bool:
        return head.startswith(b"\x93NUMPY")

    def members(self, path: Path, asked: Asked) -> list[Member]:
        array = _mapped(path)
        return [Member("", array.shape, dtype_name(array.dtype))]

    def read(self, path: Path, dataset: str, asked: Asked) -> Table:
        array = _mapped(path)
        if not array.flags.c_contiguous:
            return Table(str(path), None, array)
        rows = RowFile(path, array.dtype, (array.shape[0], array.shape[1]), array.offset)
        return Table(str(path), None, rows)


def _mapped(path: Path) -> np.memmap[tuple[int, ...], np.dtype[np.generic]]:
    try:
        return np.lib.format.open_memmap(path, mode="r")
    except (ValueError, OSError, OverflowError, TypeError, SyntaxError, MemoryError) as error:
        raise InputError(f"{path} cannot be read as npy: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    if "Python objects" in str(error):
        return "it holds pickled Python objects, which are never loaded"
    if "length" in str(error) or isinstance(error, OverflowError):
        return "the file is truncated"
    return str(error).partition("\n")[0]


FORMATS.add("npy")(Npy())
