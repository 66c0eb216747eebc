"""Ids or labels in a file of their own, and which file that is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np

from latcomp.errors import InputError
from latcomp.files.tables import texts
from latcomp.files.textfile import reading
from latcomp.formats import Asked
from latcomp.loading.opening import find_format, locate

BESIDE = {"ids": ("ids", "file_names", "filenames"), "labels": ("labels",)}
"""Names of files that are taken for ids or labels of the embeddings beside them."""

ENDINGS = (".json", ".txt", ".npy")


@runtime_checkable
class HasColumns(Protocol):
    """A format whose files hold lists of values beside vectors, or instead of them."""

    def column(self, path: Path, name: str | None, asked: Asked) -> list[str]:
        """The named column, or the one that holds ids, as text."""


def read_ids(argument: Path | str) -> list[str]:
    """Read ids, or labels, in row order from ``.txt``, ``.json``, ``.npy`` or `file::column`.

    Raises InputError where the file cannot be read as its ending says.
    """
    place = locate(str(argument))
    found: list[str] = []
    for path in place.shards or (place.path,):
        found += _read(path, place.dataset)
    return found


def _read(path: Path, column: str | None) -> list[str]:
    readers = {".npy": _from_npy, ".json": _from_json, ".txt": _from_text}
    read = readers.get(path.suffix.lower())
    if read is not None and column is None:
        try:
            with reading(path):
                return read(path)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{path} cannot be read as a list of ids: {error}") from error
    name, form = find_format(path)
    if not isinstance(form, HasColumns):
        raise InputError(f"{path} is {name}, which holds no lists of ids")
    return form.column(path, column, Asked())


def _from_npy(path: Path) -> list[str]:
    return texts(np.load(path, allow_pickle=False))


def _from_json(path: Path) -> list[str]:
    found = json.loads(path.read_text(encoding="utf-8-sig"))
    if not isinstance(found, list) or not all(isinstance(one, (str, int)) for one in found):
        raise ValueError("a list of texts or whole numbers was expected")
    return [str(one) for one in found]


def _from_text(path: Path) -> list[str]:
    """One per line; only a line feed ends a line, so that ids may hold other separators."""
    text = path.read_bytes().decode("utf-8-sig").removesuffix("\n")
    return [line.removesuffix("\r") for line in text.split("\n")]


def beside(path: Path, what: str) -> Path | None:
    """The file of ``what`` ("ids" or "labels") that goes with embeddings that have none.

    `a.npy` goes with `a.npy.ids.json`, and otherwise with `ids.txt` in its folder; a folder of
    shards with a file inside it.
    """
    own = [path.with_name(f"{path.name}.{what}{ending}") for ending in ENDINGS]
    folder = path if path.is_dir() else path.parent
    shared = [folder / f"{name}{ending}" for name in BESIDE[what] for ending in ENDINGS]
    return next((one for one in [*own, *shared] if one != path and one.is_file()), None)
