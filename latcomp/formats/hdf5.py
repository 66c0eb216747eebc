"""HDF5: datasets at any depth, one dataset per item, and AnnData, read block by block."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from latcomp.errors import InputError
from latcomp.files import hdf5texts
from latcomp.files.arrays import Array, Rows
from latcomp.files.tables import ID_NAMES, LABEL_NAMES, Member, Table, texts
from latcomp.files.unpacking import check_piece, check_unpacked
from latcomp.formats import FORMATS, Asked

PATIENCE = 15
"""Seconds that texts may take, beside a second for every 5,000 of them."""

BREAKS = (OSError, RuntimeError, ValueError, KeyError, TypeError, OverflowError, MemoryError)
"""What h5py raises for a file that is damaged or lies about itself."""


class Hdf5:
    """HDF5, AnnData: `file.h5::group/dataset`, ids and labels beside it; one dataset per item"""

    suffixes = (".h5", ".hdf5", ".hdf", ".h5ad")

    def recognises(self, head: bytes, path: Path) -> bool:
        return head.startswith(b"\x89HDF\r\n\x1a\n")

    def members(self, path: Path, asked: Asked) -> list[Member]:
        with _opened(path) as file:
            annotated = _is_anndata(file)
            return [
                Member(name, shape, dtype, not annotated or name.startswith("obsm/"))
                for name, shape, dtype in _matrices(file)
            ]

    def read(self, path: Path, dataset: str, asked: Asked) -> Table:
        with _opened(path, keep=True) as file:
            chosen = file[dataset or "/"]
            if isinstance(chosen, h5py.Group):
                return _per_item(path, dataset, chosen)
            _check_inside(path, chosen)
            _check_size(path, chosen, asked)
            ids = _observed(chosen) or _beside(chosen, ID_NAMES)
            labels = _beside(chosen, LABEL_NAMES)
            vectors = Rows(str(path), chosen.shape, chosen.dtype, _slices(chosen), BREAKS)
            return Table(str(path), dataset, vectors, ids, labels)

    def column(self, path: Path, name: str | None, asked: Asked) -> list[str]:
        with _opened(path) as file:
            wanted = [name] if name else ID_NAMES
            found = next((_hard(file, one) for one in wanted if _hard(file, one)), None)
            if found is None:
                raise InputError(f"{path} has no dataset `{name or 'ids'}`")
            return _category(found) if isinstance(found, h5py.Group) else _texts(found)


@contextmanager
def _opened(path: Path, keep: bool = False) -> Iterator[h5py.File]:
    file = None
    try:
        file = h5py.File(path, "r")
        yield file
    except BREAKS as error:
        raise InputError(f"{path} cannot be read as HDF5: {_reason(error)}") from error
    finally:
        if file is not None and not keep:
            file.close()


def _reason(error: Exception) -> str:
    """The part of an HDF5 message that a user can act on."""
    text = str(error).partition("\n")[0]
    if "truncated file" in text:
        return "the file is truncated"
    return text[text.find("(") + 1 : text.rfind(")")] if "(" in text else text


def _matrices(file: h5py.File) -> Iterator[tuple[str, tuple[int, ...], str]]:
    """Every dataset, but a group that holds one vector per item counts as one matrix."""
    groups: dict[str, list[h5py.Dataset]] = {}

    def visit(name: str, item: object) -> None:
        if isinstance(item, h5py.Dataset):
            groups.setdefault(name.rpartition("/")[0], []).append(item)

    file.visititems(visit)
    for group, datasets in groups.items():
        if _one_per_item(datasets):
            shape = (len(datasets), *datasets[0].shape)
            yield group, shape, datasets[0].dtype.name
            continue
        for dataset in datasets:
            yield dataset.name.strip("/"), dataset.shape or (), dataset.dtype.name


def _one_per_item(datasets: Sequence[h5py.Dataset]) -> bool:
    first = datasets[0]
    return len(datasets) > 1 and all(
        one.dtype.kind == "f" and one.dtype == first.dtype and one.shape == first.shape
        for one in datasets
    ) and len(first.shape) == 1  # fmt: skip


def _per_item(path: Path, dataset: str, group: h5py.Group) -> Table:
    """One dataset per item; its id is its name, or its attribute `original_id`."""
    names = [name for name in group if isinstance(_hard(group, name), h5py.Dataset)]
    first = group[names[0]]
    for name in names:
        _check_inside(path, group[name])

    def fetch(start: int, stop: int) -> Array:
        rows = np.empty((stop - start, *first.shape), first.dtype)
        for place, name in enumerate(names[start:stop]):
            group[name].read_direct(rows, dest_sel=np.s_[place])
        return rows

    ids = _apart(group, len(names)) if "original_id" in first.attrs else names
    vectors = Rows(str(path), (len(names), *first.shape), first.dtype, fetch, BREAKS)
    return Table(str(path), dataset or None, vectors, ids)


def _slices(dataset: h5py.Dataset) -> Any:
    return lambda start, stop: dataset[start:stop]


def _check_inside(path: Path, dataset: h5py.Dataset) -> None:
    """Refuse a dataset whose numbers lie in another file."""
    outside = [name for name, _, _ in dataset.external or ()]
    if dataset.is_virtual:
        outside += [s.file_name for s in dataset.virtual_sources() if s.file_name != "."]
    if outside:
        raise InputError(
            f"{path}::{dataset.name.strip('/')} takes its numbers from other files, "
            f"{outside[0]} first, which are not read",
            "name those files themselves, or copy the numbers into one file",
        )


def _check_size(path: Path, dataset: h5py.Dataset, asked: Asked) -> None:
    name = f"{path}::{dataset.name.strip('/')}"
    stored = path.stat().st_size if dataset.is_virtual else dataset.id.get_storage_size()
    check_unpacked(name, dataset.size * dataset.dtype.itemsize, stored, asked.unpack)
    if dataset.chunks:
        piece = int(np.prod([int(n) for n in dataset.chunks], dtype=object))
        check_piece(name, piece * dataset.dtype.itemsize, asked.unpack)


def _hard(group: h5py.Group, name: str) -> h5py.Dataset | h5py.Group | None:
    """What lies under a name in this file; links, which may lead elsewhere, are not followed."""
    for part in name.split("/"):
        link = group.get(part, getlink=True) if isinstance(group, h5py.Group) else None
        if not isinstance(link, h5py.HardLink):
            return None
        group = group[part]
    return group


def _beside(dataset: h5py.Dataset, names: Sequence[str]) -> list[str] | None:
    for group in (dataset.parent, dataset.file):
        for name in names:
            near = _hard(group, name)
            if (
                isinstance(near, h5py.Dataset)
                and near.shape == dataset.shape[:1]
                and near != dataset
            ):
                return _texts(near)
    return None


def _texts(dataset: h5py.Dataset) -> list[str]:
    _check_inside(Path(dataset.file.filename), dataset)
    _check_size(Path(dataset.file.filename), dataset, Asked())
    if not dataset.dtype.hasobject:
        return texts(dataset[:])
    if h5py.check_string_dtype(dataset.dtype) is None:
        raise InputError(f"{dataset.file.filename}::{dataset.name.strip('/')} does not hold texts")
    return _apart(dataset, dataset.size)


def _apart(found: h5py.Dataset | h5py.Group, count: int, attribute: str = "") -> list[str]:
    """Texts of variable length, read by a process of their own: damaged ones crash the library.

    With ``attribute`` the one text that this attribute of ``found`` holds. The datasets of one
    file share their ids, so that those read last are kept.
    """
    path = found.file.filename
    known = Path(path).stat()
    version = known.st_mtime_ns, known.st_size
    return list(_read_apart(path, found.name, count, version, attribute))


@lru_cache(maxsize=8)
def _read_apart(
    path: str,
    name: str,
    count: int,
    version: tuple[int, int],  # noqa: ARG001 (another version is another entry of the cache)
    attribute: str,
) -> tuple[str, ...]:
    """The texts of one ``version`` of a file: when it was changed, and how large it is."""
    command = [sys.executable, "-I", hdf5texts.__file__, path, name, attribute]
    try:
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE + count / 5000)
    except subprocess.TimeoutExpired as error:
        raise InputError(f"{path}::{name.strip('/')} cannot be read: no end") from error
    if done.returncode:
        raise InputError(f"{path}::{name.strip('/')} cannot be read: its texts are damaged")
    return tuple(json.loads(done.stdout))


def _is_anndata(file: h5py.File) -> bool:
    return isinstance(_hard(file, "obs"), h5py.Group) and "obsm" in file


def _observed(dataset: h5py.Dataset) -> list[str] | None:
    """AnnData keeps ids in the column of `obs` that its attribute `_index` names."""
    obs = _hard(dataset.file, "obs")
    if not isinstance(obs, h5py.Group) or not _is_anndata(dataset.file):
        return None
    column = _apart(obs, 1, "_index")[0] if "_index" in obs.attrs else "_index"
    index = _hard(obs, column)
    matches = isinstance(index, h5py.Dataset) and index.shape == dataset.shape[:1]
    return _texts(index) if matches else None


def _category(group: h5py.Group) -> list[str]:
    """A categorical column of AnnData: `codes` into `categories`."""
    codes, names = _hard(group, "codes"), _hard(group, "categories")
    if not isinstance(codes, h5py.Dataset) or not isinstance(names, h5py.Dataset):
        raise InputError(f"{group.file.filename}::{group.name.strip('/')} is no column of values")
    known = [*_texts(names), ""]
    return [known[code] for code in codes[:]]


FORMATS.add("hdf5")(Hdf5())
