"""Items in groups that are left out in turn, and moments that are learnt group by group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import ClassVar

from torch import Tensor

from latcomp.draws import permutation
from latcomp.scan import Block
from latcomp.scan import Parts as Apart
from latcomp.spaces.pair import Pair
from latcomp.statistics.moments import (
    AcrossMoments,
    CentredMoments,
    Moments,
    OwnMoments,
    OwnSums,
    Shifted,
    Sums,
    accumulate,
    accumulate_across,
    accumulate_own,
    both_shifted,
    joined,
    shifted,
)

GROUPS = 20
"""Groups of items whose sums are kept apart."""

GROUP_BYTES = 2**30
"""Sums of groups are kept while they take no more than this."""


@lru_cache(maxsize=2)
def groups(n: int, count: int) -> Tensor:
    """The group of each of n items, drawn at random, as even as can be: (n,) of 0 to count - 1.

    They are drawn once and for all: neither the order of a file nor the block size nor the seed
    of a run shapes a group.

    >>> groups(6, 3).bincount()
    tensor([2, 2, 2])
    """
    return permutation(n, 0, "groups") % min(count, n)


@dataclass
class Parts:
    """The sums of each group, and the group of each item."""

    of: Tensor  # (n,)
    sums: list[Sums]


@dataclass
class OwnParts:
    """The sums of each group that one space tells by itself, and the group of each item."""

    of: Tensor  # (n,)
    sums: list[OwnSums]


@dataclass(frozen=True)
class GroupMoments:
    """Moments of all items, and of all items but one group."""

    whole: Moments
    total: Sums
    sums: list[Sums]

    def without_each(self) -> Iterator[Moments]:
        """Moments without the first group, without the second, and so on."""
        for part in self.sums:
            left = [getattr(self.total, f.name) - getattr(part, f.name) for f in fields(Sums)[2:]]
            yield CentredMoments().finish(Sums(part.shift_a, part.shift_b, *left))


@dataclass(frozen=True)
class GroupedMoments:
    """Learns `GroupMoments`: what `CentredMoments` learns, for each group of items."""

    over: ClassVar[str] = "rows"

    @staticmethod
    def fits(d: int, e: int) -> bool:
        """Whether the sums of spaces of d and e dimensions fit."""
        return GROUPS * 8 * (d * d + e * e + d * e) <= GROUP_BYTES

    def start(self, pair: Pair) -> Parts:
        return _parts(pair.n, CentredMoments().start(pair))

    def add(self, state: Parts, visit: Block) -> None:
        for sums, u, v in _by_group(state, visit):
            accumulate(sums, u, v)

    def parts(self, pair: Pair) -> Apart:
        return Apart({"a": OwnGroups(), "b": OwnGroups()}, AcrossGroups())

    def joined(self, own: dict[str, list[OwnSums]], across: Parts) -> GroupMoments:
        sums = [joined(*each) for each in zip(own["a"], own["b"], across.sums, strict=True)]
        return self.finish(Parts(across.of, sums))

    def merge(self, one: Parts, other: Parts) -> Parts:
        pairs = zip(one.sums, other.sums, strict=True)
        return Parts(one.of, [CentredMoments().merge(*pair) for pair in pairs])

    def finish(self, state: Parts) -> GroupMoments:
        total = _empty(state.sums[0])
        for part in state.sums:
            total = CentredMoments().merge(total, part)
        return GroupMoments(CentredMoments().finish(total), total, state.sums)


@dataclass(frozen=True)
class OwnGroups:
    """Learns what `OwnMoments` learns of side a, for each group of items."""

    over: ClassVar[str] = "rows"

    def start(self, pair: Pair) -> OwnParts:
        of, first = groups(pair.n, GROUPS), OwnMoments().start(pair)
        return OwnParts(of, [_empty_own(first) for _ in range(int(of.max()) + 1)])

    def add(self, state: OwnParts, visit: Block) -> None:
        u = shifted(visit, "a", state.sums[0].shift)
        parts = u.split(*_in_groups(state, visit))
        for sums, part in zip(state.sums, parts, strict=True):
            accumulate_own(sums, part)

    def merge(self, one: OwnParts, other: OwnParts) -> OwnParts:
        pairs = zip(one.sums, other.sums, strict=True)
        return OwnParts(one.of, [OwnMoments().merge(*pair) for pair in pairs])

    def finish(self, state: OwnParts) -> list[OwnSums]:
        return state.sums


@dataclass(frozen=True)
class AcrossGroups:
    """Learns what `AcrossMoments` learns, for each group of items."""

    over: ClassVar[str] = "rows"

    def start(self, pair: Pair) -> Parts:
        return _parts(pair.n, AcrossMoments().start(pair))

    def add(self, state: Parts, visit: Block) -> None:
        for sums, u, v in _by_group(state, visit):
            accumulate_across(sums, u, v)

    def merge(self, one: Parts, other: Parts) -> Parts:
        return GroupedMoments().merge(one, other)

    def finish(self, state: Parts) -> Parts:
        return state


def _parts(n: int, first: Sums) -> Parts:
    of = groups(n, GROUPS)
    return Parts(of, [_empty(first) for _ in range(int(of.max()) + 1)])


def _by_group(state: Parts, visit: Block) -> Iterator[tuple[Sums, Shifted, Shifted]]:
    """The sums of every group and the rows of a block that are added to them."""
    where = _in_groups(state, visit)
    u, v = (side.split(*where) for side in both_shifted(state.sums[0], visit))
    return zip(state.sums, u, v, strict=True)


def _in_groups(state: Parts | OwnParts, visit: Block) -> tuple[Tensor, list[int]]:
    """Rows of a block, those of each group together, and how many there are of each."""
    of = state.of[visit.start : visit.stop]
    counts = of.bincount(minlength=len(state.sums)).tolist()
    return of.argsort(stable=True).to(visit.a.device), counts


def _empty_own(like: OwnSums) -> OwnSums:
    zeros = [getattr(like, f.name) * 0 for f in fields(OwnSums)[1:]]
    return OwnSums(like.shift, *zeros)


def _empty(like: Sums) -> Sums:
    zeros = [getattr(like, f.name) * 0 for f in fields(Sums)[2:]]
    return Sums(like.shift_a, like.shift_b, *zeros)
