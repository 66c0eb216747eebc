"""safetensors: the length of a JSON header, the header, the numbers."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from latcomp.errors import InputError
from latcomp.files.tables import dtype_name
from latcomp.writers import WRITERS, Contents, native

NAMES = {
    "float16": "F16", "float32": "F32", "float64": "F64", "bfloat16": "BF16", "uint8": "U8",
    "int8": "I8", "int16": "I16", "int32": "I32", "int64": "I64", "uint16": "U16",
    "uint32": "U32", "uint64": "U64",
}  # fmt: skip
ALIGNMENT = 8


class Safetensors:
    """safetensors: `embeddings`; ids and labels as JSON in bytes, `ids.json`, `labels.json`"""

    suffixes = (".safetensors",)

    def write(self, path: Path, contents: Contents, final: Path) -> None:
        texts = {
            f"{what}.json": as_bytes(values)
            for what, values in (("ids", contents.ids), ("labels", contents.labels))
            if values is not None
        }
        entries = [("embeddings", contents.dtype, contents.shape), *map(_text_entry, texts.items())]
        with path.open("wb") as file:
            file.write(header(entries, contents.facts_text, final))
            for block in contents.blocks:
                file.write(native(block, contents.dtype).data)
            for text in texts.values():
                file.write(text)


Entry = tuple[str, np.dtype[Any], tuple[int, ...]]
"""The name of a tensor, its dtype and its shape."""


def header(entries: Sequence[Entry], facts: str, final: Path) -> bytes:
    """The length of the header, and the header of tensors that follow each other in this order.

    Raises InputError, naming ``final``, for a dtype that safetensors does not have.
    """
    found: dict[str, Any] = {"__metadata__": {"facts": facts}}
    end = 0
    for name, dtype, shape in entries:
        spelled = NAMES.get(dtype_name(dtype))
        if spelled is None:
            raise InputError(f"{final} cannot be written: safetensors has no {dtype}")
        start, end = end, end + prod(shape) * dtype.itemsize
        found[name] = {"dtype": spelled, "shape": list(shape), "data_offsets": [start, end]}
    text = json.dumps(found).encode()
    text += b" " * (-len(text) % ALIGNMENT)
    return struct.pack("<Q", len(text)) + text


def as_bytes(values: list[str]) -> bytes:
    """A list of texts as JSON."""
    return json.dumps(values, ensure_ascii=False).encode()


def _text_entry(named: tuple[str, bytes]) -> Entry:
    return named[0], np.dtype(np.uint8), (len(named[1]),)


WRITERS.add("safetensors")(Safetensors())
