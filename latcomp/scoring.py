"""Score: from what a scan found to one entry per measure, space and direction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

import torch
from torch import Tensor

from latcomp.errors import NotApplicableError
from latcomp.measures import Measure
from latcomp.report import Score
from latcomp.scan import Found, Statistic
from latcomp.spaces import Pair
from latcomp.statistics.agreement import RowAgreement

NORMAL_95 = 1.959963984540054
"""Half-width of a 95% interval in standard errors."""

KINDS = {"ab": "a->b", "ba": "b->a"}


@dataclass(frozen=True)
class Draw:
    """A pair under one draw of anchors, what its scan found, and rows that are not scored."""

    pair: Pair
    found: Found
    excluded: Tensor


def depth(measures: Sequence[Measure]) -> int:
    """The longest neighbour list that any of the measures looks at."""
    return max((measure.k or 1 for measure in measures), default=1)


def needs(measures: Sequence[Measure], pair: Pair) -> list[Statistic]:
    """The statistics that these measures, and the warnings, need from this pair."""
    asked = [
        statistic
        for measure in measures
        if measure.refuses(pair) is None
        for kind in kinds(measure)
        for statistic in measure.needs(kind, depth(measures))
    ]
    return [RowAgreement(), *asked]


def kinds(measure: Measure) -> list[str]:
    """The directions a measure is scored in: both, or one that stands for both."""
    return list(KINDS) if measure.directed else ["ab"]


def score(measures: Sequence[Measure], spaces: dict[str, list[Draw]]) -> list[Score]:
    """One entry per measure, direction and space; several draws of anchors become one entry."""
    deepest = depth(measures)
    return [
        _score(measure, kind, name, draws, deepest)
        for measure in measures
        for kind in kinds(measure)
        for name, draws in spaces.items()
    ]


def _score(measure: Measure, kind: str, space: str, draws: list[Draw], deepest: int) -> Score:
    refusal = measure.refuses(draws[0].pair)
    if refusal is not None:
        return _entry(measure, kind, space, value=None, reason=refusal)
    found = [[draw.found[s] for s in measure.needs(kind, deepest)] for draw in draws]
    try:
        chance = [measure.chance(d.pair.n, *f) for d, f in zip(draws, found, strict=True)]
        if measure.over is None:
            values = [measure.score(*f) for f in found]
            known = {"note": measure.note(*found[0]), "over_samples": measure.spread(*found[0])}
            return _entry(measure, kind, space, **known, **_summary(values, chance))
        per_item = [measure.per_item(*f) for f in found]
    except NotApplicableError as refused:
        return _entry(measure, kind, space, value=None, reason=refused.problem)
    counted = [_counted(measure, draw) for draw in draws]
    if not all(bool(mask.any()) for mask in counted):
        return _entry(measure, kind, space, value=None, reason="every query is an anchor")
    values = [float(v[mask].mean()) for v, mask in zip(per_item, counted, strict=True)]
    summary = _summary(values, chance)
    interval = _interval(torch.stack(per_item), torch.stack(counted), measure.range, fmean(values))
    items = int(torch.stack(counted).any(0).sum())
    return _entry(measure, kind, space, **summary, interval=interval, items=items)


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
    spread = {"n": len(values), "std": stdev(values)} if len(values) > 1 else None
    known = [chance for chance in chances if chance is not None]
    return {"value": fmean(values), "over_seeds": spread, "chance": fmean(known) if known else None}


def _counted(measure: Measure, draw: Draw) -> Tensor:
    """Which queries or items count: those that were not excluded."""
    rows = draw.pair.query_rows if measure.over == "queries" else torch.arange(draw.pair.n)
    return ~torch.isin(rows, draw.excluded)


def _interval(
    per_item: Tensor, counted: Tensor, bounds: tuple[float, float], value: float
) -> tuple[float, float] | None:
    """95% over items: the standard error of the mean of per-item scores, each over its draws."""
    times = counted.sum(0)
    means = (per_item * counted).sum(0)[times > 0] / times[times > 0]
    if len(means) < 2:
        return None
    half = NORMAL_95 * float(means.std()) / len(means) ** 0.5
    return max(bounds[0], value - half), min(bounds[1], value + half)
