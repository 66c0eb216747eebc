"""The one walk over the data: blocks of rows, tiles of block against block, and statistics."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Protocol, runtime_checkable

import torch
from torch import Tensor

from latcomp import kernel
from latcomp.engine.choosing import Chosen, search_of
from latcomp.engine.products import product32
from latcomp.errors import InputError
from latcomp.spaces.pair import Pair
from latcomp.spaces.relative import unrounded
from latcomp.spaces.unit import SplitUnit, lengths

BLOCK = 2048
"""Rows in a block, unless asked otherwise or too large for the memory at hand."""

CUDA_BLOCK = 16384
"""The same on a GPU, which small blocks leave idle."""

ROWS = 8192
"""Rows in a block for statistics over rows: many operations on few rows cost more than products."""

SMALLEST_BLOCK = 32


class Block:
    """Some rows of both spaces of a pair. Derived values are computed on first use, once.

    ``start`` and ``stop`` count rows, or queries where ``queries`` is set.
    """

    def __init__(self, pair: Pair, start: int, stop: int, queries: bool = False) -> None:
        self.pair = pair
        self.start = start
        self.stop = stop
        self._queries = queries
        self._units: dict[SplitUnit, Tensor] = {}

    @property
    def rows(self) -> Tensor:
        """Row numbers, whatever the block counts by."""
        if self._queries and self.pair.queries is not None:
            return self.pair.queries.rows[self.start : self.stop]
        return torch.arange(self.start, self.stop)

    @cached_property
    def a(self) -> Tensor:
        """Rows of a, with every digit that is known: (stop - start, d)."""
        return self._rows("a")

    @cached_property
    def b(self) -> Tensor:
        """Rows of b, likewise: (stop - start, d')."""
        return self._rows("b")

    def _rows(self, side: str) -> Tensor:
        return unrounded(self.pair.side(side, self._queries)).rows(self.start, self.stop)

    def lengths(self, side: str) -> Tensor:
        """Lengths of the rows of side "a" or "b": (stop - start, 1), float64, none zero."""
        rows = self.a if side == "a" else self.b
        return lengths(self.pair.side(side).name, rows, self.rows)

    def unit(self, side: str, across: bool = False) -> Tensor:
        """Rows of side "a" or "b" at length 1; ``across`` where they meet the other side."""
        unit = self.pair.unit(side, self._queries, across)
        if unit not in self._units:
            self._units[unit] = unit.rows(self.start, self.stop)
        return self._units[unit]


class Tile:
    """Some queries against some rows of the database, in both spaces and across them.

    ``candidates`` are numbers that only select: see `searching`. They are cosines, too, where the
    search is not coarse.

    ``scores("ab")`` holds cosines of queries from a (rows) against the database of b (columns);
    "aa", "bb" and "ba" likewise, in float32: for selecting, never for deciding.
    """

    def __init__(self, queries: Block, database: Block) -> None:
        self.queries = queries
        self.database = database
        self._scores: dict[str, Tensor] = {}
        self._tables: dict[Any, Tensor] = {}
        self._candidates: dict[str, Tensor] = {}

    def scores(self, kind: str) -> Tensor:
        """Cosines of the queries of space kind[0] with the rows of space kind[1], float32."""
        if kind not in self._scores:
            across = kind[0] != kind[1]
            left = self.queries.unit(kind[0], across)
            right = self.database.unit(kind[1], across)
            self._scores[kind] = product32(left, right)
        return self._scores[kind]

    def candidates(self, kind: str) -> Tensor:
        """Numbers that order the columns of each query as `search` does."""
        search = search_of(self.queries.pair, kind)
        if not search.coarse:
            return self.scores(kind)
        if kind not in self._candidates:
            queries = slice(self.queries.start, self.queries.stop)
            database = slice(self.database.start, self.database.stop)
            self._candidates[kind] = search.scores(kind, queries, database)
        return self._candidates[kind]

    def table(self, key: Any, compute: Callable[[Tile], Tensor]) -> Tensor:
        """What ``compute`` makes of the tile, (r, c), made once for whoever asks by ``key``.

        The table of a mirrored tile is this one, transposed. Not to be changed in place.
        """
        if key not in self._tables:
            self._tables[key] = compute(self)
        return self._tables[key]

    @property
    def mirrored(self) -> Tile:
        """Queries and database exchanged; the products are this tile's, transposed."""
        return _Mirror(self)


class _Mirror(Tile):
    def __init__(self, tile: Tile) -> None:
        super().__init__(tile.database, tile.queries)
        self._tile = tile

    def scores(self, kind: str) -> Tensor:
        return self._tile.scores(kind[::-1]).T

    def candidates(self, kind: str) -> Tensor:
        return self._tile.candidates(kind[::-1]).T

    def table(self, key: Any, compute: Callable[[Tile], Tensor]) -> Tensor:
        return self._tile.table(key, compute).T


Visit = Any
"""A Block for statistics over rows, a Tile for statistics over tiles."""


class Statistic(Protocol):
    """What one walk over the data must learn for some measures.

    ``add`` in any order, and any split followed by ``merge``, must finish at the same answer.
    Equal statistics are learnt once, whoever asks.
    """

    over: ClassVar[str]
    """ "rows" or "tiles"; one that takes nothing but the best `Tile.candidates` says how many in
    ``takes_best``, and need not have cosines."""

    def start(self, pair: Pair) -> Any:
        """What is known before the first visit."""

    def add(self, state: Any, visit: Visit) -> None:
        """Learn from one block or one tile, in place."""

    def merge(self, one: Any, other: Any) -> Any:
        """What two walkers over different parts have learnt together."""

    def finish(self, state: Any) -> Any:
        """The answer."""


@dataclass(frozen=True)
class Parts:
    """What a statistic is put together from.

    ``own`` holds, by side, what that side alone tells, as a statistic of side "a"; ``across`` is
    what takes both sides, None where nothing does.
    """

    own: dict[str, Statistic]
    across: Statistic | None


@runtime_checkable
class Split(Protocol):
    """A statistic that can be put together from parts, so that pairs share what a space tells.

    The parts, learnt apart and joined, give what the statistic learns to the last bit.
    """

    def parts(self, pair: Pair) -> Parts:
        """Its parts, on this pair."""

    def joined(self, own: dict[str, Any], across: Any) -> Any:
        """What the statistic finds, from what its parts found."""


Watch = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""

Found = dict[Statistic, Any]


def scan(
    pair: Pair, wanted: Sequence[Statistic], block: int | None = None, watch: Watch | None = None
) -> Found:
    """Walk the pair once and return what every wanted statistic learnt.

    ``block`` is the number of rows visited at a time; it changes memory and speed, and of the
    answers only sums, in digits that float32 products do not hold. When memory runs out, smaller
    blocks are tried.
    """
    return scan_together([(pair, wanted)], block, watch)[0]


def scan_together(
    jobs: Sequence[tuple[Pair, Sequence[Statistic]]],
    block: int | None = None,
    watch: Watch | None = None,
) -> list[Found]:
    """Scan pairs that share their items: files are read once for the row statistics of all of them.

    Tiles are walked pair by pair.
    """
    size = block or block_rows(jobs[0][0].device)
    rows = block or max(size, ROWS)
    while True:
        try:
            with kernel.full_precision():
                return _walk(jobs, size, rows, watch or unwatched)
        except (RuntimeError, MemoryError) as error:
            if not _out_of_memory(error):
                raise
            if max(size, rows) <= SMALLEST_BLOCK:
                raise InputError(
                    f"out of memory even with blocks of {rows} rows",
                    "use fewer --queries, or another --device",
                ) from error
        size, rows = (max(SMALLEST_BLOCK, count // 2) for count in (size, rows))


def block_rows(device: torch.device) -> int:
    """Rows in a block on that device, unless asked otherwise."""
    return CUDA_BLOCK if device.type == "cuda" else BLOCK


def unwatched(step: str, done: int, total: int) -> None:
    """Take notice of nothing."""


def _out_of_memory(error: Exception) -> bool:
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    return "allocate memory" in str(error)


def _walk(
    jobs: Sequence[tuple[Pair, Sequence[Statistic]]], size: int, rows: int, watch: Watch
) -> list[Found]:
    wanted = [(pair, list(dict.fromkeys(statistics))) for pair, statistics in jobs]
    found = _walk_rows([(pair, _only("rows", s)) for pair, s in wanted], rows, watch)
    for number, (pair, statistics) in enumerate(wanted):
        learning = _only("tiles", statistics)
        if learning:
            part = _part(watch, number, len(jobs))
            found[number].update(_walk_tiles(pair, learning, size, part))
            pair.forget()
    return found


def _only(over: str, statistics: Sequence[Statistic]) -> list[Statistic]:
    return [s for s in statistics if s.over == over]


def _part(watch: Watch, number: int, of: int) -> Watch:
    return lambda step, done, total: watch(step, number * total + done, of * total)


def _finish(states: dict[Statistic, Any]) -> Found:
    return {statistic: statistic.finish(state) for statistic, state in states.items()}


def _walk_rows(
    jobs: Sequence[tuple[Pair, list[Statistic]]], size: int, watch: Watch
) -> list[Found]:
    started = [(pair, {s: s.start(pair) for s in wanted}) for pair, wanted in jobs]
    n = jobs[0][0].n if any(wanted for _, wanted in jobs) else 0
    for start, stop in kernel.bounds(n, size):
        for pair, states in started:
            block = Block(pair, start, stop)
            for statistic, state in states.items():
                statistic.add(state, block)
        watch("rows", stop, n)
    return [_finish(states) for _, states in started]


def _walk_tiles(pair: Pair, wanted: list[Statistic], size: int, watch: Watch) -> Found:
    depths: list[Any] = [getattr(s, "takes_best", None) for s in wanted]
    pair.search = Chosen(pair, None if None in depths else max(depths))
    states = {s: s.start(pair) for s in wanted}
    asked = kernel.bounds(len(pair.query_rows), size)
    count = len(asked) * (len(asked) + 1) // 2
    if pair.queries is not None:
        count = len(asked) * len(kernel.bounds(pair.n, size))
    tiles = _square(pair, size) if pair.queries is None else _rectangle(pair, size)
    for done, (queries, database) in enumerate(tiles, 1):
        tile = Tile(queries, database)
        for statistic, state in states.items():
            statistic.add(state, tile)
            if pair.queries is None and queries is not database:
                statistic.add(state, tile.mirrored)
        watch("tiles", done, count)
    found = _finish(states)
    pair.searched = pair.search.name
    return found


def _square(pair: Pair, size: int) -> Iterator[tuple[Block, Block]]:
    """Every row against every row: tiles on and above the diagonal, to be mirrored."""
    for bound in kernel.bounds(pair.n, size):
        queries = Block(pair, *bound)
        yield queries, queries
        for start, stop in kernel.bounds(pair.n, size):
            if start > bound[0]:
                yield queries, Block(pair, start, stop)


def _rectangle(pair: Pair, size: int) -> Iterator[tuple[Block, Block]]:
    """The queries against every row, the database in file order."""
    asked = kernel.bounds(len(pair.query_rows), size)
    for bound in kernel.bounds(pair.n, size):
        database = Block(pair, *bound)
        yield from ((Block(pair, *queries, True), database) for queries in asked)
