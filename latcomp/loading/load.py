"""Load: from a path, an array or a tensor to a space whose rows have all been looked at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from latcomp.errors import InputError, UsageError
from latcomp.files.tables import Table
from latcomp.loading.idlists import beside, read_ids
from latcomp.loading.opening import File, open_table
from latcomp.loading.survey import Survey, refuse_bad_rows, refuse_nothing_to_compare, survey
from latcomp.spaces.space import is_bfloat16
from latcomp.spaces.stored import Stored

Source = Any
"""A path (`file.h5::dataset`), a File that says more, a numpy array, or a tensor: n x d."""


@dataclass(frozen=True)
class Loaded:
    """A space, what a walk over it saw, and which of its rows may be used."""

    space: Stored
    seen: Survey
    rows: np.ndarray[Any, np.dtype[np.int64]]
    facts: dict[str, Any]
    notes: tuple[str, ...]

    @property
    def invalid(self) -> int:
        """How many rows hold NaN, Inf or only zeros."""
        return len(self.seen.invalid) + len(self.seen.zero)


def load(
    source: Source,
    name: str,
    ids: Sequence[str] | Path | str | None = None,
    device: torch.device | None = None,
    skip_invalid: bool = False,
) -> Loaded:
    """Open a source and look at every row once.

    ``ids`` overrides the ids found in the file. Raises InputError where the source cannot be used
    or, unless ``skip_invalid``, has rows that cannot.
    """
    space, table = open_space(source, name, ids, device)
    seen = survey(space)
    rows = seen.usable(space.shape[0])
    refuse_nothing_to_compare(space.name, seen, space.shape[0])
    if not skip_invalid:
        refuse_bad_rows(space.name, seen)
    return Loaded(space, seen, rows, _facts(table, space, seen), table.notes)


def ids_of_each(ids: Any, count: int) -> tuple[Any, ...]:
    """The ids of each of ``count`` spaces: the same for all, or a tuple of one list for each.

    Raises UsageError for a tuple of another length.
    """
    given = ids if isinstance(ids, tuple) else (ids,) * count
    if len(given) != count:
        raise UsageError(f"{len(given)} lists of ids were given for {count} spaces")
    return given


def open_space(
    source: Source,
    name: str,
    ids: Sequence[str] | Path | str | None = None,
    device: torch.device | None = None,
) -> tuple[Stored, Table]:
    """Open a source without looking at its rows; an array is called ``name``."""
    if isinstance(source, (str, Path)):
        source = File(str(source))
    if isinstance(source, File):
        table = _named(source, ids)
        return Stored(source.name, table.vectors, table.ids, table.labels, device).held(), table
    table = _array(source, name)
    given = None if ids is None else _ids(ids)
    _check_given(given, "ids", table)
    return Stored(name, table.vectors, given, None, device).held(), table


def _named(file: File, ids: Sequence[str] | Path | str | None) -> Table:
    """The table of a file, with the ids and labels that were given, or that lie beside it."""
    table = open_table(file.name, file.asked)
    lists: dict[str, list[str] | None] = {"ids": table.ids, "labels": table.labels}
    notes = list(table.notes)
    for what, given in (("ids", file.ids if ids is None else ids), ("labels", file.labels)):
        if given is not None:
            lists[what] = _ids(given)
            _check_given(lists[what], what, table)
        elif lists[what] is None and (near := beside(Path(table.path), what)):
            lists[what] = read_ids(near)[: file.asked.limit]
            _check_given(lists[what], what, table, near)
            notes.append(f"{what} of {table.path} were read from {near}")
    return replace(table, ids=lists["ids"], labels=lists["labels"], notes=tuple(notes))


def _check_given(
    given: Sequence[str] | None, what: str, table: Table, near: Path | None = None
) -> None:
    rows = table.vectors.shape[0]
    if given is not None and len(given) != rows:
        where = f" in {near}" if near else ""
        raise InputError(
            f"{len(given)} {what} were given{where} for the {rows} rows of {table.path}",
            f"name the right file with --{what}, or move {near} away" if near else None,
        )


def _array(source: Source, name: str) -> Table:
    if isinstance(source, torch.Tensor):
        source = _numpy(source.detach().cpu())
    vectors = np.asarray(source)
    if vectors.ndim != 2:
        raise InputError(f"{name} has {vectors.ndim} dimensions {vectors.shape}; 2 are needed")
    if 0 in vectors.shape:
        raise InputError(f"{name} is empty: its shape is {vectors.shape}")
    if vectors.dtype.kind not in "fiu" and not is_bfloat16(vectors.dtype):
        raise InputError(f"{name} holds {vectors.dtype}; numbers were expected")
    return Table(name, None, vectors)


def _numpy(tensor: torch.Tensor) -> np.ndarray[Any, Any]:
    if tensor.dtype == torch.bfloat16:
        return tensor.contiguous().view(torch.int16).numpy().view("V2")
    return tensor.numpy()


def _ids(ids: Sequence[str] | Path | str) -> list[str]:
    return read_ids(ids) if isinstance(ids, (str, Path)) else [str(i) for i in ids]


def _facts(table: Table, space: Stored, seen: Survey) -> dict[str, Any]:
    return {
        "path": table.path,
        "dataset": table.dataset,
        "shape": list(space.shape),
        "dtype": space.stored_dtype,
        "digest": seen.digest,
        "invalid_rows": len(seen.invalid),
        "zero_rows": len(seen.zero),
    }
