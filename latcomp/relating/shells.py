"""Files of vectors that are complete but for the vectors: their rows are filled in place.

Everything else (header, ids, labels, options) is written first, so that filling in is plain
writing at an offset: a killed process leaves a file that the next one goes on with.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from latcomp.errors import UsageError
from latcomp.files.atomic import write_text

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Contents:
    """What a file of vectors holds besides the vectors themselves.

    ``columns`` are named arrays or lists of text, such as ids, labels and anchors; ``facts`` are
    the options that made the vectors.
    """

    shape: tuple[int, int]
    dtype: str
    columns: Mapping[str, Array | list[str]]
    facts: Mapping[str, Any]


def check_suffix(path: Path) -> None:
    """Raise UsageError for a name that ends in neither .h5 nor .npy."""
    if path.suffix not in _SHELLS:
        raise UsageError(f"{path} must end in .h5 or .npy", "the ending decides the format")


def make_shell(path: Path, name: str, contents: Contents) -> int:
    """Write a file at ``path`` whose vectors are still to be filled in; return their offset.

    ``name`` is what the file will be called: its ending decides the format.
    """
    return _SHELLS[Path(name).suffix](path, contents)


def write_beside(path: Path, contents: Contents) -> None:
    """Write what the format of ``path`` has no room for: R.ids.json and R.facts.json for R.npy."""
    if path.suffix != ".npy":
        return
    for key in ("ids", "labels"):
        if key in contents.columns:
            listed = json.dumps(contents.columns[key], ensure_ascii=False, indent=0)
            write_text(path.with_suffix(f".{key}.json"), listed + "\n")
    facts = {**contents.facts, "anchor_rows": np.asarray(contents.columns["anchor_rows"]).tolist()}
    write_text(path.with_suffix(".facts.json"), json.dumps(facts, indent=1) + "\n")


def _hdf5(path: Path, contents: Contents) -> int:
    with h5py.File(path, "w") as file:
        for key, value in contents.columns.items():
            kind = h5py.string_dtype() if isinstance(value, list) else None
            file.create_dataset(key, data=value, dtype=kind)
        created = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        created.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        created.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
        created.set_obj_track_times(False)
        kind = h5py.h5t.py_create(np.dtype(contents.dtype))
        room = h5py.h5s.create_simple(contents.shape)
        vectors = h5py.Dataset(h5py.h5d.create(file.id, b"embeddings", kind, room, created))
        for key, value in contents.facts.items():
            vectors.attrs[key] = value if isinstance(value, (str, int)) else json.dumps(value)
        return int(vectors.id.get_offset())


def _npy(path: Path, contents: Contents) -> int:
    with path.open("wb") as file:
        header = {"descr": contents.dtype, "fortran_order": False, "shape": contents.shape}
        np.lib.format.write_array_header_1_0(file, header)
        offset = file.tell()
        rows, width = contents.shape
        file.truncate(offset + rows * width * np.dtype(contents.dtype).itemsize)
    return offset


_SHELLS = {".h5": _hdf5, ".npy": _npy}
