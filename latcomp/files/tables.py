"""Tables: embeddings as a file holds them, and which of its datasets is meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from latcomp.errors import InputError
from latcomp.spaces.space import Vectors, is_bfloat16

ID_NAMES = (
    "ids", "id", "item_ids", "names", "name", "keys", "key", "words", "word", "tokens", "token",
    "vocab", "index", "hashes", "cell_ids", "filenames", "file_names", "filename", "file_name",
    "custom_id", "paths", "path",
)  # fmt: skip
"""Datasets taken for ids when they lie beside the embeddings, first match first."""

LABEL_NAMES = ("labels", "label", "y", "targets", "target", "classes", "class")
"""Datasets taken for labels."""

VECTOR_NAMES = (
    "embeddings", "embedding", "features", "feature", "emb", "vectors", "vector", "X", "x", "train",
)  # fmt: skip
"""Datasets preferred when a file holds several that would do."""

NUMERIC = ("float", "bfloat", "int", "uint")

UNCOUNTED = -1
"""The number of rows of a text file that has not been read yet."""

NAMED_MEMBERS = 12
"""How many datasets a message names."""


@dataclass(frozen=True)
class Member:
    """One dataset inside a file. ``likely`` is False where it may be named but is not guessed."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    likely: bool = True

    def __str__(self) -> str:
        counts = ["?" if count == UNCOUNTED else str(count) for count in self.shape]
        return f"{self.name} ({', '.join(counts)})".lstrip()


@dataclass(frozen=True)
class Table:
    """Embeddings as a file holds them: vectors read on demand, and what names their rows."""

    path: str
    dataset: str | None
    vectors: Vectors
    ids: list[str] | None = None
    labels: list[str] | None = None
    notes: tuple[str, ...] = ()


def choose(path: str, members: Sequence[Member], dataset: str | None) -> Member:
    """The named dataset, or the one that is obviously meant in the file or in a named group.

    Raises InputError, listing what the file holds, where there is none or there are several.
    """
    by_name = {member.name: member for member in members}
    if dataset:
        if dataset in by_name:
            return _matrix(path, by_name[dataset])
        inside = [member for member in members if member.name.startswith(f"{dataset}/")]
        if not inside:
            raise InputError(f"{path} has no dataset `{dataset}`; it holds: {listed(members)}")
        return choose(path, inside, None)
    if len(members) == 1:
        return _matrix(path, members[0])
    tables = [m for m in members if len(m.shape) == 2 and m.dtype.startswith(NUMERIC)]
    likely = [m for m in tables if m.likely] or tables
    obvious = [m for name in VECTOR_NAMES for m in likely if m.name.rpartition("/")[2] == name]
    for candidates in (likely, obvious):
        if len(candidates) == 1:
            return _matrix(path, candidates[0])
    if not tables:
        raise InputError(f"{path} has no 2-D dataset; it holds: {listed(members)}")
    raise InputError(
        f"{path} holds several 2-D datasets: {listed(tables)}",
        f"name one, as in `{path}::{likely[0].name}`",
    )


def listed(members: Sequence[Member]) -> str:
    """Datasets with their shapes, the first dozen of them."""
    if not members:
        return "nothing"
    more = len(members) - NAMED_MEMBERS
    return ", ".join(map(str, members[:NAMED_MEMBERS])) + (f" and {more} more" if more > 0 else "")


def _matrix(path: str, member: Member) -> Member:
    name = f"{path}::{member.name}" if member.name else path
    if len(member.shape) != 2:
        raise InputError(f"{name} has {len(member.shape)} dimensions {member.shape}; 2 are needed")
    if 0 in member.shape:
        raise InputError(f"{name} is empty: its shape is {member.shape}")
    return member


def check_numbers(name: str, dtype: np.dtype[Any], spelled: str) -> None:
    """Raise InputError, naming the dtype as ``spelled``, where vectors are not numbers."""
    if dtype.kind not in "fiu" and not is_bfloat16(dtype):
        raise InputError(f"{name} holds {spelled}; numbers were expected")


def dtype_name(dtype: np.dtype[Any]) -> str:
    """The name of a dtype, bfloat16 included."""
    return "bfloat16" if is_bfloat16(dtype) else dtype.name


def check_count(path: Path | str, what: str, found: Sequence[str] | None, rows: int) -> None:
    """Raise InputError, with both counts, where there are more or fewer names than rows."""
    if found is not None and len(found) != rows:
        raise InputError(f"{path} has {len(found)} {what} for {rows} rows")


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
