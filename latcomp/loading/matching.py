"""Match: bring the rows of two spaces into one order, by id where both have ids."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from latcomp.errors import InputError, UsageError
from latcomp.loading.load import Loaded
from latcomp.loading.mapping import IdPair
from latcomp.spaces.stored import Stored

NAMED_IDS = 5
"""How many ids a message names."""

Rows = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Matched:
    """Two spaces in one order, and where each row stood in its file."""

    a: Stored
    b: Stored
    rows_a: Rows
    rows_b: Rows
    digest_a: str
    digest_b: str
    facts: dict[str, Any]
    whole_a: Stored
    whole_b: Stored

    @property
    def other(self) -> Stored | None:
        """Space b, unless it is space a itself."""
        return None if self.whole_a is self.whole_b else self.b

    @property
    def n(self) -> int:
        """How many items both spaces have."""
        return len(self.rows_a)

    @property
    def ids(self) -> list[str] | None:
        """The items' ids, where they have any."""
        return self.a.ids


def match(
    a: Loaded, b: Loaded, by: str = "auto", mapping: Sequence[IdPair] | None = None
) -> Matched:
    """Match items by "id", in the order of a, or by "position"; "auto" prefers ids in both.

    A ``mapping`` says which id of a is which id of b, where they differ.

    Raises InputError for ids that are missing, duplicate or not in common, and for row counts
    that differ where rows match by position; UsageError for another ``by``.
    """
    check_by(by)
    have = [one.space.ids is not None for one in (a, b)]
    if mapping is not None and by == "position":
        raise UsageError("a mapping matches by id, and --match position was asked for")
    if (by == "id" or mapping is not None) and not all(have):
        raise InputError(f"{(b if have[0] else a).space.name} has no ids to match by")
    by_id = all(have) and by != "position"
    if mapping is not None:
        rows_a, rows_b = _by_mapping(a, b, mapping)
    else:
        rows_a, rows_b = _by_id(a, b) if by_id else _by_position(a, b)
    facts = {
        "by": "mapping" if mapping is not None else "id" if by_id else "position",
        "items": len(rows_a),
        "digest": items_digest(a, rows_a),
        "dropped": {"a": a.space.shape[0] - len(rows_a), "b": b.space.shape[0] - len(rows_b)},
    }
    return Matched(
        a.space.arranged(rows_a),
        b.space.arranged(rows_b),
        rows_a,
        rows_b,
        a.seen.digest,
        b.seen.digest,
        facts,
        a.space,
        b.space,
    )


def items_digest(a: Loaded, rows: Rows) -> str:
    """SHA-256 of which items matched, in order: their ids in a, or else the file and its rows."""
    ids = a.space.ids
    named = [a.seen.digest, *map(str, rows.tolist())] if ids is None else [ids[row] for row in rows]
    return "sha256:" + hashlib.sha256("\0".join(named).encode()).hexdigest()


def check_by(by: str) -> None:
    """Raise UsageError for an unknown way to match."""
    if by not in ("auto", "id", "position"):
        raise UsageError(f"rows match by auto, id or position, found {by!r}")


def _by_id(a: Loaded, b: Loaded) -> tuple[Rows, Rows]:
    place_a, place_b = places_of(a), places_of(b)
    common = [name for name in place_a if name in place_b]
    if not common:
        raise InputError(
            f"{a.space.name} and {b.space.name} have no ids in common: "
            f"{listed_ids(list(place_a))} against {listed_ids(list(place_b))}"
        )
    return as_rows([place_a[name] for name in common]), as_rows([place_b[name] for name in common])


def _by_mapping(a: Loaded, b: Loaded, mapping: Sequence[IdPair]) -> tuple[Rows, Rows]:
    place_a, place_b = places_of(a), places_of(b)
    known = [(one, other) for one, other in mapping if one in place_a and other in place_b]
    if not known:
        raise InputError(
            f"none of the {len(mapping)} pairs of the mapping is in both files, "
            f"{mapping[0][0]!r} and {mapping[0][1]!r} first",
            f"the first column names items of {a.space.name}, the second of {b.space.name}",
        )
    return as_rows([place_a[one] for one, _ in known]), as_rows(
        [place_b[other] for _, other in known]
    )


def places_of(loaded: Loaded) -> dict[str, int]:
    """The row of every id whose row can be used. Raises InputError for duplicate ids."""
    ids = loaded.space.ids or []
    if len(set(ids)) < len(ids):
        twice = [name for name, times in Counter(ids).items() if times > 1]
        raise InputError(
            f"{loaded.space.name} has duplicate ids: {listed_ids(twice)}",
            "--match position ignores ids, if both files are in the same order",
        )
    return {ids[row]: row for row in loaded.rows.tolist()}


def _by_position(a: Loaded, b: Loaded) -> tuple[Rows, Rows]:
    check_lengths(a, b)
    both = np.intersect1d(a.rows, b.rows, assume_unique=True)
    return both, both


def check_lengths(a: Loaded, b: Loaded) -> None:
    """Raise InputError where rows cannot match by position."""
    if a.space.shape[0] != b.space.shape[0]:
        raise InputError(
            f"{a.space.name} has {a.space.shape[0]} rows and {b.space.name} has "
            f"{b.space.shape[0]}, so they do not match by position",
            "store ids beside the embeddings of both, or give them with --ids",
        )


def as_rows(places: list[int]) -> Rows:
    """Row numbers as an array."""
    return np.array(places, dtype=np.int64)


def listed_ids(names: list[str]) -> str:
    """The first few of some ids, in words."""
    more = f" and {len(names) - NAMED_IDS} more" if len(names) > NAMED_IDS else ""
    return ", ".join(map(repr, names[:NAMED_IDS])) + more
