"""Open: from the name of a file to its embeddings, whatever the format.

A file argument is ``path`` or ``path::dataset``, where ``path`` may be a file, a folder of shards,
a pattern such as ``emb_*.npy``, or an address such as ``s3://bucket/a.h5``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from latcomp.errors import InputError
from latcomp.files.arrays import Head
from latcomp.files.remote import fetched
from latcomp.files.tables import Member, Table, check_count, check_numbers, choose, dtype_name
from latcomp.files.textfile import head_of, plain_name
from latcomp.formats import FORMATS, Asked, Format
from latcomp.loading import shards

NOTHING_ASKED = Asked()

PICKLED = (b"\2", b"\3", b"\4", b"\5")
"""The second byte of a pickle: its protocol."""


@dataclass(frozen=True)
class File:
    """A file argument, and what must be said about the file besides.

    ``ids`` and ``labels`` name files or columns that hold them, as in ``meta.parquet::name``.

    >>> File("vectors.bin", Asked(dtype="float32", shape=(-1, 64)), ids="ids.txt").name
    'vectors.bin'
    """

    name: str
    asked: Asked = NOTHING_ASKED
    ids: str | None = None
    labels: str | None = None


@dataclass(frozen=True)
class Place:
    """Where a file argument leads: one file or folder, or the shards of a whole."""

    path: Path
    dataset: str | None
    shards: tuple[Path, ...] = ()

    @property
    def first(self) -> Path:
        """The file to look at, to know them all."""
        return self.shards[0] if self.shards else self.path


def split_name(argument: str) -> tuple[Path, str | None]:
    """Take ``path::dataset`` apart."""
    path, mark, dataset = argument.partition("::")
    return Path(path), dataset.strip("/") if mark else None


def locate(argument: str) -> Place:
    """Find the file, folder or shards that an argument names; fetch what is remote."""
    name, mark, inner = argument.partition("::")
    path, dataset = fetched(name), inner.strip("/") if mark else None
    if shards.is_pattern(path):
        return Place(path, dataset, tuple(shards.matching(path)))
    if path.is_dir() and _recognised(b"", path) is None:
        path, dataset = shards.subfolder(path, dataset)
        if _recognised(b"", path) is None:
            return Place(path, dataset, tuple(shards.inside(path)))
    return Place(path, dataset)


def members_of(argument: str, asked: Asked = NOTHING_ASKED) -> tuple[str, list[Member]]:
    """The name of the format, and the datasets of the file (of the first shard, where many)."""
    place = locate(argument)
    name, form = find_format(place.first, asked)
    return name, form.members(place.first, asked)


def open_table(argument: str, asked: Asked = NOTHING_ASKED) -> Table:
    """Open ``path`` or ``path::dataset``.

    Raises InputError, naming the file, where it cannot be used.
    """
    place = locate(argument)
    if place.shards:
        parts = [_open(path, str(path), place.dataset, asked) for path in place.shards]
        table = shards.join(argument, parts)
    else:
        name = argument.partition("::")[0]
        table = replace(_open(place.path, name, place.dataset, asked), path=name)
    return _first(table, asked.limit)


def _open(path: Path, name: str, dataset: str | None, asked: Asked) -> Table:
    _, form = find_format(path, asked)
    chosen = choose(name, form.members(path, asked), dataset)
    table = form.read(path, chosen.name, asked)
    spelled = f"{name}::{chosen.name}" if dataset else name
    check_numbers(spelled, table.vectors.dtype, dtype_name(table.vectors.dtype))
    if 0 in table.vectors.shape:
        raise InputError(f"{name} is empty: its shape is {table.vectors.shape}")
    check_count(name, "ids", table.ids, table.vectors.shape[0])
    check_count(name, "labels", table.labels, table.vectors.shape[0])
    return table


def _first(table: Table, limit: int | None) -> Table:
    if limit is None or limit >= table.vectors.shape[0]:
        return table
    return replace(
        table,
        vectors=Head(table.vectors, limit),
        ids=table.ids and table.ids[:limit],
        labels=table.labels and table.labels[:limit],
    )


def find_format(path: Path, asked: Asked = NOTHING_ASKED) -> tuple[str, Format]:
    """The format of an existing file, and its name. Raises InputError where there is none."""
    head = _head(path)
    if not head and path.is_file():
        raise InputError(f"{path} is empty")
    if head.startswith(b"version https://git-lfs"):
        raise InputError(
            f"{path} is a Git LFS pointer, not the data it points to", "run `git lfs pull`"
        )
    found = _recognised(head, path)
    if found is None and (asked.dtype is not None or asked.shape is not None):
        found = "raw"
    if found is not None:
        return found, FORMATS[found]
    if head[:1] == b"\x80" and head[1:2] in PICKLED:
        raise InputError(
            f"{path} is a pickle, which may run code when it is loaded, so it never is",
            "save the vectors with numpy.save or torch.save",
        )
    if path.suffix.lower() == ".json":
        raise InputError(
            f"{path} is one JSON document; JSON lines are read, one object per item",
            f"write `jq -c '.[]' {path.name} > {path.stem}.jsonl`, if it is a list of objects",
        )
    for name, form in FORMATS.items():
        if plain_name(path).suffix.lower() in form.suffixes:
            raise InputError(f"{path} is named like {name} but does not hold it")
    raise InputError(f"{path} has no known format", "`latcomp formats` lists what can be read")


def _head(path: Path) -> bytes:
    if not path.exists():
        raise InputError(f"{path} does not exist")
    if not path.is_file() and not path.is_dir():
        raise InputError(f"{path} is not a file", "a pipe can be read once only: save it first")
    return head_of(path) if path.is_file() else b""


def _recognised(head: bytes, path: Path) -> str | None:
    return next((name for name, form in FORMATS.items() if form.recognises(head, path)), None)
