"""npy: one array, read row by row."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from latcomp.errors import InputError
from latcomp.files.npyheader import Header, read_header
from latcomp.files.rowfile import RowFile
from latcomp.files.tables import Member, Table, dtype_name
from latcomp.files.textfile import reading
from latcomp.formats import FORMATS, Asked


class Npy:
    """numpy arrays (.npy), read row by row; ids from a file beside them, or --ids"""

    suffixes = (".npy",)

    def recognises(self, head: bytes, path: Path) -> bool:
        return head.startswith(b"\x93NUMPY")

    def members(self, path: Path, asked: Asked) -> list[Member]:
        header = _header(path)
        return [Member("", header.shape, dtype_name(header.dtype))]

    def read(self, path: Path, dataset: str, asked: Asked) -> Table:
        header = _header(path)
        if header.fortran:
            columns = np.memmap(path, header.dtype, "r", header.start, header.shape[::-1])
            return Table(str(path), None, columns.T)
        shape = (header.shape[0], header.shape[1])
        return Table(str(path), None, RowFile(path, header.dtype, shape, header.start))


def _header(path: Path) -> Header:
    with reading(path), path.open("rb") as file:
        header = read_header(str(path), file, path.stat().st_size)
    if header.dtype.hasobject:
        raise InputError(
            f"{path} cannot be read as npy: it holds pickled Python objects, which are never loaded"
        )
    return header


FORMATS.add("npy")(Npy())
