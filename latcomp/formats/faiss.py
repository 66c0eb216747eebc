"""FAISS indexes: flat ones read row by row, others rebuilt by faiss.

A flat index is: four letters, d, n, two unused numbers, trained, metric, then the count of floats
and the floats. An IDMap is the same head, another index, then the count of ids and the ids.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from latcomp.errors import InputError
from latcomp.files.arrays import Array, Rows
from latcomp.files.rowfile import RowFile
from latcomp.files.tables import Member, Table
from latcomp.files.unpacking import check_piece
from latcomp.formats import FORMATS, Asked
from latcomp.optional import need

FLAT = (b"IxFI", b"IxF2", b"IxFl")
MAPPED = (b"IxMp", b"IxM2")
HEAD = struct.Struct("<4siqqqBi")
FLOAT32 = np.dtype("<f4")
BREAKS = (RuntimeError, MemoryError, ValueError, OverflowError)
EXACT = ("IndexFlat", "IndexIVFFlat", "IndexHNSWFlat", "IndexNSGFlat")
"""Kinds of index that give back the vectors that were added."""


@dataclass(frozen=True)
class Flat:
    """Where the numbers of a flat index lie, and the ids of its rows where it has them."""

    offset: int
    rows: int
    width: int
    ids: list[str] | None


class Faiss:
    """FAISS indexes: flat ones row by row, others by faiss; lossy ones say that they are"""

    suffixes = (".faiss", ".index")

    def recognises(self, head: bytes, path: Path) -> bool:
        letters = head[:4].isalnum() and head[:2] in (b"Ix", b"Iw", b"IH", b"IN")
        return letters or path.suffix.lower() == ".faiss"

    def members(self, path: Path, asked: Asked) -> list[Member]:
        flat = _flat(path)
        shape = _shape(_loaded(path, asked)) if flat is None else (flat.rows, flat.width)
        return [Member("", shape, "float32")]

    def read(self, path: Path, dataset: str, asked: Asked) -> Table:
        flat = _flat(path)
        if flat is not None:
            vectors = RowFile(path, FLOAT32, (flat.rows, flat.width), flat.offset)
            return Table(str(path), None, vectors, flat.ids)
        return _rebuilt(path, _loaded(path, asked))


def _flat(path: Path) -> Flat | None:
    """The layout of a flat index, or of an IDMap of one; None for any other."""
    with path.open("rb") as file:
        head = file.read(128)
    mapped = head.startswith(MAPPED)
    start = _head_size(head) if mapped else 0
    if len(head) < start + HEAD.size + 8 or not head.startswith(FLAT, start):
        return None
    _, width, rows, *_ = HEAD.unpack_from(head, start)
    offset = start + _head_size(head[start:]) + 8
    size = path.stat().st_size
    end = offset + rows * width * FLOAT32.itemsize
    expected = end + (8 + 8 * rows if mapped else 0)
    if width < 1 or rows < 0 or expected != size:
        raise InputError(
            f"{path} cannot be read as FAISS: its header promises {rows:,} x {width:,} numbers, "
            f"and it has {size:,} bytes"
        )
    ids = np.memmap(path, "<i8", "r", end + 8, (rows,)).tolist() if mapped and rows else None
    return Flat(offset, rows, width, None if ids is None else [str(one) for one in ids])


def _head_size(head: bytes) -> int:
    """The bytes before the contents; metrics with an argument keep it at the end."""
    metric = HEAD.unpack_from(head)[-1] if len(head) >= HEAD.size else 0
    return HEAD.size + (4 if metric > 1 else 0)


def _loaded(path: Path, asked: Asked) -> Any:
    library = need("faiss", "faiss", f"reading {path}")
    size = path.stat().st_size
    check_piece(str(path), size, asked.unpack)
    library.set_deserialization_vector_byte_limit(size)
    library.set_deserialization_loop_limit(size)
    try:
        index = library.read_index(str(path))
        if hasattr(index, "make_direct_map"):
            index.make_direct_map()
    except BREAKS as error:
        reason = str(error).strip().rpartition("\n")[2].rpartition("Error: ")[2]
        raise InputError(f"{path} cannot be read as FAISS: {reason}") from error
    return index


def _shape(index: Any) -> tuple[int, int]:
    return int(index.ntotal), int(index.d)


def _rebuilt(path: Path, index: Any) -> Table:
    library = need("faiss", "faiss", f"reading {path}")
    ids = None
    if isinstance(index, library.IndexIDMap):
        ids = [str(one) for one in library.vector_to_array(index.id_map).tolist()]
    kind = type(_inner(index)).__name__
    lossy = f"{path} is a {kind}, which rebuilds vectors that are close to those that were added"

    def fetch(start: int, stop: int) -> Array:
        found: Array = _inner(index).reconstruct_n(start, stop - start)
        return found

    vectors = Rows(str(path), _shape(index), FLOAT32, fetch, BREAKS)
    return Table(str(path), None, vectors, ids, None, () if kind in EXACT else (lossy,))


def _inner(index: Any) -> Any:
    """The index that an IDMap wraps; it lives no longer than its owner."""
    library = need("faiss", "faiss", "reading FAISS")
    wrapped = isinstance(index, library.IndexIDMap)
    return library.downcast_index(index.index) if wrapped else index


FORMATS.add("faiss")(Faiss())
