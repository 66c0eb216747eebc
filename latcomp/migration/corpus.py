"""The items and queries of a migration: what is indexed, what maps are fitted on, what is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from latcomp.draws import permutation
from latcomp.errors import InputError, UsageError
from latcomp.loading.load import Loaded, Source, load
from latcomp.loading.matching import Matched
from latcomp.loading.matching import match as match_rows
from latcomp.spaces.stored import Stored

MOST_FITTED = 10_000
"""Items that maps are fitted on at most, unless asked for more."""


@dataclass(frozen=True)
class Asked:
    """Queries by the new model, (q, e), and by the old one where they are known, (q, d)."""

    new: Tensor
    old: Tensor | None
    ids: list[str] | None
    facts: dict[str, Any]
    held_out: Tensor
    """Rows of the matched items that serve as queries, if they do."""


@dataclass(frozen=True)
class Corpus:
    """The index in both spaces, without the items that maps are fitted on: pairs (m, d), (m, e)."""

    old: Stored
    new: Stored
    fit_old: Tensor
    fit_new: Tensor


def asked_files(
    matched: Matched,
    files: tuple[Source, Source | None],
    most: int,
    seed: int,
    by: str,
    skip_invalid: bool,
) -> Asked:
    """Queries from files, matched ``by`` where there are two.

    Raises InputError where their dimensions are not those of the models.
    """
    new, old = files
    where = matched.a.device
    loaded = load(new, "queries", None, where, skip_invalid)
    _check_width(loaded, matched.b, "new")
    facts = {"queries_new": loaded.facts}
    rows = torch.as_tensor(loaded.rows)
    if old is None:
        drawn = rows[_drawn(len(rows), most, seed)]
        return Asked(loaded.space.take(drawn).double(), None, _picked(loaded, drawn), facts, _NONE)
    other = load(old, "old queries", None, where, skip_invalid)
    _check_width(other, matched.a, "old")
    both = match_rows(other, loaded, by)
    drawn = _drawn(both.n, most, seed)
    ids = None if both.ids is None else [both.ids[row] for row in drawn.tolist()]
    facts["queries_old"] = other.facts
    return Asked(both.b.take(drawn).double(), both.a.take(drawn).double(), ids, facts, _NONE)


def asked_items(matched: Matched, most: int, seed: int) -> Asked:
    """Items of the corpus that serve as queries, and leave the index: at most a fifth of them."""
    held = _drawn(matched.n, min(most, max(1, matched.n // 5)), seed)
    ids = None if matched.ids is None else [matched.ids[row] for row in held.tolist()]
    old, new = matched.a.take(held).double(), matched.b.take(held).double()
    return Asked(new, old, ids, {}, held)


def split(
    matched: Matched, asked: Asked, fit_on: int | None, wanted: Sequence[int], seed: int
) -> Corpus:
    """The other items, in two: those that maps are fitted on, and the index that is searched.

    ``fit_on`` is how many maps are fitted on: half of them, at most 10,000, unless it is given.
    Items in the rows ``wanted`` are kept for the index while there are others.
    """
    order = permutation(matched.n, seed, "migrated")
    order = order[~torch.isin(order, asked.held_out)]
    late = torch.isin(order, torch.tensor(list(wanted), dtype=torch.int64))
    order = torch.cat([order[~late], order[late]])
    count = min(MOST_FITTED, len(order) // 2) if fit_on is None else fit_on
    if not 2 <= count < len(order):
        raise UsageError(
            f"maps cannot be fitted on {count} of {len(order)} items and leave an index",
            f"use --fit-on with 2 to {len(order) - 1}",
        )
    fitted, index = order[:count], order[count:].sort().values.cpu().numpy()
    return Corpus(
        matched.a.arranged(index),
        matched.b.arranged(index),
        matched.a.take(fitted).double(),
        matched.b.take(fitted).double(),
    )


_NONE = torch.empty(0, dtype=torch.int64)


def _drawn(n: int, most: int, seed: int) -> Tensor:
    if most < 1:
        raise UsageError(f"queries must be a positive number, found {most}")
    return permutation(n, seed, "queries")[:most].sort().values


def _picked(loaded: Loaded, rows: Tensor) -> list[str] | None:
    ids = loaded.space.ids
    return None if ids is None else [ids[row] for row in rows.tolist()]


def _check_width(queries: Loaded, space: Stored, which: str) -> None:
    found, wanted = queries.space.shape[1], space.shape[1]
    if found != wanted:
        raise InputError(
            f"{queries.space.name} has {found} dimensions and {space.name} has {wanted}",
            f"the {which} queries must come from the {which} model",
        )
