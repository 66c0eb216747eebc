"""Embeddings spread over several files: a pattern, or a folder of shards."""

from __future__ import annotations

import glob
import json
import re
from collections.abc import Sequence
from pathlib import Path

from latcomp.errors import InputError
from latcomp.files.arrays import Stacked
from latcomp.files.tables import Table

BESIDE = re.compile(r"^[._]|^(ids|labels|file_?names)\.|\.(ids|labels)\.|readme|\.(json|lock|md)$")
"""Files that lie in a folder of shards and are none."""


def is_pattern(path: Path) -> bool:
    """Whether a path that does not exist is a pattern, as in `emb_*.npy`."""
    return not path.exists() and glob.has_magic(str(path))


def matching(pattern: Path) -> list[Path]:
    """The files a pattern names, in natural order: emb_2 before emb_10.

    Raises InputError where there are none.
    """
    root = Path(pattern.anchor or ".")
    found = [path for path in root.glob(str(pattern.relative_to(pattern.anchor))) if path.is_file()]
    if not found:
        raise InputError(f"no file matches {pattern}")
    return sorted(found, key=_natural)


def inside(folder: Path) -> list[Path]:
    """The shards in a folder, in natural order; all have one ending.

    Raises InputError where there are none, or files of several kinds.
    """
    listed = _listed_by_datasets(folder)
    if listed is not None:
        return listed
    files = [p for p in folder.iterdir() if p.is_file() and not BESIDE.search(p.name.lower())]
    kinds = sorted({path.suffix for path in files})
    if len(kinds) > 1:
        raise InputError(
            f"{folder} is a folder with files of several kinds: {', '.join(kinds)}",
            f"name those that hold the embeddings, as in `{folder}/*{kinds[0]}`",
        )
    if not files:
        folders = sorted(p.name for p in folder.iterdir() if p.is_dir() and p.name[0] not in "._")
        hint = f"name a folder in it, as in `{folder}::{folders[0]}`" if folders else None
        raise InputError(f"{folder} is a folder without files to read", hint)
    return sorted(files, key=_natural)


def subfolder(folder: Path, dataset: str | None) -> tuple[Path, str | None]:
    """Take a leading folder name off ``dataset``: `data::train/emb` is `data/train::emb`."""
    first, _, rest = (dataset or "").partition("/")
    if folder.is_dir() and first and first != ".." and (folder / first).is_dir():
        return folder / first, rest or None
    return folder, dataset


def join(name: str, tables: Sequence[Table]) -> Table:
    """Shards as one table. Raises InputError, naming the shard, where one does not fit."""
    first = tables[0]
    for table in tables[1:]:
        expected = (first.vectors.shape[1], first.vectors.dtype)
        found = (table.vectors.shape[1], table.vectors.dtype)
        if found != expected:
            raise InputError(
                f"{table.path} has rows of {found[0]} {found[1]}, and {first.path} of "
                f"{expected[0]} {expected[1]}; they are not parts of one whole"
            )
    return Table(
        name,
        first.dataset,
        Stacked([table.vectors for table in tables]),
        _joined([table.ids for table in tables]),
        _joined([table.labels for table in tables]),
        tuple(dict.fromkeys(note for table in tables for note in table.notes)),
    )


def _joined(lists: Sequence[list[str] | None]) -> list[str] | None:
    known = [one for one in lists if one is not None]
    return [name for one in known for name in one] if len(known) == len(lists) else None


def _listed_by_datasets(folder: Path) -> list[Path] | None:
    """The files that Hugging Face datasets lists in state.json, where that is there."""
    state = folder / "state.json"
    if not state.is_file():
        return None
    try:
        names = [str(Path(entry["filename"]).name) for entry in _read(state)["_data_files"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{state} cannot be read as the state of a dataset") from error
    return [folder / name for name in names] or None


def _read(path: Path) -> dict[str, list[dict[str, str]]]:
    found = json.loads(path.read_text(encoding="utf-8"))
    return found if isinstance(found, dict) else {}


def _natural(path: Path) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (-1, part)
            for part in re.split(r"(\d+)", str(path))]  # fmt: skip
