"""Selection in loops compiled by numba, for a processor: every score is looked at once.

torch reads a tile anew for every operation, and copies candidates before it multiplies them. These
loops take a third of that time. They release the lock of Python, and threads share the queries.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from latcomp.engine.loops.compiling import jit, jit_sums, share

LANES = 64
"""Scores compared at a time before any of them is looked at."""


def offer(tile: Tensor, query: int, column: int, scores: Tensor, columns: Tensor) -> None:
    """Sort what a tile (r, c) holds into the best ``scores`` and ``columns`` of all queries.

    The tile is of the queries from ``query`` on and of the columns from ``column`` on; it may be
    a transposed view.
    """
    tile = tile.float()
    queries = slice(query, query + len(tile))
    best = scores[queries].numpy(), columns[queries].numpy()
    transposed = tile.stride(0) < tile.stride(1)
    look = _columns_of if transposed else _rows_of
    seen = (tile.T if transposed else tile).contiguous().numpy()
    share(lambda *part: look(seen, column, *best, *part), len(tile), tile.numel())


def products(
    left: Tensor, right: Tensor, queries: Tensor, columns: Tensor, counts: Tensor
) -> Tensor:
    """Float32 products of rows of ``left`` with the first ``counts`` of their ``columns``.

    (n, p), (m, p), (q,), (q, c), (q,) -> (q, c), -inf beyond the counts.
    """
    found = torch.full(columns.shape, -torch.inf)
    rows, chosen = (left.numpy(), right.numpy()), (queries.numpy(), columns.numpy())
    given: list[Any] = [*rows, *chosen, counts.numpy(), found.numpy()]
    numbers = int(counts.sum()) * left.shape[1]
    share(lambda *part: _products_of(*given, *part), len(found), numbers)
    return found


@jit
def _rows_of(tile: Any, first: int, scores: Any, columns: Any, start: int, stop: int) -> None:
    """Sort in the scores of some queries, which are rows of the tile."""
    for query in range(start, stop):
        floor = scores[query, -1]
        for begin in range(0, tile.shape[1], LANES):
            strip = tile[query, begin : begin + LANES]
            if len(strip) == LANES and not _any_above(strip, floor):
                continue
            for lane in range(len(strip)):
                if strip[lane] > floor:
                    _insert(scores[query], columns[query], strip[lane], first + begin + lane)
                    floor = scores[query, -1]


@jit
def _columns_of(tile: Any, first: int, scores: Any, columns: Any, start: int, stop: int) -> None:
    """Sort in the scores of some queries, which are columns of the tile."""
    floors = scores[:, -1].copy()
    for row in range(tile.shape[0]):
        for begin in range(start, stop, LANES):
            end = min(begin + LANES, stop)
            strip, floor = tile[row, begin:end], floors[begin:end]
            if len(strip) == LANES and not _any_above_its_own(strip, floor):
                continue
            for lane in range(len(strip)):
                if strip[lane] > floor[lane]:
                    query = begin + lane
                    _insert(scores[query], columns[query], strip[lane], first + row)
                    floor[lane] = scores[query, -1]


@jit
def _any_above(strip: Any, floor: float) -> Any:
    found = np.int32(0)
    for lane in range(LANES):
        found += np.int32(strip[lane] > floor)
    return found > 0


@jit
def _any_above_its_own(strip: Any, floor: Any) -> Any:
    found = np.int32(0)
    for lane in range(LANES):
        found += np.int32(strip[lane] > floor[lane])
    return found > 0


@jit
def _insert(scores: Any, columns: Any, score: float, column: int) -> None:
    """Put a score above the last into its place, which drops the last."""
    place = len(scores) - 1
    while place > 0 and scores[place - 1] < score:
        scores[place], columns[place] = scores[place - 1], columns[place - 1]
        place -= 1
    scores[place], columns[place] = score, column


@jit
def _products_of(
    left: Any,
    right: Any,
    queries: Any,
    columns: Any,
    counts: Any,
    found: Any,
    start: int,
    stop: int,
) -> None:
    for query in range(start, stop):
        for place in range(counts[query]):
            found[query, place] = _product(left[queries[query]], right[columns[query, place]])


@jit_sums
def _product(one: Any, other: Any) -> Any:
    total = np.float32(0)
    for place in range(len(one)):
        total += one[place] * other[place]
    return total
