"""Files that embeddings are written to: one file per format, chosen by the name's ending."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from latcomp.errors import InputError, UsageError
from latcomp.files.atomic import check_writable, whole
from latcomp.files.tables import dtype_name
from latcomp.registry import Registry

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Contents:
    """What a file is to hold: blocks of rows, in order, that make up (n, d), and their names.

    bfloat16 comes as the bare 2-byte field that numpy has for it. ``facts`` say where the vectors
    come from; they are kept where the format has room for them.
    """

    shape: tuple[int, int]
    dtype: np.dtype[Any]
    blocks: Iterable[Array]
    ids: list[str] | None = None
    labels: list[str] | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def facts_text(self) -> str:
        """The facts as JSON."""
        return json.dumps(self.facts, ensure_ascii=False)


class Writer(Protocol):
    """A way of writing. ``path`` is a temporary name; ``final`` is what it will be called."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The endings that choose it."""

    def write(self, path: Path, contents: Contents, final: Path) -> None:
        """Write the contents block by block."""


WRITERS: Registry[Writer] = Registry("writer", "latcomp.writers")


def check_output(path: Path) -> Writer:
    """The writer for a name, before the work whose result it is for.

    Raises UsageError for an unknown ending, InputError where ``path`` cannot be written.
    """
    for _, writer in WRITERS.items():
        if path.suffix.lower() in writer.suffixes:
            check_writable(path)
            return writer
    endings = [ending for _, writer in WRITERS.items() for ending in writer.suffixes]
    raise UsageError(
        f"{path} has an ending that is not written", f"name it with one of {', '.join(endings)}"
    )


def write_vectors(path: Path, contents: Contents) -> None:
    """Write embeddings to ``path``, whole or not at all, in the format its ending names.

    Raises InputError where it cannot be written.
    """
    writer = check_output(path)
    for what, names in (("ids", contents.ids), ("labels", contents.labels)):
        if names is not None and len(names) != contents.shape[0]:
            raise InputError(f"{len(names)} {what} for the {contents.shape[0]} rows of {path}")
    try:
        with whole(path) as temporary:
            writer.write(temporary, contents, path)
    except UnicodeEncodeError as error:
        raise InputError(f"{path} cannot be written: an id is no text: {error.object!r}") from error


def native(block: Array, dtype: np.dtype[Any]) -> Array:
    """A block in the byte order of little-endian files, contiguous."""
    return np.ascontiguousarray(block, dtype.newbyteorder("<") if dtype.kind != "V" else dtype)


def widened(block: Array) -> Array:
    """bfloat16 as float32, which holds the same numbers; anything else unchanged."""
    if dtype_name(block.dtype) != "bfloat16":
        return block
    bits = np.ascontiguousarray(block).view(np.uint16).astype(np.uint32) << 16
    return bits.view(np.float32)
