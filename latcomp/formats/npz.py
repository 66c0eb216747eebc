"""npz: several named arrays, never unpickled."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from latcomp.errors import InputError
from latcomp.formats import FORMATS, ID_NAMES, LABEL_NAMES, Member, Table, texts
from latcomp.spaces import is_bfloat16


class Npz:
    """numpy archives (.npz): `file.npz::name`; pickled members are left alone, the rest loads"""

    suffixes = (".npz",)

    def recognises(self, head: bytes) -> bool:
        return head.startswith(b"PK\x03\x04")

    def members(self, path: Path) -> list[Member]:
        with _opened(path) as archive:
            headers = [(name, *_header(archive, name)) for name in archive.namelist()]
        return [Member(name.removesuffix(".npy"), shape, dtype) for name, shape, dtype in headers]

    def read(self, path: Path, dataset: str) -> Table:
        members = self.members(path)
        rows = next(m.shape[0] for m in members if m.name == dataset)
        others = [m for m in members if m.shape == (rows,)]
        ids, notes = _named(path, others, ID_NAMES, "ids")
        labels, more = _named(path, others, LABEL_NAMES, "labels")
        return Table(str(path), dataset, _array(path, dataset), ids, labels, notes + more)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError) as error:
        raise InputError(f"{path} cannot be read as npz: {error}") from error


def _header(archive: zipfile.ZipFile, name: str) -> tuple[tuple[int, ...], str]:
    with archive.open(name) as member:
        version = np.lib.format.read_magic(member)
        read = {(1, 0): np.lib.format.read_array_header_1_0}.get(
            version, np.lib.format.read_array_header_2_0
        )
        shape, _, dtype = read(member)
    return shape, "bfloat16" if is_bfloat16(dtype) else dtype.name


def _array(path: Path, name: str) -> np.ndarray[Any, Any]:
    with _opened(path), np.load(path, allow_pickle=False) as arrays:
        loaded: np.ndarray[Any, Any] = arrays[name]
    return loaded


def _named(
    path: Path, members: Sequence[Member], names: Sequence[str], what: str
) -> tuple[list[str] | None, tuple[str, ...]]:
    """The first member with one of the names; pickled ones are noted, not read."""
    found = [m for name in names for m in members if m.name == name][:1]
    if not found:
        return None, ()
    if found[0].dtype == "object":
        return None, (f"{path}: {what} are pickled objects, so they were not read",)
    return texts(_array(path, found[0].name)), ()


FORMATS.add("npz")(Npz())
