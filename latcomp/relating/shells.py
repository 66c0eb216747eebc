"""Files of vectors that are complete but for the vectors: their rows are filled in place.

Everything else (header, ids, labels, options) is written first, so that filling in is plain
writing at an offset: a killed process leaves a file that the next one goes on with.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from latcomp import writers
from latcomp.files.rowfile import RowFile
from latcomp.kernel import bounds
from latcomp.spaces.space import READ_BYTES
from latcomp.writers.hdf5 import write_texts
from latcomp.writers.npy import write_beside
from latcomp.writers.safetensors import as_bytes, header

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

    def texts(self, name: str) -> list[str] | None:
        """The column of texts ``name``, where there is one."""
        found = self.columns.get(name)
        return found if isinstance(found, list) else None

    @property
    def all_facts(self) -> dict[str, Any]:
        """The facts, and the rows and ids of the anchors, for formats without columns of those."""
        rows = np.asarray(self.columns["anchor_rows"]).tolist()
        return {**self.facts, "anchor_rows": rows, "anchor_ids": self.texts("anchor_ids")}


def make_shell(path: Path, name: str, contents: Contents) -> int:
    """Write a file at ``path`` whose vectors are still to be filled in; return their offset.

    ``name`` is what the file will be called: its ending decides the format. Where that has no
    place to fill in later, the vectors are gathered in a file of their own, for `finish`.
    """
    return _SHELLS.get(Path(name).suffix.lower(), _bare)(path, name, contents)


def finish(partial: Path, path: Path, contents: Contents, offset: int) -> None:
    """Make the filled file ``partial`` the file ``path``, and write what it has no room for."""
    if path.suffix.lower() in _SHELLS:
        if path.suffix.lower() == ".npy":
            write_beside(path, contents.texts("ids"), contents.texts("labels"), contents.all_facts)
        partial.replace(path)
        return
    rows = RowFile(partial, np.dtype(contents.dtype), contents.shape, offset)
    step = max(1, READ_BYTES // rows[:1].nbytes)
    blocks = (rows[start:stop] for start, stop in bounds(contents.shape[0], step))
    ids, labels = contents.texts("ids"), contents.texts("labels")
    whole = writers.Contents(
        contents.shape, rows.dtype, blocks, ids, labels, dict(contents.all_facts)
    )
    writers.write_vectors(path, whole)
    partial.unlink()


def _hdf5(path: Path, name: str, contents: Contents) -> int:
    with h5py.File(path, "w") as file:
        for key, value in contents.columns.items():
            if isinstance(value, list):
                write_texts(file, key, value, name)
            else:
                file.create_dataset(key, data=value)
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


def _npy(path: Path, name: str, contents: Contents) -> int:
    with path.open("wb") as file:
        header = {"descr": contents.dtype, "fortran_order": False, "shape": contents.shape}
        np.lib.format.write_array_header_1_0(file, header)
        offset = file.tell()
        rows, width = contents.shape
        file.truncate(offset + rows * width * np.dtype(contents.dtype).itemsize)
    return offset


def _safetensors(path: Path, name: str, contents: Contents) -> int:
    """Columns first, so that every number lies where its size allows; then vectors, then texts."""
    columns = {k: np.asarray(v) for k, v in contents.columns.items() if not isinstance(v, list)}
    texts = {f"{k}.json": as_bytes(v) for k, v in contents.columns.items() if isinstance(v, list)}
    entries = [
        *((key, value.dtype, value.shape) for key, value in columns.items()),
        ("embeddings", np.dtype(contents.dtype), contents.shape),
        *((key, np.dtype(np.uint8), (len(text),)) for key, text in texts.items()),
    ]
    with path.open("wb") as file:
        file.write(header(entries, json.dumps(dict(contents.facts)), Path(name)))
        file.write(b"".join(np.ascontiguousarray(value).tobytes() for value in columns.values()))
        offset = file.tell()
        file.seek(prod(contents.shape) * np.dtype(contents.dtype).itemsize, os.SEEK_CUR)
        file.write(b"".join(texts.values()))
        file.truncate()
    return offset


def _bare(path: Path, name: str, contents: Contents) -> int:
    """Room for the vectors alone."""
    path.write_bytes(b"")
    return 0


_SHELLS = {
    **dict.fromkeys(writers.WRITERS["hdf5"].suffixes, _hdf5),
    ".npy": _npy,
    ".safetensors": _safetensors,
}
