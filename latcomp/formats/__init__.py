"""Files that hold embeddings: one file per format.

A file argument is ``path`` or ``path::dataset``. Formats are tried by what the file holds first,
and by its ending second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from latcomp.errors import InputError
from latcomp.registry import Registry
from latcomp.spaces import Vectors, is_bfloat16

ID_NAMES = (
    "ids", "id", "item_ids", "names", "name", "keys", "words", "word", "tokens", "vocab", "index",
    "hashes", "cell_ids", "filenames",
)  # fmt: skip
"""Datasets taken for ids when they lie beside the embeddings, first match first."""

LABEL_NAMES = ("labels", "label", "y", "targets", "target", "classes", "class")
"""Datasets taken for labels."""

VECTOR_NAMES = ("embeddings", "embedding", "features", "emb", "vectors", "X", "x")
"""Datasets preferred when a file holds several that would do."""


@dataclass(frozen=True)
class Member:
    """One dataset inside a file."""

    name: str
    shape: tuple[int, ...]
    dtype: str

    def __str__(self) -> str:
        return f"{self.name} {self.shape}".replace(",)", ")")


@dataclass(frozen=True)
class Table:
    """Embeddings as a file holds them: vectors read on demand, and what names their rows."""

    path: str
    dataset: str | None
    vectors: Vectors
    ids: list[str] | None = None
    labels: list[str] | None = None
    notes: tuple[str, ...] = ()


class Format(Protocol):
    """A file format. `members` lists datasets; `read` opens one of them without loading it."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The endings of its files."""

    def recognises(self, head: bytes) -> bool:
        """Whether a file that starts with these bytes has this format."""

    def members(self, path: Path) -> list[Member]:
        """Every dataset of the file; a file that is one array has one, with an empty name."""

    def read(self, path: Path, dataset: str) -> Table:
        """The named dataset, with ids and labels found beside it."""


FORMATS: Registry[Format] = Registry("format", "latcomp.formats")


def split_name(argument: str) -> tuple[Path, str | None]:
    """Take ``path::dataset`` apart."""
    path, mark, dataset = argument.partition("::")
    return Path(path), dataset.strip("/") if mark else None


def open_table(argument: str) -> Table:
    """Open ``path`` or ``path::dataset``.

    Raises InputError, naming the file, where it cannot be used.
    """
    path, dataset = split_name(argument)
    form = find_format(path)
    members = form.members(path)
    chosen = _choose(path, members, dataset)
    table = form.read(path, chosen.name)
    _check_numbers(argument, chosen, table.vectors.dtype)
    for what, values in (("ids", table.ids), ("labels", table.labels)):
        if values is not None and len(values) != chosen.shape[0]:
            raise InputError(f"{path} has {len(values)} {what} for {chosen.shape[0]} rows")
    return table


def find_format(path: Path) -> Format:
    """The format of an existing file."""
    if not path.exists():
        raise InputError(f"{path} does not exist")
    if path.is_dir():
        raise InputError(f"{path} is a folder; a file was expected")
    with path.open("rb") as file:
        head = file.read(512)
    if not head:
        raise InputError(f"{path} is empty")
    if head.startswith(b"version https://git-lfs"):
        raise InputError(
            f"{path} is a Git LFS pointer, not the data it points to", "run `git lfs pull`"
        )
    for _, form in FORMATS.items():
        if form.recognises(head):
            return form
    for name, form in FORMATS.items():
        if path.suffix.lower() in form.suffixes:
            raise InputError(f"{path} is named like {name} but does not hold it")
    raise InputError(f"{path} has no known format", "`latcomp formats` lists what can be read")


def _choose(path: Path, members: Sequence[Member], dataset: str | None) -> Member:
    by_name = {member.name: member for member in members}
    if dataset is not None:
        if dataset not in by_name:
            raise InputError(f"{path} has no dataset `{dataset}`; it holds: {_listed(members)}")
        return _matrix(path, by_name[dataset])
    if len(members) == 1:
        return _matrix(path, members[0])
    tables = [m for m in members if len(m.shape) == 2 and m.dtype.startswith(NUMERIC)]
    obvious = [m for name in VECTOR_NAMES for m in tables if m.name.rpartition("/")[2] == name]
    if len(tables) == 1:
        return _matrix(path, tables[0])
    if len(obvious) == 1:
        return _matrix(path, obvious[0])
    if not tables:
        raise InputError(f"{path} has no 2-D dataset; it holds: {_listed(members) or 'nothing'}")
    raise InputError(
        f"{path} holds several 2-D datasets: {_listed(tables)}",
        f"name one, as in `{path}::{tables[0].name}`",
    )


NUMERIC = ("float", "bfloat", "int", "uint")


def _listed(members: Sequence[Member]) -> str:
    return ", ".join(map(str, members))


def _matrix(path: Path, member: Member) -> Member:
    name = f"{path}::{member.name}" if member.name else str(path)
    if len(member.shape) != 2:
        raise InputError(f"{name} has {len(member.shape)} dimensions {member.shape}; 2 are needed")
    if 0 in member.shape:
        raise InputError(f"{name} is empty: its shape is {member.shape}")
    return member


def _check_numbers(name: str, member: Member, dtype: np.dtype[Any]) -> None:
    if dtype.kind not in "fiu" and not is_bfloat16(dtype):
        raise InputError(f"{name} holds {member.dtype}; numbers were expected")


def texts(values: np.ndarray[Any, Any]) -> list[str]:
    """Ids or labels as text: bytes are read as UTF-8, whole numbers as decimals.

    Raises InputError for values that are neither.
    """
    if values.ndim != 1 or values.dtype.kind not in "OSUTiu":
        raise InputError(f"ids must be a list of texts or whole numbers, found {values.dtype}")
    return [
        v.decode("utf-8", "backslashreplace") if isinstance(v, bytes) else str(v)
        for v in values.tolist()
    ]
