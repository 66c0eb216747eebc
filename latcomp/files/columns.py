"""Tables with named columns: which of them hold vectors, ids and labels."""

from __future__ import annotations

import re
from collections.abc import Sequence

from latcomp.files.tables import ID_NAMES, LABEL_NAMES


def runs(names: Sequence[str]) -> dict[str, list[str]]:
    """Groups of columns that hold one dimension each: a common start, then running numbers.

    >>> runs(["id", "dim_0", "dim_1", "dim_2"])
    {'dim': ['dim_0', 'dim_1', 'dim_2']}
    >>> runs(["0", "1", "age"])
    {'columns': ['0', '1']}
    """
    groups: dict[str, list[tuple[int, str]]] = {}
    for name in names:
        if match := re.fullmatch(r"(.*?)(\d{1,9})", name):
            groups.setdefault(match[1], []).append((int(match[2]), name))
    return {
        start.rstrip("_-. [") or "columns": [name for _, name in sorted(group)]
        for start, group in groups.items()
        if _running(sorted(number for number, _ in group))
    }


def _running(numbers: list[int]) -> bool:
    return len(numbers) > 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def id_column(names: Sequence[str]) -> str | None:
    """The column of ids: the first of the usual names, or the only one that ends like an id.

    The index that pandas writes counts as one: it has no name, or `Unnamed: 0`.

    >>> id_column(["Title", "semantic_id", "vector"])
    'semantic_id'
    """
    usual = _first(names, ID_NAMES)
    alike = [
        name
        for name in names
        if re.search(r"(_id|_ids|uuid|_index_level_0__|^unnamed: 0|^)$", name.lower())
    ]
    return alike[0] if usual is None and len(alike) == 1 else usual


def label_column(names: Sequence[str]) -> str | None:
    """The column of labels."""
    return _first(names, LABEL_NAMES)


def _first(names: Sequence[str], wanted: Sequence[str]) -> str | None:
    lower = {name.lower(): name for name in reversed(names)}
    return next((lower[name] for name in wanted if name in lower), None)
