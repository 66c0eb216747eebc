"""safetensors: the length of a JSON header, the header, the numbers."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

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
        spelled = NAMES.get(dtype_name(contents.dtype))
        if spelled is None:
            raise InputError(f"{final} cannot be written: safetensors has no {contents.dtype}")
        rows, width = contents.shape
        size = rows * width * contents.dtype.itemsize
        header: dict[str, Any] = {"__metadata__": {"facts": contents.facts_text}}
        header["embeddings"] = _entry(spelled, contents.shape, 0, size)
        texts = [
            (f"{what}.json", json.dumps(values, ensure_ascii=False).encode())
            for what, values in (("ids", contents.ids), ("labels", contents.labels))
            if values is not None
        ]
        end = size
        for name, text in texts:
            header[name] = _entry("U8", (len(text),), end, end + len(text))
            end += len(text)
        with path.open("wb") as file:
            head = json.dumps(header).encode()
            head += b" " * (-len(head) % ALIGNMENT)
            file.write(struct.pack("<Q", len(head)) + head)
            for block in contents.blocks:
                file.write(native(block, contents.dtype).data)
            for _, text in texts:
                file.write(text)


def _entry(dtype: str, shape: tuple[int, ...], start: int, end: int) -> dict[str, Any]:
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [start, end]}


WRITERS.add("safetensors")(Safetensors())
