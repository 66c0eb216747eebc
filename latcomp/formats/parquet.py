"""parquet: a column of lists, or one column per dimension, read batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from latcomp.errors import InputError
from latcomp.files import arrowtables
from latcomp.files.arrays import Array, Rows
from latcomp.files.columns import id_column, label_column
from latcomp.files.tables import Member, Table
from latcomp.files.unpacking import check_unpacked
from latcomp.formats import FORMATS, Asked
from latcomp.optional import need

BATCH = 4096
"""Rows decoded at a time."""

PAGES = 2**20
"""Bytes of a column read at a time; otherwise a whole row group would be."""


class Parquet:
    """parquet: `file.parquet::column` of lists, or columns dim_0, dim_1, ...; ids in a column"""

    suffixes = (".parquet", ".pq")

    def recognises(self, head: bytes, path: Path) -> bool:
        return head.startswith(b"PAR1")

    def members(self, path: Path, asked: Asked) -> list[Member]:
        with _opened(path) as file:
            rows = file.metadata.num_rows
            return arrowtables.members(file.schema_arrow, rows, _first(path, file))

    def read(self, path: Path, dataset: str, asked: Asked) -> Table:
        with _opened(path) as file:
            schema = file.schema_arrow
            columns = arrowtables.columns_of(schema, dataset)
            shape = next(m.shape for m in self.members(path, asked) if m.name == dataset)
            dtype = arrowtables.dtype_of(schema, columns)
            size = shape[0] * shape[1] * dtype.itemsize
            check_unpacked(f"{path}::{dataset}", size, path.stat().st_size, asked.unpack)
            walk = Walk(file, columns, shape[1], dtype)
            others = [name for name in schema.names if name not in columns]
            ids, labels = (
                None if name is None else _column(path, file, name)
                for name in (id_column(others), label_column(others))
            )
        vectors = Rows(str(path), shape, dtype, walk.fetch, arrowtables.BREAKS)
        return Table(str(path), dataset, vectors, ids, labels)

    def column(self, path: Path, name: str | None, asked: Asked) -> list[str]:
        with _opened(path) as file:
            known = file.schema_arrow.names
            wanted = name or (known[0] if len(known) == 1 else id_column(known))
            if wanted is None or wanted not in known:
                raise InputError(f"{path} has no column `{name or 'ids'}`; it has: {known}")
            return _column(path, file, wanted)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    library = need("pyarrow.parquet", "parquet", f"reading {path}")
    try:
        yield library.ParquetFile(path, pre_buffer=False, buffer_size=PAGES)
    except arrowtables.BREAKS as error:
        reason = str(error).partition("\n")[0]
        raise InputError(f"{path} cannot be read as parquet: {reason}") from error


def _first(path: Path, file: Any) -> Any:
    """A batch of the first row."""
    rows = file.metadata.num_rows
    if rows == 0:
        return file.schema_arrow.empty_table()
    first = next(file.iter_batches(1), None)
    if first is None:
        raise InputError(f"{path} says that it has {rows} rows and holds none")
    return first


def _column(path: Path, file: Any, name: str) -> list[str]:
    return arrowtables.names(path, file.read(columns=[name]).column(name))


class Walk:
    """Rows of a parquet file in order; going back starts anew from a row group."""

    def __init__(self, file: Any, columns: list[str], width: int, dtype: np.dtype[Any]) -> None:
        self._file = file
        self._columns = columns
        self._width = width
        self._dtype = dtype
        counts = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
        self._starts = np.cumsum([0, *counts])
        self._next = -1
        self._batches: Iterator[Any] = iter(())
        self._left = np.empty((0, width), dtype)

    def fetch(self, start: int, stop: int) -> Array:
        """Rows start to stop. Raises ValueError where the file ends before."""
        if not self._next <= start or self._next < 0:
            self._begin(int(np.searchsorted(self._starts, start, side="right")) - 1)
        while self._next < start:
            self._take(start - self._next)
        kept = [self._take(stop - self._next)]
        while self._next < stop:
            kept.append(self._take(stop - self._next))
        return np.concatenate(kept)

    def _begin(self, group: int) -> None:
        later = list(range(group, self._file.num_row_groups))
        self._batches = self._file.iter_batches(BATCH, row_groups=later, columns=self._columns)
        self._next = int(self._starts[group])
        self._left = self._left[:0]

    def _take(self, count: int) -> Array:
        """At most ``count`` of the rows that come next."""
        if not len(self._left):
            batch = next(self._batches, None)
            if batch is None:
                raise ValueError(f"it ends before row {self._next}")
            self._left = arrowtables.matrix(batch, self._columns, self._width)
        taken, self._left = self._left[:count], self._left[count:]
        self._next += len(taken)
        return taken


FORMATS.add("parquet")(Parquet())
