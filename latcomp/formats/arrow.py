"""Arrow IPC and Feather: record batches, read one by one; those of a stream are mapped."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np

from latcomp.errors import InputError
from latcomp.files import arrowtables
from latcomp.files.arrays import Array, Rows
from latcomp.files.columns import id_column, label_column
from latcomp.files.mapped import Mapped
from latcomp.files.tables import Member, Table
from latcomp.files.textfile import first_bytes
from latcomp.files.unpacking import check_unpacked
from latcomp.formats import FORMATS, Asked
from latcomp.optional import need


class Arrow:
    """Arrow and Feather files and streams, also of Hugging Face datasets; columns as in parquet"""

    suffixes = (".arrow", ".feather", ".ipc")

    def recognises(self, head: bytes, path: Path) -> bool:
        stream = head.startswith(b"\xff\xff\xff\xff") and path.suffix in self.suffixes
        return head.startswith(b"ARROW1") or stream

    def members(self, path: Path, asked: Asked) -> list[Member]:
        with _opened(path) as batches:
            filled = next((i for i, count in enumerate(batches.counts) if count), None)
            first = batches.schema.empty_table() if filled is None else batches.get(filled)
            return arrowtables.members(batches.schema, sum(batches.counts), first)

    def read(self, path: Path, dataset: str, asked: Asked) -> Table:
        shape = next(m.shape for m in self.members(path, asked) if m.name == dataset)
        with _opened(path) as batches:
            schema = batches.schema
            columns = arrowtables.columns_of(schema, dataset)
            dtype = arrowtables.dtype_of(schema, columns)
            size = shape[0] * shape[1] * dtype.itemsize
            check_unpacked(f"{path}::{dataset}", size, path.stat().st_size, asked.unpack)
            others = [name for name in schema.names if name not in columns]
            ids, labels = (
                None if name is None else _column(path, batches, name)
                for name in (id_column(others), label_column(others))
            )
        ends = list(accumulate(batches.counts))

        def fetch(start: int, stop: int) -> Array:
            kept = [np.empty((0, shape[1]), dtype)]
            for number in range(bisect_right(ends, start), len(ends)):
                base = ends[number] - batches.counts[number]
                if base >= stop:
                    break
                low = max(start - base, 0)
                part = batches.get(number).slice(low, min(stop - base, ends[number] - base) - low)
                kept.append(arrowtables.matrix(part, columns, shape[1]))
            return np.concatenate(kept)

        vectors = Rows(str(path), shape, dtype, fetch, arrowtables.BREAKS)
        return Table(str(path), dataset, vectors, ids, labels)

    def column(self, path: Path, name: str | None, asked: Asked) -> list[str]:
        with _opened(path) as batches:
            known = batches.schema.names
            wanted = name or (known[0] if len(known) == 1 else id_column(known))
            if wanted is None or wanted not in known:
                raise InputError(f"{path} has no column `{name or 'ids'}`; it has: {known}")
            return _column(path, batches, wanted)


@dataclass(frozen=True)
class Batches:
    """The record batches of a file; only those asked for are unpacked."""

    schema: Any
    counts: list[int]
    get: Callable[[int], Any]


@contextmanager
def _opened(path: Path) -> Iterator[Batches]:
    library = need("pyarrow.ipc", "parquet", f"reading {path}")
    try:
        pa = arrowtables.arrow(path)
        if first_bytes(path, 6) == b"ARROW1":
            reader = library.open_file(pa.OSFile(str(path)))
            counts = [reader.get_batch(i).num_rows for i in range(reader.num_record_batches)]
            yield Batches(reader.schema, counts, lru_cache(1)(reader.get_batch))
        else:
            yield _stream(pa, library, path)
    except arrowtables.BREAKS as error:
        reason = str(error).partition("\n")[0]
        raise InputError(f"{path} cannot be read as Arrow: {reason}") from error


def _stream(pa: Any, library: Any, path: Path) -> Batches:
    """The batches of a stream, which has no table of them: they are found by walking over it."""

    def found() -> list[Any]:
        return list(library.open_stream(pa.py_buffer(np.memmap(path, np.uint8, "r"))))

    schema = library.open_stream(pa.OSFile(str(path))).schema
    mapped = Mapped(found)
    counts = [one.num_rows for one in mapped.take(0)]
    sizes = [one.nbytes for one in mapped.take(0)]
    return Batches(schema, counts, lambda number: mapped.take(sizes[number])[number])


def _column(path: Path, batches: Batches, name: str) -> list[str]:
    parts = [batches.get(i).column(name) for i in range(len(batches.counts))]
    return [one for part in parts for one in arrowtables.names(path, part)]


FORMATS.add("arrow")(Arrow())
