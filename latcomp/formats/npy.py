"""npy: one array, read row by row."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from latcomp.errors import InputError
from latcomp.files.arrays import Array, Rows
from latcomp.files.mapped import Mapped
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
            return Table(str(path), None, _by_columns(path, header))
        shape = (header.shape[0], header.shape[1])
        return Table(str(path), None, RowFile(path, header.dtype, shape, header.start))


def _by_columns(path: Path, header: Header) -> Rows:
    """Rows of an array that is stored column by column."""
    size = header.shape[1] * header.dtype.itemsize
    columns = Mapped(lambda: np.memmap(path, header.dtype, "r", header.start, header.shape, "F"))

    def fetch(start: int, stop: int) -> Array:
        return np.array(columns.take((stop - start) * size)[start:stop], order="C")

    return Rows(str(path), header.shape, header.dtype, fetch)


def _header(path: Path) -> Header:
    with reading(path), path.open("rb") as file:
        header = read_header(str(path), file, path.stat().st_size)
    if header.dtype.hasobject:
        raise InputError(
            f"{path} cannot be read as npy: it holds pickled Python objects, which are never loaded"
        )
    return header


FORMATS.add("npy")(Npy())
