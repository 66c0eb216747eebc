"""Another pairing of the same items, and the rows of both spaces where a null needs them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from latcomp.engine.sampled import SampledCosines, sampled_cosines
from latcomp.errors import NotApplicableError
from latcomp.numerics.centring import product_dtype
from latcomp.spaces.pair import Pair
from latcomp.spaces.space import Space, steps
from latcomp.spaces.unit import lengths

HELD_ROW_BYTES = 2**31
"""Rows are kept for the null while those of both spaces take no more than this."""

TABLE_QUERIES = 2048
"""Queries whose tables of all pairs are kept for the null."""


@dataclass(frozen=True)
class Centred:
    """Rows less their mean, (n, d) and (n, d'), and their squared lengths, (n,) float64."""

    a: Tensor
    b: Tensor
    squares_a: Tensor
    squares_b: Tensor


class Held:
    """The rows of a pair in memory, prepared once for every permutation."""

    def __init__(self, pair: Pair) -> None:
        self._pair = pair
        self._tables: dict[Any, tuple[Tensor, Tensor]] = {}
        self._samples: dict[str, SampledCosines] = {}

    @property
    def query_rows(self) -> Tensor:
        """Row numbers of the queries."""
        return self._pair.query_rows

    def tables(
        self, key: Any, make: Callable[[Pair], tuple[Tensor, Tensor]]
    ) -> tuple[Tensor, Tensor]:
        """Tables of all pairs of queries in both spaces, (q, q), as ``make`` makes them, made once.

        Raises NotApplicableError where there are too many queries for that.
        """
        if len(self._pair.query_rows) > TABLE_QUERIES:
            raise NotApplicableError(
                f"its null needs tables of all pairs: at most {TABLE_QUERIES} --queries"
            )
        if key not in self._tables:
            self._tables[key] = make(self._pair)
        return self._tables[key]

    @cached_property
    def centred(self) -> Centred:
        """Both spaces with their means taken out."""
        a, b = (_centred(self._read(side)) for side in "ab")
        squares = [
            torch.linalg.vector_norm(rows, dim=1, dtype=torch.float64).square() for rows in (a, b)
        ]
        return Centred(a, b, squares[0], squares[1])

    @cached_property
    def unit(self) -> tuple[Tensor, Tensor]:
        """Both spaces with every row at length 1."""
        numbers = torch.arange(self._pair.n)
        rows = {side: self._read(side) for side in "ab"}
        names = {side: self._pair.side(side).name for side in "ab"}
        a, b = ((r / lengths(names[side], r, numbers)).to(r.dtype) for side, r in rows.items())
        return a, b

    def sampled(self, kind: str) -> SampledCosines:
        """Cosines of the queries of ``kind``, "ab" or "ba", with a few rows each."""
        if kind not in self._samples:
            a, b = self.unit
            queries, database = (a, b) if kind == "ab" else (b, a)
            self._samples[kind] = sampled_cosines(queries, self.query_rows, database)
        return self._samples[kind]

    def _read(self, side: str) -> Tensor:
        pair = self._pair
        size = pair.n * (pair.a.shape[1] + pair.b.shape[1]) * pair.a.dtype.itemsize
        if size > HELD_ROW_BYTES:
            raise NotApplicableError("its null needs the rows of both spaces in memory")
        return _all_rows(pair.side(side))


@dataclass(frozen=True)
class Shuffle:
    """A pairing of item i of a with item ``to[i]`` of b, under which queries stay queries.

    ``back`` is the inverse of ``to``; ``at`` is the place among the queries of each query's
    partner.
    """

    to: Tensor  # (n,)
    back: Tensor  # (n,)
    at: Tensor  # (queries,)
    held: Held

    @cached_property
    def cosines(self) -> Tensor:
        """The cosine of every item of a with its partner: (n,) float64."""
        a, b = self.held.unit
        return (a * b[self.to.to(b.device)]).sum(1).double().cpu()

    @cached_property
    def chance(self) -> Tensor:
        """A uniform random number for every query, which depends on nothing but the pairing."""
        seed = int(self.to @ torch.arange(len(self.to)))
        generator = torch.Generator().manual_seed(seed)
        return torch.rand(len(self.at), generator=generator, dtype=torch.float64)


def shuffled(keys: Tensor, pair: Pair, fixed: Tensor, held: Held) -> Shuffle:
    """The pairing that random ``keys``, (n,), give: items change places in the order of their keys.

    Queries change places with queries only; queries from outside keep theirs. ``fixed`` items keep
    their partner: anchors do, since the axes of a relative space pair them whatever else is
    permuted.
    """
    n, queries = pair.n, pair.query_rows
    if pair.outside:
        queries = queries[:0]
    free = torch.ones(n, dtype=torch.bool)
    free[fixed] = False
    asked = torch.zeros(n, dtype=torch.bool)
    asked[queries] = True
    to = torch.arange(n)
    for members in (free & asked, free & ~asked):
        rows = members.nonzero()[:, 0]
        to[rows] = rows[keys[rows].argsort()]
    place = torch.zeros(n, dtype=torch.int64)
    place[queries] = torch.arange(len(queries))
    at = torch.arange(len(pair.query_rows)) if pair.outside else place[to[queries]]
    return Shuffle(to, to.argsort(), at, held)


def _all_rows(space: Space) -> Tensor:
    return torch.cat([space.rows(*step) for step in steps(space)])


def _centred(rows: Tensor) -> Tensor:
    left = rows - rows.mean(0, dtype=torch.float64)
    return left.to(product_dtype(left, rows.dtype))
