"""Translations as HDF5 files: plain datasets and attributes, nothing to unpickle."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import torch

from latcomp import __version__
from latcomp.errors import InputError, UsageError
from latcomp.files.atomic import check_writable, whole
from latcomp.translation.translation import Translation

SCHEMA = "latcomp/map/1"

PARTS = {"mean": 1, "matrix": 2, "offset": 1}
"""The datasets of a map, and how many dimensions each has."""

MAKE = "make one with `latcomp translate fit A B -o map.h5`"


@dataclass(frozen=True)
class Kept:
    """A translation, and where it comes from: inputs, anchors, versions, held-out quality."""

    translation: Translation
    facts: dict[str, Any]


def check_map_output(path: Path) -> None:
    """Raise UsageError for an ending other than .h5, InputError where it cannot be written."""
    if path.suffix not in (".h5", ".hdf5"):
        raise UsageError(f"{path} must end in .h5: a map is kept as HDF5")
    check_writable(path)


def write_map(path: Path, kept: Kept) -> None:
    """Write a map, whole or not at all."""
    check_map_output(path)
    found = kept.translation
    with whole(path) as temporary, h5py.File(temporary, "w") as file:
        for part in PARTS:
            file.create_dataset(part, data=getattr(found, part).cpu().numpy())
        file.attrs["schema"] = SCHEMA
        file.attrs["latcomp"] = __version__
        file.attrs["method"] = found.method
        file.attrs["fitted"] = found.fitted
        file.attrs["notes"] = json.dumps(found.notes)
        file.attrs["facts"] = json.dumps(kept.facts, ensure_ascii=False)


def read_map(path: str | Path) -> Kept:
    """Read what `write_map` wrote. Raises InputError, naming the file, for anything else."""
    path = Path(path)
    if not path.is_file():
        raise InputError(f"there is no map {path}", MAKE)
    try:
        with h5py.File(path, "r") as file:
            schema = file.attrs.get("schema")
            if schema != SCHEMA:
                found = "no schema" if schema is None else f"the schema {schema!r}"
                raise InputError(f"{path} is not a map: it has {found}, not {SCHEMA!r}", MAKE)
            return _checked(file)
    except OSError as error:
        raise InputError(f"{path} is not a map: it cannot be read as HDF5", MAKE) from error
    except (KeyError, ValueError, TypeError) as error:
        raise InputError(f"{path} is a damaged map: {error}", MAKE) from error


def _checked(file: h5py.File) -> Kept:
    parts = {}
    for part, dimensions in PARTS.items():
        held = file[part]
        if not isinstance(held, h5py.Dataset) or held.ndim != dimensions or held.dtype.kind != "f":
            raise ValueError(f"`{part}` is no table of numbers with {dimensions} dimensions")
        parts[part] = torch.from_numpy(np.asarray(held[()], dtype=np.float64))
    d, e = parts["matrix"].shape
    if parts["mean"].shape != (d,) or parts["offset"].shape != (e,):
        raise ValueError(f"`mean` and `offset` do not fit a matrix of {d} x {e}")
    if not all(bool(torch.isfinite(part).all()) for part in parts.values()):
        raise ValueError("it holds NaN or Inf")
    method, fitted = str(file.attrs["method"]), int(file.attrs["fitted"])
    notes = tuple(str(note) for note in json.loads(file.attrs["notes"]))
    facts = json.loads(file.attrs["facts"])
    return Kept(Translation(method, **parts, fitted=fitted, notes=notes), facts)
