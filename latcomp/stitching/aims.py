"""What the heads learn, in the order of the items: labels, or targets that are numbers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from latcomp.errors import InputError, UsageError
from latcomp.heads import Aim
from latcomp.loading.expanding import natural
from latcomp.loading.families import Family
from latcomp.loading.idlists import read_ids
from latcomp.loading.load import Source, open_space
from latcomp.spaces.stored import Stored

Labels = Sequence[Any] | str | Path | None


def read_aim(family: Family, labels: Labels, targets: Source | None) -> Aim:
    """Labels as given or as the files hold them, or targets where they are asked for.

    Raises InputError where there are none, or they do not fit; UsageError where both are given.
    """
    if targets is None:
        return _classes(_labels(family, labels))
    if labels is not None:
        raise UsageError("a head learns labels or targets, and both were given")
    return Aim(_values(family, targets), None)


def _labels(family: Family, labels: Labels) -> list[str]:
    if labels is not None:
        read = read_ids(labels) if isinstance(labels, (str, Path)) else [str(x) for x in labels]
        rows = family.loaded[0].space.shape[0]
        if len(read) != rows:
            raise InputError(
                f"{len(read)} labels were given for the {rows} rows of {family.spaces[0].name}"
            )
        return [read[row] for row in family.rows[0].tolist()]
    held = [(space.name, space.labels) for space in family.spaces if space.labels is not None]
    if not held:
        raise InputError(
            "the files hold no labels for a head to learn",
            "give them with --labels, or numbers to predict with --targets",
        )
    for name, other in held[1:]:
        _refuse_other_labels(family, *held[0], name, other)
    return held[0][1]


def _refuse_other_labels(
    family: Family, first: str, labels: list[str], name: str, other: list[str]
) -> None:
    differ = [row for row, pair in enumerate(zip(labels, other, strict=True)) if pair[0] != pair[1]]
    if differ:
        row = differ[0]
        item = repr(family.ids[row]) if family.ids else f"row {row}"
        raise InputError(
            f"{first} and {name} have different labels for {len(differ)} of {family.n} items, "
            f"{item} first: {labels[row]!r} and {other[row]!r}",
            "say which are right with --labels",
        )


def _classes(labels: list[str]) -> Aim:
    names = sorted(set(labels), key=natural)
    if len(names) < 2:
        raise InputError(f"all {len(labels)} items have the label {names[0]!r}: nothing to learn")
    place = {name: number for number, name in enumerate(names)}
    return Aim(torch.tensor([place[label] for label in labels]), tuple(names))


def _values(family: Family, targets: Source) -> torch.Tensor:
    if isinstance(targets, (np.ndarray, torch.Tensor)) and targets.ndim == 1:
        targets = targets[:, None]
    space, _ = open_space(targets, "targets")
    values = space.take(torch.from_numpy(_rows(family, space))).double()
    if not bool(values.isfinite().all()):
        raise InputError(f"{space.name}: the targets hold NaN or Inf")
    if bool((values == values[0]).all()):
        raise InputError(f"{space.name}: the targets of all items are equal: nothing to learn")
    return values


def _rows(family: Family, space: Stored) -> np.ndarray[Any, Any]:
    """Where the targets of the items stand: by id where all have ids, else by position."""
    if space.ids is not None and family.by == "id" and family.ids is not None:
        place = {name: row for row, name in enumerate(space.ids)}
        lost = [name for name in family.ids if name not in place]
        if lost:
            raise InputError(
                f"{space.name} has no targets for {len(lost)} of {family.n} items, "
                f"{lost[0]!r} first"
            )
        return np.array([place[name] for name in family.ids])
    rows = family.loaded[0].space.shape[0]
    if space.shape[0] != rows:
        raise InputError(
            f"{space.name} has {space.shape[0]} rows of targets for the {rows} rows of "
            f"{family.spaces[0].name}, and no ids to match them by"
        )
    return family.rows[0]
