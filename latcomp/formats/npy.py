"""npy: one array, read row by row."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from latcomp.errors import InputError
from latcomp.formats import FORMATS, Member, Table
from latcomp.rowfile import RowFile
from latcomp.spaces import is_bfloat16


class Npy:
    """numpy arrays (.npy), read row by row; rows have no ids unless --ids names them"""

    suffixes = (".npy",)

    def recognises(self, head: bytes) -> bool:
        return head.startswith(b"\x93NUMPY")

    def members(self, path: Path) -> list[Member]:
        array = _mapped(path)
        dtype = "bfloat16" if is_bfloat16(array.dtype) else array.dtype.name
        return [Member("", array.shape, dtype)]

    def read(self, path: Path, dataset: str) -> Table:
        array = _mapped(path)
        if not array.flags.c_contiguous:
            return Table(str(path), None, array)
        rows = RowFile(path, array.dtype, (array.shape[0], array.shape[1]), array.offset)
        return Table(str(path), None, rows)


def _mapped(path: Path) -> np.memmap[tuple[int, ...], np.dtype[np.generic]]:
    try:
        array = np.lib.format.open_memmap(path, mode="r")
    except ValueError as error:
        raise InputError(f"{path} cannot be read as npy: {_reason(error)}") from error
    return array


def _reason(error: ValueError) -> str:
    if "Python objects" in str(error):
        return "it holds pickled Python objects, which are never loaded"
    return "the file is truncated" if "length" in str(error) else str(error)


FORMATS.add("npy")(Npy())
