"""What a space tells by itself, learnt once for all the pairs that it is in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from latcomp.matrices.views import Views
from latcomp.scan import Found, Parts, Split, Statistic, Watch, scan_together
from latcomp.spaces.pair import Pair


class Shared:
    """Learns statistics of pairs; the parts that look at one space only are kept for the others.

    A part that no earlier pair needed is learnt when the first one does.
    """

    def __init__(self, views: Views, block: int | None, watch: Watch) -> None:
        self._views = views
        self._block = block
        self._watch = watch
        self._known: dict[int, list[Found]] = {}

    def learn(
        self, a: int, b: int, jobs: Sequence[tuple[Pair, Sequence[Statistic]]]
    ) -> list[Found]:
        """What is found of spaces a and b, by their numbers, pair by pair of the jobs."""
        parts = [_parts(pair, wanted) for pair, wanted in jobs]
        own_a, own_b = (self._own(place, side, parts) for place, side in ((a, "a"), (b, "b")))
        across = [(pair, _across(p, wanted)) for (pair, wanted), p in zip(jobs, parts, strict=True)]
        found = scan_together(across, self._block, self._watch)
        each = zip(jobs, parts, own_a, own_b, found, strict=True)
        return [
            {s: _joined(s, p.get(s), one, other, both) for s in wanted}
            for (_, wanted), p, one, other, both in each
        ]

    def forget(self, space: int) -> None:
        """Give back what a space told, once no pair needs it any more."""
        self._known.pop(space, None)

    def _own(self, space: int, side: str, parts: Sequence[dict[Statistic, Parts]]) -> list[Found]:
        """What the space tells by itself of each job, learnt now where it is not known yet."""
        known = self._known.setdefault(space, [{} for _ in parts])
        wanted = [[p.own[side] for p in each.values() if side in p.own] for each in parts]
        missing = [[s for s in one if s not in had] for one, had in zip(wanted, known, strict=True)]
        if any(missing):
            pairs = self._views.pairs(space, space)
            jobs = list(zip(pairs, missing, strict=True))
            for had, more in zip(known, scan_together(jobs, self._block, self._watch), strict=True):
                had.update(more)
        return known


def _parts(pair: Pair, wanted: Iterable[Statistic]) -> dict[Statistic, Parts]:
    return {s: s.parts(pair) for s in wanted if isinstance(s, Split)}


def _across(parts: dict[Statistic, Parts], wanted: Sequence[Statistic]) -> list[Statistic]:
    """What takes both spaces: statistics that do not split, and the rest of those that do."""
    found = [parts[s].across if s in parts else s for s in wanted]
    return [s for s in found if s is not None]


def _joined(statistic: Statistic, parts: Parts | None, a: Found, b: Found, across: Found) -> Any:
    if parts is None or not isinstance(statistic, Split):
        return across[statistic]
    known = {"a": a, "b": b}
    own = {side: known[side][part] for side, part in parts.own.items()}
    return statistic.joined(own, None if parts.across is None else across[parts.across])
