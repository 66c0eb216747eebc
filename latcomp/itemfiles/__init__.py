"""Per-item scores as files: one file per format, chosen by the ending of the name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from latcomp.errors import UsageError
from latcomp.files.atomic import whole
from latcomp.registry import Registry


@dataclass(frozen=True)
class ItemTable:
    """One line per scored item: texts, numbers (None where not scored), and lists of ids."""

    texts: dict[str, list[str]]
    numbers: dict[str, list[float | None]]
    lists: dict[str, list[list[str]]]


ENDINGS: Registry[Callable[[ItemTable, Path], None]] = Registry("ending", "latcomp.itemfiles")


def writer(path: Path) -> Callable[[ItemTable, Path], None]:
    """What writes a file of this name. Raises UsageError for another ending."""
    known = list(ENDINGS)
    if path.suffix.lower() not in known:
        raise UsageError(
            f"per-item scores are written as {', '.join(known)}, found {path.suffix or 'no ending'}"
        )
    return ENDINGS[path.suffix.lower()]


def write_items(table: ItemTable, path: Path) -> None:
    """Write the table, whole or not at all."""
    write = writer(path)
    with whole(path) as temporary:
        write(table, temporary)
