"""Gather: bring the rows of several spaces into one order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import Tensor

from latcomp.errors import InputError
from latcomp.loading.load import Loaded
from latcomp.loading.matching import Matched, Rows, match
from latcomp.spaces import Stored


@dataclass(frozen=True)
class Gathered:
    """Spaces whose rows are the same items in the same order, and where each row stood.

    ``facts`` say how they were matched, and how many rows of each space were dropped.
    """

    spaces: tuple[Stored, ...]
    rows: tuple[Rows, ...]
    loaded: tuple[Loaded, ...]
    facts: dict[str, Any]

    @property
    def n(self) -> int:
        """How many items all spaces have."""
        return len(self.rows[0])

    @property
    def ids(self) -> list[str] | None:
        """The items' ids, where they have any."""
        return self.spaces[0].ids

    def pair(self, rows: Tensor | None = None) -> Matched:
        """The first two spaces, or some rows of them only, as `pick` takes them."""
        index = np.arange(self.n) if rows is None else rows.numpy()
        a, b = (space.arranged(index) for space in self.spaces[:2])
        rows_a, rows_b = (place[index] for place in self.rows[:2])
        seen = [one.seen.digest for one in self.loaded]
        whole_a, whole_b = (one.space for one in self.loaded[:2])
        return Matched(a, b, rows_a, rows_b, seen[0], seen[1], self.facts, whole_a, whole_b)


def gather(loaded: Sequence[Loaded], by: str = "auto") -> Gathered:
    """Match every space to the first, as `match` does, and keep the items that all have.

    Raises InputError where two spaces do not match, or no item is in all of them.
    """
    first = loaded[0]
    found = [match(first, other, by) for other in loaded[1:]]
    ways = {one.facts["by"] for one in found}
    if len(ways) > 1:
        raise InputError(
            "some files have ids and some have none, so that they match in different ways",
            "--match position ignores ids, if all files are in the same order",
        )
    shared = set.intersection(*(set(one.rows_a.tolist()) for one in found))
    common = [row for row in found[0].rows_a.tolist() if row in shared]
    if not common:
        raise InputError(f"no item is in all {len(loaded)} files")
    rows = [np.array(common, dtype=np.int64)]
    for one in found:
        place = dict(zip(one.rows_a.tolist(), one.rows_b.tolist(), strict=True))
        rows.append(np.array([place[row] for row in common], dtype=np.int64))
    dropped = [one.space.shape[0] - len(common) for one in loaded]
    return Gathered(
        tuple(one.space.arranged(row) for one, row in zip(loaded, rows, strict=True)),
        tuple(rows),
        tuple(loaded),
        {"by": ways.pop(), "items": len(common), "dropped": dropped},
    )
