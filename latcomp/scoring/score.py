"""Score: from what a scan found to one entry per measure, space and direction."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, stdev
from typing import Any

import torch
from torch import Tensor

from latcomp.errors import InputError, NotApplicableError
from latcomp.measures import Measure
from latcomp.numerics.overlap import Added
from latcomp.report import Score
from latcomp.scan import Found, Statistic
from latcomp.scoring import uncertainty
from latcomp.scoring.grouping import GROUPS, groups
from latcomp.scoring.timing import Clock
from latcomp.scoring.uncertainty import Error
from latcomp.spaces.pair import Pair
from latcomp.statistics.agreement import RowAgreement

KINDS = {"ab": "a->b", "ba": "b->a"}
MOST_ADDED = 2**22
"""Amounts that neighbours add, over all draws, that are held at a time.

Fewer draws make an error over items that is no smaller: what a draw shows by itself is in it.
"""


@dataclass(frozen=True)
class Draw:
    """A pair under one draw of anchors, what its scan found, and rows that are not scored."""

    pair: Pair
    found: Found
    excluded: Tensor
    anchors: Tensor


def depth(measures: Sequence[Measure]) -> int:
    """The longest neighbour list that any of the measures looks at."""
    return max((measure.k or 1 for measure in measures), default=1)


def check_enough(items: int, measures: Sequence[Measure]) -> None:
    """Raise InputError unless there are more items than neighbours in the longest list."""
    k = depth(measures)
    if items <= k:
        raise InputError(f"k = {k} needs more items than the {items} that match")


def needs(measures: Sequence[Measure], pair: Pair, first: bool = False) -> list[Statistic]:
    """The statistics that these measures, and the warnings, need from this pair.

    The ``first`` of several draws of anchors learns what the jackknife needs, too.
    """
    asked: list[Statistic] = [
        statistic
        for measure in measures
        if measure.refuses(pair) is None
        for kind in kinds(measure)
        for statistic in measure.needs(kind, depth(measures))
    ]
    if first:
        asked = uncertainty.grouped(asked, (pair.a.shape[1], pair.b.shape[1]))
    return asked if pair.outside else [RowAgreement(), *asked]


def kinds(measure: Measure) -> list[str]:
    """The directions a measure is scored in: both, or one that stands for both."""
    return list(KINDS) if measure.directed else ["ab"]


def score(
    measures: Sequence[Measure],
    spaces: dict[str, list[Draw]],
    confidence: float = 0.95,
    clock: Clock | None = None,
) -> list[Score]:
    """One entry per measure, direction and space; several draws of anchors become one entry."""
    deepest, clock = depth(measures), clock or Clock()
    scores = []
    for measure, kind, name in entries(measures, spaces):
        with clock.on("measures", measure):
            scores.append(_score(measure, kind, name, spaces[name], deepest, confidence))
    return scores


def entries(
    measures: Sequence[Measure], spaces: Iterable[str]
) -> Iterator[tuple[Measure, str, str]]:
    """What is scored, in order: measure, direction and space."""
    for measure in measures:
        for kind in kinds(measure):
            for space in spaces:
                yield measure, kind, space


@dataclass(frozen=True)
class _Scored:
    """The value under every draw, its error over items, and what of a `Score` is known with it.

    ``twice`` is the variance that is in the error over items and in that over draws, too;
    ``certain`` is the part of the value that hardly errs.
    """

    values: list[float]
    over_items: Error | None
    known: dict[str, Any]
    twice: float = 0.0
    certain: float = 0.0


def _score(
    measure: Measure, kind: str, space: str, draws: list[Draw], deepest: int, confidence: float
) -> Score:
    try:
        refuse(measure, draws)
        found = [[draw.found[s] for s in measure.needs(kind, deepest)] for draw in draws]
        chance = [measure.chance(d.pair.n, *f) for d, f in zip(draws, found, strict=True)]
        if measure.over is None:
            over_items = uncertainty.jackknife(measure, kind, deepest, draws[0].found)
            known = {"note": measure.note(*found[0]), "over_samples": measure.spread(*found[0])}
            scored = _Scored([measure.score(*each) for each in found], over_items, known)
        else:
            scored = _score_items(measure, draws, found)
    except NotApplicableError as refused:
        return _entry(measure, kind, space, value=None, reason=refused.problem)
    summary = _summary(scored.values, chance)
    entry = _entry(measure, kind, space, **scored.known, **summary)
    share = len(draws[0].anchors) / draws[0].pair.n
    return _bounded(entry, scored, share, confidence)


def _score_items(
    measure: Measure, draws: Sequence[Draw], found: Sequence[Sequence[Any]]
) -> _Scored:
    """The mean of the scores of queries or items."""
    per_item = torch.stack([measure.per_item(*each) for each in found])
    counts = torch.stack([counted(measure, draw) for draw in draws])
    values = [_mean(*row) for row in zip(per_item, counts, strict=True)]
    known = {"items": int(counts.any(0).sum())}
    twice = uncertainty.in_both(per_item, counts)
    certain = uncertainty.certain(per_item, counts, measure.certain_below)
    added = _added(measure, found)
    over_items = None
    if added:
        few = len(added)
        mean, means = uncertainty.over_draws(added, per_item[:few], counts[:few])
        over_items = uncertainty.of_neighbours(mean, means, groups(draws[0].pair.n, GROUPS))
    elif measure.knows_error():
        over_items = uncertainty.of_mean(per_item, counts, _groups(measure, draws[0]))
    return _Scored(values, over_items, known, twice, certain)


def refuse(measure: Measure, draws: Sequence[Draw]) -> None:
    """Raise NotApplicableError where a measure has no value on these draws."""
    reason = measure.refuses(draws[0].pair)
    if reason is not None:
        raise NotApplicableError(reason)
    if measure.over is not None and not all(bool(counted(measure, d).any()) for d in draws):
        raise NotApplicableError("every query is an anchor")


def value(measure: Measure, draw: Draw, found: Sequence[Any]) -> float:
    """The score under one draw, from what the needed statistics found."""
    if measure.over is None:
        return measure.score(*found)
    return _mean(measure.per_item(*found), counted(measure, draw))


def _mean(per_item: Tensor, counts: Tensor) -> float:
    return float(per_item[counts].mean())


def counted(measure: Measure, draw: Draw) -> Tensor:
    """Which queries or items count: those that were not excluded."""
    return ~torch.isin(_rows(measure, draw), draw.excluded)


def _rows(measure: Measure, draw: Draw) -> Tensor:
    """The row numbers of the queries or items that the score is the mean over."""
    return draw.pair.query_rows if measure.over == "queries" else torch.arange(draw.pair.n)


def _bounded(entry: Score, scored: _Scored, share: float, confidence: float) -> Score:
    """The entry with its intervals: over items, over draws of anchors, and over both.

    ``share`` is the share of items that each draw of anchors takes.
    """
    items, anchors = scored.over_items, uncertainty.over_anchors(scored.values)
    elsewhere = uncertainty.over_anchors(scored.values, share)
    both = uncertainty.together([items, elsewhere], scored.twice) if items and elsewhere else None
    known = {"items": items, "anchors": anchors, "both": both}
    low, high = entry.range
    bounds = low + scored.certain, high

    def interval(error: Error | None, items: float) -> tuple[float, float] | None:
        if error is None or entry.value is None:
            return None
        return uncertainty.interval(entry.value, error, confidence, bounds, items)

    return replace(
        entry,
        errors={name: error.size for name, error in known.items() if error is not None} or None,
        by_group=items.by_group or None if items else None,
        interval=interval(items, entry.items or math.inf),
        interval_by=items.by if items else None,
        interval_anchors=interval(anchors, math.inf),
        interval_both=interval(both, entry.items or math.inf),
    )


def _added(measure: Measure, found: Sequence[Sequence[Any]]) -> list[Added]:
    """What neighbours add under the draws, or under the first few where that would be too much."""
    parts: list[Added] = []
    for each in found:
        added = measure.neighbourly(*each)
        if added is None or (parts and (len(parts) + 1) * added.amounts.numel() > MOST_ADDED):
            break
        parts.append(added)
    return parts


def _groups(measure: Measure, draw: Draw) -> Tensor:
    """The group of every query or item that the score is the mean over."""
    if draw.pair.outside:
        return groups(len(draw.pair.query_rows), GROUPS)
    return groups(draw.pair.n, GROUPS)[_rows(measure, draw)]


def _entry(measure: Measure, kind: str, space: str, **what: object) -> Score:
    return Score(
        measure=measure.name,
        k=measure.k,
        space=space,
        direction=KINDS[kind] if measure.directed else None,
        range=measure.range,
        better=measure.better,
        options=measure.options() or None,
        request=measure.asked,
        **what,  # type: ignore[arg-type]
    )


def _summary(values: list[float], chances: list[float | None]) -> dict[str, object]:
    several = len(values) > 1
    spread = {"n": len(values), "std": stdev(values), "each": values} if several else None
    known = [chance for chance in chances if chance is not None]
    return {"value": fmean(values), "over_seeds": spread, "chance": fmean(known) if known else None}
