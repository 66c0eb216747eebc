"""Two spaces whose rows are the same items in the same order, and what is searched for in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor

from latcomp.errors import InputError
from latcomp.spaces.relative import Factored, Fitted, Relative
from latcomp.spaces.space import Space, labels_of
from latcomp.spaces.stored import Stored
from latcomp.spaces.unit import SplitUnit


@dataclass(frozen=True, eq=False)
class Queries:
    """The rows that are searched for, where they are not all rows: row numbers, and both sides.

    Queries from ``outside`` are none of the pair's items; their row numbers are `OUTSIDE`.
    """

    rows: Tensor
    a: Space
    b: Space
    outside: bool = False


OUTSIDE = -1
"""The row number of a query that is no item of the pair."""


class Search(Protocol):
    """Scores that order the columns of a query nearly as their cosines do."""

    name: str
    coarse: bool
    """Whether the order of the scores is too rough to be taken for the order of the cosines."""
    spare: int
    """Candidates to keep beyond the neighbours that are wanted."""

    def scores(self, kind: str, queries: slice, database: slice) -> Tensor:
        """Queries of space kind[0] against rows of space kind[1]: (r, c)."""

    def asking(self, kind: str, queries: Tensor) -> Callable[[slice], Tensor]:
        """The scores of a few queries, by number, against any rows of the database: (q, c)."""

    def bound(self, kind: str, floor: Tensor) -> Tensor:
        """The highest exact cosine, float64, of anything that scored no more than ``floor``."""

    def least(self, kind: str, score: Tensor) -> Tensor:
        """The lowest exact cosine, float64, of anything that scored ``score``."""


class Choice(Protocol):
    """Which search is taken for which kind."""

    def of(self, kind: str) -> Search:
        """The search for "aa", "bb", "ab" or "ba"."""

    @property
    def name(self) -> str:
        """The searches that were taken, as a report says it."""


class Pair:
    """Two spaces whose rows are the same items in the same order.

    Without ``queries`` every row is searched for, against all rows of the other side. With a
    ``link``, (d, d'), the product of a row x of a and a row y of b is x @ link @ y, not x @ y.
    ``searched`` names the last search for neighbours.
    """

    def __init__(
        self, a: Space, b: Space, queries: Queries | None = None, link: Tensor | None = None
    ) -> None:
        if a.shape[0] != b.shape[0]:
            raise InputError(f"{a.name} has {a.shape[0]} rows, {b.name} has {b.shape[0]}")
        self.a = a
        self.b = b
        self.queries = queries
        self.search: Choice | None = None
        self.searched = ""
        self._link = link
        self._narrow: Pair | None = None
        self._unit: dict[tuple[str, bool, bool], SplitUnit] = {}

    @property
    def n(self) -> int:
        """How many items the pair has."""
        return self.a.shape[0]

    @property
    def device(self) -> torch.device:
        """Where its rows are computed."""
        return self.a.device

    @property
    def query_rows(self) -> Tensor:
        """Row numbers of the queries."""
        return torch.arange(self.n) if self.queries is None else self.queries.rows

    @property
    def labels(self) -> list[str] | None:
        """The label of every item: those of a, or of b where a has none."""
        known = labels_of(self.a)
        return known if known is not None else labels_of(self.b)

    @property
    def outside(self) -> bool:
        """Whether the queries are none of its items."""
        return self.queries is not None and self.queries.outside

    @property
    def comparable(self) -> bool:
        """Whether rows of a can be held against rows of b coordinate by coordinate."""
        return self.a.shape[1] == self.b.shape[1]

    def side(self, side: str, queries: bool = False) -> Space:
        """The space of side "a" or "b", or only its queries."""
        holder = self.queries if queries and self.queries is not None else self
        return holder.a if side == "a" else holder.b

    def unit(self, side: str, queries: bool = False, across: bool = False) -> SplitUnit:
        """Side "a" or "b" at length 1, or only its queries; prepared once, until `forget`.

        The coordinates are the narrowest in which cosines inside one space or, with ``across``,
        between the two are products of unit rows.
        """
        if self._narrow is not None:
            return self._narrow.unit(side, queries, across)
        key = (side, queries and self.queries is not None, across and self._link is not None)
        if key not in self._unit:
            turn = self._turn(side) if key[2] else None
            self._unit[key] = SplitUnit(self.side(*key[:2]), turn)
        return self._unit[key]

    def queries_of(self, kind: str) -> SplitUnit:
        """The unit rows of the queries of ``kind``, "aa", "bb", "ab" or "ba"."""
        return self.unit(kind[0], queries=True, across=kind[0] != kind[1])

    def database_of(self, kind: str) -> SplitUnit:
        """The unit rows that the queries of ``kind`` are held against: all of that side."""
        return self.unit(kind[1], across=kind[0] != kind[1])

    def _turn(self, side: str) -> Tensor | None:
        """What takes one side's rows into the coordinates of the other, the narrower."""
        if self._link is None:
            return None
        turned = "a" if self._link.shape[1] <= self._link.shape[0] else "b"
        if side != turned:
            return None
        return self._link if side == "a" else self._link.T

    def forget(self) -> None:
        """Give back the memory of the prepared rows."""
        self._unit.clear()
        self.search = None
        if self._narrow is not None:
            self._narrow.forget()

    def asking(self, rows: Tensor | None) -> Pair:
        """The same pair with ``rows`` as its queries; both sides of them are kept in memory."""
        if rows is None:
            return Pair(self.a, self.b)
        return Pair(self.a, self.b, Queries(rows, kept(self.a, rows), kept(self.b, rows)))

    def asked_by(self, a: Space, b: Space) -> Pair:
        """The same pair, searched for the rows of ``a`` and ``b``, which are none of its items."""
        rows = torch.full((a.shape[0],), OUTSIDE)
        return Pair(self.a, self.b, Queries(rows, a, b, outside=True))

    def relative(self, a: Fitted, b: Fitted, anchors: int) -> Pair:
        """The pair expressed by similarities to the anchors that ``a`` and ``b`` were fitted on."""
        pair = self._related(a, anchors, b, anchors, None)
        basis = torch.eye(anchors, dtype=torch.float64, device=self.device)
        narrow = [f.factors() if isinstance(f, Factored) else None for f in (a, b)]
        if any(narrow):
            (fitted_a, basis_a), (fitted_b, basis_b) = (
                (f, basis) if n is None else n for f, n in zip((a, b), narrow, strict=True)
            )
            link = basis_a.T @ basis_b
            pair._narrow = self._related(
                fitted_a, basis_a.shape[1], fitted_b, basis_b.shape[1], link
            )
        return pair

    def _related(
        self, a: Fitted, width_a: int, b: Fitted, width_b: int, link: Tensor | None
    ) -> Pair:
        queries = self.queries and replace(
            self.queries,
            a=Relative(self.queries.a, a, width_a),
            b=Relative(self.queries.b, b, width_b),
        )
        return Pair(Relative(self.a, a, width_a), Relative(self.b, b, width_b), queries, link)


def kept(space: Space, rows: Tensor) -> Space:
    """Some rows of a space, in memory."""
    return Stored(space.name, space.take(rows).cpu().numpy(), device=space.device)
