"""Match many: bring the rows of a whole family of spaces into one order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import torch

from latcomp.errors import InputError
from latcomp.loading.load import Loaded, Source, ids_of_each, load
from latcomp.loading.matching import (
    Matched,
    Rows,
    as_rows,
    check_by,
    check_lengths,
    items_digest,
    listed_ids,
    places_of,
)
from latcomp.scan import Watch, unwatched
from latcomp.spaces.stored import Stored


@dataclass(frozen=True)
class Family:
    """Spaces whose rows are the same items in the same order, and where each stood in its file."""

    loaded: tuple[Loaded, ...]
    spaces: tuple[Stored, ...]
    rows: tuple[Rows, ...]
    by: str

    @property
    def n(self) -> int:
        """How many items all spaces have."""
        return len(self.rows[0])

    @property
    def ids(self) -> list[str] | None:
        """The items' ids, where they have any."""
        return self.spaces[0].ids

    @property
    def digest(self) -> str:
        """SHA-256 of which items these are, in order."""
        return items_digest(self.loaded[0], self.rows[0])

    def dropped(self, place: int) -> int:
        """How many rows of a space are not among the items."""
        return self.loaded[place].space.shape[0] - self.n

    @property
    def all_dropped(self) -> list[int]:
        """How many rows of every space are not among the items."""
        return [self.dropped(place) for place in range(len(self.spaces))]

    def of(self, items: Rows) -> Family:
        """The same spaces with some of the items only, in that order."""
        spaces = tuple(space.arranged(items) for space in self.spaces)
        return Family(self.loaded, spaces, tuple(rows[items] for rows in self.rows), self.by)

    def pair(self, a: int, b: int) -> Matched:
        """Two of the spaces, as if these had been matched by themselves."""
        one, other = self.loaded[a], self.loaded[b]
        facts = {
            "by": self.by,
            "items": self.n,
            "digest": self.digest,
            "dropped": {"a": self.dropped(a), "b": self.dropped(b)},
        }
        return Matched(
            self.spaces[a],
            self.spaces[b],
            self.rows[a],
            self.rows[b],
            one.seen.digest,
            other.seen.digest,
            facts,
            one.space,
            other.space,
        )


def load_all(
    sources: Sequence[tuple[str, Source]],
    *,
    device: torch.device,
    ids: Any = None,
    by: str = "auto",
    skip_invalid: bool = False,
    watch: Watch = unwatched,
) -> Family:
    """Every space under its name, and the items that all have, in the order of the first.

    ``ids`` are those of the rows of all, or a tuple of one list for each; ``by`` is what `match`
    takes. Raises InputError where a source cannot be used or items do not match, UsageError where
    an option is wrong.
    """
    loaded: list[Loaded] = []
    for (name, source), listed in zip(sources, ids_of_each(ids, len(sources)), strict=True):
        loaded.append(load(source, name, listed, device, skip_invalid))
        watch("load", len(loaded), len(sources))
    return match_all(loaded, by)


def match_all(loaded: Sequence[Loaded], by: str = "auto") -> Family:
    """Match the items that every space has, in the order of the first, as `match` does for two.

    Raises InputError where there are none, or rows do not match by position.
    """
    check_by(by)
    have = [one.space.ids is not None for one in loaded]
    if by == "id" and not all(have):
        raise InputError(f"{loaded[have.index(False)].space.name} has no ids to match by")
    by_id = all(have) and by != "position"
    rows = _by_id(loaded) if by_id else _by_position(loaded)
    spaces = [one.space.arranged(index) for one, index in zip(loaded, rows, strict=True)]
    return Family(tuple(loaded), tuple(spaces), tuple(rows), "id" if by_id else "position")


def _by_id(loaded: Sequence[Loaded]) -> list[Rows]:
    places = [places_of(one) for one in loaded]
    common = list(places[0])
    for one, place in zip(loaded[1:], places[1:], strict=True):
        left = [name for name in common if name in place]
        if not left:
            before = loaded[0].space.name if one is loaded[1] else "the spaces before it"
            raise InputError(
                f"{one.space.name} has no ids in common with {before}: "
                f"{listed_ids(list(place))} against {listed_ids(common)}"
            )
        common = left
    return [as_rows([place[name] for name in common]) for place in places]


def _by_position(loaded: Sequence[Loaded]) -> list[Rows]:
    for one in loaded[1:]:
        check_lengths(loaded[0], one)
    usable = reduce(np.intersect1d, [one.rows for one in loaded])
    if not len(usable):
        raise InputError("no row can be used in all of the spaces")
    return [usable] * len(loaded)
