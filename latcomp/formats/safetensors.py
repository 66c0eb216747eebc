"""safetensors: named tensors, read row by row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from latcomp.errors import InputError
from latcomp.files.rowfile import RowFile
from latcomp.files.tables import ID_NAMES, LABEL_NAMES, Member, Table
from latcomp.formats import FORMATS, Asked
from latcomp.optional import need

NAMES = {
    "F16": "float16", "F32": "float32", "F64": "float64", "BF16": "bfloat16", "U8": "uint8",
    "I8": "int8", "I16": "int16", "I32": "int32", "I64": "int64", "U16": "uint16",
    "U32": "uint32", "U64": "uint64",
}  # fmt: skip
"""dtypes by their names in the header; others are left under their own."""


class Safetensors:
    """safetensors: `file.safetensors::tensor`, bfloat16 too; ids and labels in `ids`, `labels`"""

    suffixes = (".safetensors",)

    def recognises(self, head: bytes, path: Path) -> bool:
        return head[8:9] == b"{" and head[6:8] == b"\0\0" and path.suffix == ".safetensors"

    def members(self, path: Path, asked: Asked) -> list[Member]:
        with _opened(path) as file:
            slices = [(name, file.get_slice(name)) for name in sorted(file.keys())]
            return [
                Member(name, tuple(one.get_shape()), NAMES.get(one.get_dtype(), one.get_dtype()))
                for name, one in slices
            ]

    def read(self, path: Path, dataset: str, asked: Asked) -> Table:
        with _opened(path) as file:
            chosen = file.get_slice(dataset)
            names = set(file.keys())
            rows, spelled = tuple(chosen.get_shape()), chosen.get_dtype()
            ids, labels = (_texts(file, names, known, rows[0]) for known in (ID_NAMES, LABEL_NAMES))
        if spelled not in NAMES:
            raise InputError(f"{path}::{dataset} holds {spelled}; numbers were expected")
        dtype = np.dtype("V2" if spelled == "BF16" else NAMES[spelled])
        vectors = RowFile(path, dtype, (rows[0], rows[1]), _offset(path, dataset))
        return Table(str(path), dataset, vectors, ids, labels)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    library = need("safetensors", "safetensors", f"reading {path}")
    try:
        with library.safe_open(path, "pt") as file:
            yield file
    except _breaks() as error:
        raise InputError(f"{path} cannot be read as safetensors: {error}") from error


def _breaks() -> tuple[type[Exception], ...]:
    library = need("safetensors", "safetensors", "reading safetensors")
    return (library.SafetensorError, OSError, ValueError, RuntimeError, OverflowError, TypeError)


def _offset(path: Path, name: str) -> int:
    """Where the numbers of a tensor begin, in a file whose header the library has checked."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
    return 8 + size + int(header[name]["data_offsets"][0])


def _texts(file: Any, names: set[str], known: tuple[str, ...], rows: int) -> list[str] | None:
    """Whole numbers, one for each row, or bytes that spell a JSON list of texts."""
    for name in known:
        if name in names:
            values = file.get_tensor(name)
            if values.shape == (rows,) and not values.is_floating_point():
                return [str(value) for value in values.tolist()]
        if f"{name}.json" in names:
            found = json.loads(bytes(file.get_tensor(f"{name}.json").numpy()))
            return [str(value) for value in found]
    return None


FORMATS.add("safetensors")(Safetensors())
