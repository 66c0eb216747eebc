"""fvecs, bvecs, ivecs: each row is its width, then its numbers; memory-mapped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from latcomp.arrays import Rows
from latcomp.errors import InputError
from latcomp.formats import FORMATS, Asked
from latcomp.tables import Member, Table

KINDS: dict[str, np.dtype[Any]] = {
    ".fvecs": np.dtype("<f4"),
    ".bvecs": np.dtype("u1"),
    ".ivecs": np.dtype("<i4"),
}


class Fvecs:
    """fvecs, bvecs, ivecs (TEXMEX), memory-mapped"""

    suffixes = tuple(KINDS)

    def recognises(self, head: bytes, path: Path) -> bool:
        return path.suffix.lower() in KINDS

    def members(self, path: Path, asked: Asked) -> list[Member]:
        records = _mapped(path)
        return [Member("", (len(records), *records["row"].shape[1:]), records["row"].dtype.name)]

    def read(self, path: Path, dataset: str, asked: Asked) -> Table:
        records = _mapped(path)
        width = records["row"].shape[1]

        def fetch(start: int, stop: int) -> np.ndarray[tuple[int, ...], np.dtype[np.generic]]:
            block = records[start:stop]
            if (block["width"] != width).any():
                raise ValueError(f"not every row has {width} numbers")
            return np.ascontiguousarray(block["row"])

        shape = (len(records), width)
        vectors = Rows(str(path), shape, records["row"].dtype, fetch, (ValueError, OSError))
        return Table(str(path), None, vectors)


def _mapped(path: Path) -> np.memmap[tuple[int], np.dtype[np.void]]:
    number = KINDS[path.suffix.lower()]
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(4)
    width = int(np.frombuffer(head, "<i4")[0]) if len(head) == 4 else 0
    step = 4 + width * number.itemsize
    if width < 1 or size % step:
        raise InputError(
            f"{path} cannot be read as {path.suffix[1:]}: its {size:,} bytes are not whole rows of "
            f"{width} numbers"
        )
    record = np.dtype([("width", "<i4"), ("row", number, (width,))])
    return np.memmap(path, record, "r", shape=(size // step,))


FORMATS.add("fvecs")(Fvecs())
