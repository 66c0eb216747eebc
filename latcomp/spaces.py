"""Spaces: n items x d dimensions from one model, stored or relative to anchors, and pairs."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from torch import Tensor

from latcomp import kernel
from latcomp.errors import InputError
from latcomp.files.ahead import Ahead, Read
from latcomp.files.rowfile import RowFile

HELD_BYTES = 2**28
"""A file whose vectors take no more than this is kept in memory, in the dtype it is stored in."""

KEPT_BYTES = 2**28
"""Unit rows of one space are prepared once and kept while they take no more than this."""

EXACT_BYTES = 2**27
"""Unit rows of one space are kept to their last digit while that takes no more than this."""

READ_BYTES = 2**24
"""How much one read of a larger file asks for."""

PREPARED_ROWS = 2048
"""Unit rows prepared at a time."""


class Vectors(Protocol):
    """Whatever holds n x d numbers and can be read by slices: an array, a memory map, a dataset."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    @property
    def dtype(self) -> np.dtype[Any]: ...

    def __getitem__(self, rows: slice) -> np.ndarray[Any, Any]: ...


class Space(Protocol):
    """n items x d dimensions. What a reader of rows needs to know, whatever made them."""

    name: str
    device: torch.device
    dtype: torch.dtype

    @property
    def shape(self) -> tuple[int, int]: ...

    def rows(self, start: int, stop: int) -> Tensor:
        """Rows start to stop as a (stop - start, d) tensor on the space's device."""

    def take(self, index: Tensor) -> Tensor:
        """The rows named by ``index``, in its order: (len(index), d)."""


def steps(space: Space) -> list[tuple[int, int]]:
    """Bounds of the blocks that a walk over a whole space reads, READ_BYTES at a time."""
    n, width = space.shape
    return kernel.bounds(n, max(1, READ_BYTES // (width * space.dtype.itemsize)))


class Stored:
    """A space as a model saved it, read lazily, block by block.

    ``vectors`` is anything n x d that can be sliced. Rows come as float64 where float64 (or wide
    integers) are stored, and as float32 otherwise.
    """

    def __init__(
        self,
        name: str,
        vectors: Vectors,
        ids: list[str] | None = None,
        labels: list[str] | None = None,
        device: torch.device | None = None,
    ) -> None:
        self.name = name
        self.ids = ids
        self.labels = labels
        self.device = device or torch.device("cpu")
        self.dtype = working_dtype(vectors.dtype)
        self._vectors = vectors
        held = isinstance(vectors, np.ndarray) and not isinstance(vectors, np.memmap)
        self._ahead: Read = self.stored_rows if held else Ahead(self.stored_rows, self.shape[0])
        self._last: tuple[tuple[int, int], tuple[Tensor, np.ndarray[Any, Any]]] | None = None

    @property
    def shape(self) -> tuple[int, int]:
        return int(self._vectors.shape[0]), int(self._vectors.shape[1])

    @property
    def stored_dtype(self) -> str:
        """The dtype on disk, in words."""
        return "bfloat16" if is_bfloat16(self._vectors.dtype) else self._vectors.dtype.name

    def stored_rows(self, start: int, stop: int) -> np.ndarray[Any, Any]:
        """Rows as they are stored, for a digest or a copy."""
        return np.asarray(self._vectors[start:stop])

    def rows(self, start: int, stop: int) -> Tensor:
        return self.rows_and_stored(start, stop)[0]

    def rows_and_stored(self, start: int, stop: int) -> tuple[Tensor, np.ndarray[Any, Any]]:
        """Rows as they are computed with, and as they are stored, from one read."""
        if self._last is None or self._last[0] != (start, stop):
            stored = self._ahead(start, stop)
            block = to_tensor(stored, self.dtype).to(self.device)
            self._last = ((start, stop), (block, stored))
        return self._last[1]

    def take(self, index: Tensor) -> Tensor:
        order = torch.argsort(index, stable=True).cpu()
        wanted = index.cpu()[order]
        out = torch.empty((len(index), self.shape[1]), dtype=self.dtype)
        for start, stop in steps(self):
            low, high = torch.searchsorted(wanted, torch.tensor([start, stop])).tolist()
            if low < high:
                chunk = self.stored_rows(start, stop)[(wanted[low:high] - start).numpy()]
                out[order[low:high]] = to_tensor(chunk, self.dtype)
        return out.to(self.device)

    def arranged(self, index: np.ndarray[Any, Any]) -> Stored:
        """The same space with the rows of ``index`` only, in that order.

        The file is read once, in its own order; the new order lies in memory while it fits, and
        in a temporary file that vanishes with the process otherwise.
        """
        if np.array_equal(index, np.arange(self.shape[0])):
            return self
        shape = (len(index), self.shape[1])
        if shape[0] * shape[1] * self._vectors.dtype.itemsize <= HELD_BYTES:
            kept: Vectors = self._rearrange(index, np.empty(shape, self._vectors.dtype))
        else:
            kept = self._spill(index, shape)
        ids, labels = _pick(self.ids, index), _pick(self.labels, index)
        return Stored(self.name, kept, ids, labels, self.device)

    def _rearrange(
        self, index: np.ndarray[Any, Any], room: np.ndarray[Any, Any]
    ) -> np.ndarray[Any, Any]:
        order = np.argsort(index, kind="stable")
        wanted = index[order]
        for start, stop in steps(self):
            low, high = np.searchsorted(wanted, [start, stop])
            if low < high:
                room[order[low:high]] = self.stored_rows(start, stop)[wanted[low:high] - start]
        return room

    def _spill(self, index: np.ndarray[Any, Any], shape: tuple[int, int]) -> RowFile:
        """The rearranged rows in a temporary file, gone when nobody reads it any more."""
        file = tempfile.TemporaryFile(prefix="latcomp-")  # noqa: SIM115 (open while it is read)
        dtype = self._vectors.dtype
        self._rearrange(index, np.memmap(file, dtype=dtype, mode="w+", shape=shape))
        rows = RowFile(file, dtype, shape)
        weakref.finalize(rows, file.close)
        return rows

    def held(self) -> Stored:
        """The same space in memory if it is small enough to keep, else unchanged."""
        if isinstance(self._vectors, np.ndarray) and not isinstance(self._vectors, np.memmap):
            return self
        if self.shape[0] * self.shape[1] * self._vectors.dtype.itemsize > HELD_BYTES:
            return self
        return Stored(
            self.name, self.stored_rows(0, self.shape[0]), self.ids, self.labels, self.device
        )


def _pick(values: list[str] | None, index: np.ndarray[Any, Any]) -> list[str] | None:
    return None if values is None else [values[i] for i in index.tolist()]


def is_bfloat16(dtype: np.dtype[Any]) -> bool:
    """Whether a numpy dtype is bfloat16: by name, or as the bare 2-byte field numpy saves."""
    return dtype.name == "bfloat16" or (
        dtype.kind == "V" and dtype.itemsize == 2 and not dtype.names
    )


def working_dtype(stored: np.dtype[Any]) -> torch.dtype:
    """The dtype that numbers stored as ``stored`` are computed in."""
    if is_bfloat16(stored):
        return torch.float32
    if stored.kind not in "fiub":
        raise InputError(f"numbers expected, found {stored}")
    exact_in_float32 = stored.itemsize <= (4 if stored.kind == "f" else 2)
    return torch.float32 if exact_in_float32 else torch.float64


def to_tensor(chunk: np.ndarray[Any, Any], dtype: torch.dtype) -> Tensor:
    """A stored block as a tensor: any byte order, integers and bfloat16 included."""
    if is_bfloat16(chunk.dtype):
        bits = np.ascontiguousarray(chunk).view(np.uint16)
        return torch.from_numpy(bits.astype(np.int16, copy=True)).view(torch.bfloat16).to(dtype)
    native = np.float64 if dtype == torch.float64 else np.float32
    if chunk.dtype == np.float16 and chunk.dtype.isnative:
        return torch.from_numpy(np.array(chunk, order="C")).to(dtype)
    return torch.from_numpy(np.array(chunk, dtype=native, order="C"))


class Fitted(Protocol):
    """A similarity once it knows its anchors: rows (n, d) -> float64 similarities (n, anchors)."""

    def __call__(self, rows: Tensor) -> Tensor: ...


@runtime_checkable
class Factored(Protocol):
    """A fitted similarity that is linear in a few coordinates.

    With more anchors than dimensions, the products of relative rows can be had without them.
    """

    def factors(self) -> tuple[Fitted, Tensor] | None:
        """(rows -> coordinates (n, c), basis (m, c)), or None where c would not be below m.

        The similarities are coordinates @ basis.T, and the columns of the basis are orthonormal.
        """


class Relative:
    """A space expressed by similarities to anchors: n items x m anchors. A space like any other.

    Similarities are computed in float64 and rounded to ``dtype``, that of the space unless given.
    A row's similarities depend on that row alone, to the last bit, whatever is computed with it.
    """

    def __init__(
        self, space: Space, fitted: Fitted, anchors: int, dtype: torch.dtype | None = None
    ) -> None:
        self.name = space.name
        self.device = space.device
        self.dtype = dtype or space.dtype
        self._unrounded = dtype == torch.float64
        self._space = space
        self._fitted = fitted
        self._anchors = anchors

    @property
    def shape(self) -> tuple[int, int]:
        return self._space.shape[0], self._anchors

    @property
    def labels(self) -> list[str] | None:
        """The labels of the space that is expressed."""
        return _labels(self._space)

    @property
    def unrounded(self) -> Relative:
        """The same space in float64."""
        return Relative(self._space, self._fitted, self._anchors, torch.float64)

    def rows(self, start: int, stop: int) -> Tensor:
        return self._relate(self._space.rows(start, stop))

    def take(self, index: Tensor) -> Tensor:
        return self._relate(self._space.take(index))

    def _relate(self, rows: Tensor) -> Tensor:
        found = self._fitted(kernel.padded(rows))[: len(rows)]
        return found if self._unrounded else kernel.settled(found, self.dtype)


def unrounded(space: Space) -> Space:
    """The space with every digit that is known of it."""
    return space.unrounded if isinstance(space, Relative) else space


class Unit:
    """A space with every row at length 1, in memory while that takes no more than KEPT_BYTES."""

    def __init__(self, space: Space) -> None:
        self.name = space.name
        self.device = space.device
        self.dtype = space.dtype
        self._space = space
        self._kept: Tensor | None = None

    @property
    def shape(self) -> tuple[int, int]:
        return self._space.shape

    def rows(self, start: int, stop: int) -> Tensor:
        kept = self._keep()
        return self._compute(start, stop) if kept is None else kept[start:stop]

    def take(self, index: Tensor) -> Tensor:
        kept = self._keep()
        if kept is not None:
            return kept[index.to(self.device)]
        return self._unit(self._space.take(index), index)

    def _keep(self) -> Tensor | None:
        n, width = self.shape
        if self._kept is None and n * width * self.dtype.itemsize <= KEPT_BYTES:
            kept = torch.empty((n, width), dtype=self.dtype, device=self.device)
            for start, stop in steps(self):
                kept[start:stop] = self._compute(start, stop)
            self._kept = kept
        return self._kept

    def _compute(self, start: int, stop: int) -> Tensor:
        return self._unit(self._space.rows(start, stop), torch.arange(start, stop))

    def _unit(self, rows: Tensor, index: Tensor) -> Tensor:
        return kernel.settled(rows / lengths(self.name, rows, index), rows.dtype)


class SplitUnit:
    """A space with every row at length 1, as sums of two float32 rows.

    The first is the unit row to float32, which selects; both together hold it to 48 bits, which
    decide. The first are in memory while they take no more than KEPT_BYTES, the others while both
    take no more than EXACT_BYTES. ``turn``, (d, e), takes the unit rows to other coordinates.
    """

    dtype = torch.float32

    def __init__(self, space: Space, turn: Tensor | None = None) -> None:
        self.name = space.name
        self.device = space.device
        self._space = unrounded(space)
        self._turn = turn
        self._kept: tuple[Tensor, Tensor | None] | None = None

    @property
    def shape(self) -> tuple[int, int]:
        n, width = self._space.shape
        return n, width if self._turn is None else self._turn.shape[1]

    @property
    def kept(self) -> bool:
        """Whether float32 rows stay in memory."""
        return self._bytes <= KEPT_BYTES

    @property
    def kept_exactly(self) -> bool:
        """Whether all digits stay in memory."""
        return 2 * self._bytes <= min(EXACT_BYTES, KEPT_BYTES)

    @property
    def _bytes(self) -> int:
        n, width = self.shape
        return n * width * self.dtype.itemsize

    def rows(self, start: int, stop: int) -> Tensor:
        """Unit rows in float32."""
        return self._keep()[0][start:stop] if self.kept else self._compute(start, stop)[0]

    def take(self, index: Tensor) -> Tensor:
        """The unit rows named by ``index`` in float32."""
        if self.kept:
            return self._keep()[0][index.to(self.device)]
        return self._split(self._space.take(index), index)[0]

    def exact_rows(self, start: int, stop: int) -> Tensor:
        """Unit rows in float64."""
        first, rest = self._keep() if self.kept_exactly else (None, None)
        if first is None or rest is None:
            return _sum(*self._compute(start, stop))
        return _sum(first[start:stop], rest[start:stop])

    def exact(self, index: Tensor) -> Tensor:
        """The unit rows named by ``index`` in float64."""
        first, rest = self._keep() if self.kept_exactly else (None, None)
        if first is None or rest is None:
            return _sum(*self._split(self._space.take(index), index))
        return _sum(first[index.to(self.device)], rest[index.to(self.device)])

    def _keep(self) -> tuple[Tensor, Tensor | None]:
        if self._kept is None:
            kept = torch.empty(self.shape, device=self.device)
            others = torch.empty_like(kept) if self.kept_exactly else None
            for start, stop in kernel.bounds(len(kept), PREPARED_ROWS):
                kept[start:stop], rest = self._compute(start, stop)
                if others is not None:
                    others[start:stop] = rest
            self._kept = kept, others
        return self._kept

    def _compute(self, start: int, stop: int) -> tuple[Tensor, Tensor]:
        return self._split(self._space.rows(start, stop), torch.arange(start, stop))

    def _split(self, rows: Tensor, index: Tensor) -> tuple[Tensor, Tensor]:
        unit = rows / lengths(self.name, rows, index)
        if self._turn is not None:
            unit = (kernel.padded(unit) @ self._turn)[: len(unit)]
        first = unit.float()
        return first, unit.sub_(first).float()


def _sum(first: Tensor, rest: Tensor) -> Tensor:
    return first.double().add_(rest)


def lengths(name: str, rows: Tensor, index: Tensor) -> Tensor:
    """Lengths (n, 1) of the rows numbered ``index`` in the space ``name``, float64.

    Raises InputError where a row has none.
    """
    norm = kernel.lengths(rows)
    if not bool(norm.all()):
        row = int(index[int((norm[:, 0] == 0).nonzero()[0])])
        raise InputError(
            f"{name}: the vector of row {row} has length zero, so it has no cosine",
            "a relative vector of length zero is unlike every anchor: choose others, or more",
        )
    return norm


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
        self.search: Search | None = None
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
        known = _labels(self.a)
        return known if known is not None else _labels(self.b)

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


def _labels(space: Space) -> list[str] | None:
    return getattr(space, "labels", None)


def kept(space: Space, rows: Tensor) -> Space:
    """Some rows of a space, in memory."""
    return Stored(space.name, space.take(rows).cpu().numpy(), device=space.device)
