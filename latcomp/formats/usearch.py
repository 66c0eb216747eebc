"""usearch indexes: the vectors at their start, read row by row, and the keys of their graph.

The layout is that of usearch 2: rows and bytes per row, the vectors, a head of 64 bytes, the sizes
of the graph, the level of each node, and the nodes, each of which begins with its key.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from latcomp.errors import InputError
from latcomp.files.rowfile import RowFile
from latcomp.files.tables import Member, Table, dtype_name
from latcomp.formats import FORMATS, Asked

KINDS: dict[int, str] = {4: "V2", 10: "<f8", 11: "<f4", 12: "<f2", 23: "i1"}
"""Numbers by the code that the head gives them; V2 is bfloat16."""

SLOTS = {15: 4, 14: 5}
"""Bytes of a reference to a node, by the code of its kind."""

HEAD = struct.Struct("<7s6xBBBBQQQ")
SIZES = struct.Struct("<5Q")
NODE_HEAD = 10


@dataclass(frozen=True)
class Layout:
    """Where things lie in a file."""

    rows: int
    width: int
    dtype: np.dtype[Any]
    deleted: int
    slot: int
    after: int


class Usearch:
    """usearch indexes, row by row, with their keys as ids; int8 ones say that they are lossy"""

    suffixes = (".usearch",)

    def recognises(self, head: bytes, path: Path) -> bool:
        return path.suffix.lower() in self.suffixes

    def members(self, path: Path, asked: Asked) -> list[Member]:
        layout = _layout(path)
        return [Member("", (layout.rows, layout.width), dtype_name(layout.dtype))]

    def read(self, path: Path, dataset: str, asked: Asked) -> Table:
        layout = _layout(path)
        if layout.deleted:
            raise InputError(
                f"{path} holds {layout.deleted} deleted items among its rows",
                "write the index anew without them, as with index.compact()",
            )
        vectors = RowFile(path, layout.dtype, (layout.rows, layout.width), 8)
        lossy = f"{path} keeps 8 bits of each number: they are not the vectors that were added"
        notes = (lossy,) if layout.dtype == np.int8 else ()
        return Table(str(path), None, vectors, _keys(path, layout), None, notes)


def _layout(path: Path) -> Layout:
    size = path.stat().st_size
    with path.open("rb") as file:
        rows, step = struct.unpack("<II", file.read(8).ljust(8, b"\0"))
        file.seek(8 + rows * step)
        head = file.read(64)
    if not rows or not step or 8 + rows * step > size or head[:7] != b"usearch" or len(head) < 64:
        raise InputError(f"{path} cannot be read as usearch: its vectors are not where they belong")
    _, _, kind, _, slot, present, deleted, width = HEAD.unpack_from(head)
    if kind not in KINDS or slot not in SLOTS:
        raise InputError(f"{path} cannot be read as usearch: it holds numbers of kind {kind}")
    dtype = np.dtype(KINDS[kind])
    if width * dtype.itemsize != step or present + deleted != rows:
        raise InputError(
            f"{path} cannot be read as usearch: {rows:,} rows of {step} bytes are no "
            f"{present:,} x {width:,} {dtype_name(dtype)}"
        )
    return Layout(rows, width, dtype, deleted, SLOTS[slot], 8 + rows * step + 64)


def _keys(path: Path, layout: Layout) -> list[str]:
    """The key of each node, in the order of the vectors."""
    graph = np.memmap(path, np.uint8, "r", layout.after)
    try:
        _, links, links_base, _, _ = SIZES.unpack_from(graph.data)
        levels = np.frombuffer(graph.data, "<i2", layout.rows, SIZES.size).astype(np.int64)
    except (struct.error, ValueError) as error:
        raise InputError(f"{path} cannot be read as usearch: its graph is cut short") from error
    base = NODE_HEAD + 4 + links_base * layout.slot
    steps = [base + level * (4 + links * layout.slot) for level in levels.tolist()]
    at, keys = SIZES.size + 2 * layout.rows, []
    for step in steps:
        if step < NODE_HEAD or at + NODE_HEAD > len(graph):
            raise InputError(f"{path} cannot be read as usearch: its graph is cut short")
        keys.append(str(int.from_bytes(graph[at : at + 8].tobytes(), "little")))
        at += step
    return keys


FORMATS.add("usearch")(Usearch())
