"""A report against an earlier one: may they be compared, and did a score drop beyond the noise."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from latcomp.errors import InputError, UsageError
from latcomp.gates.rules import Target, Verdict, parse_target
from latcomp.report import Report, Score
from latcomp.scoring.uncertainty import Error, over_anchors, paired, quantile, together


@dataclass(frozen=True)
class MaxDrop:
    """A score may get worse by no more than ``tolerance``, noise aside."""

    text: str
    target: Target
    tolerance: float


@dataclass(frozen=True)
class Change:
    """How one score changed: ``drop`` is positive where it got worse, ``noise`` what chance does.

    ``noise`` is None where neither report says how far the score may be off.
    """

    score: Score
    before: float
    now: float
    drop: float
    noise: float | None


@dataclass(frozen=True)
class Shared:
    """What two reports have in common: their items and queries, their anchors.

    What is the same moves both scores alike, and is no noise of their difference. ``share`` is
    the share of items that a draw of anchors takes, 0 where they come from other files.
    """

    items: bool
    anchors: bool
    share: float

    @classmethod
    def by(cls, report: Report, baseline: Report) -> Shared:
        """What these two have in common."""
        digests = [one.matching.get("digest") for one in (report, baseline)]
        samples = [
            [one.protocol["queries"], one.protocol["query_seed"], _asked(one)]
            for one in (report, baseline)
        ]
        anchors = [one.anchors["digests"] for one in (report, baseline)]
        items = digests[0] == digests[1] is not None and samples[0] == samples[1]
        share = report.anchors["count"] / report.matching["items"]
        share = 0.0 if report.anchors.get("from") else share
        return cls(items, anchors[0] == anchors[1], share)


def _asked(report: Report) -> list[Any]:
    """The digests of queries from files of their own."""
    files = report.queries or {}
    return [files[side]["digest"] for side in "ab" if side in files]


def parse_max_drop(text: str) -> MaxDrop:
    """Read `mrr=0.02`. Raises UsageError for text of another form."""
    name, _, amount = text.rpartition("=")
    target = parse_target(name)
    try:
        tolerance = float(amount)
    except ValueError:
        tolerance = -1.0
    if target is None or not 0 <= tolerance < math.inf:
        raise UsageError(
            f"cannot read the tolerance {text!r}", "write `mrr=0.02` or `jaccard[a->b]=0.05`"
        )
    return MaxDrop(text.strip(), target, tolerance)


def against(report: Report, baseline: Report, drops: Sequence[MaxDrop]) -> list[Verdict]:
    """A verdict on every tolerance: not met where a drop exceeds it and the noise of both."""
    return [_judge(report, baseline, rule) for rule in drops]


def differences(report: Report, baseline: Report) -> list[str]:
    """Why scores of the two reports cannot be held against each other; empty where they can.

    Other anchors of the same kind are no reason where several draws say how much they matter.
    """
    pairs = _conditions(report), _conditions(baseline)
    found = [
        f"{name}: {now} against {pairs[1].get(name)}"
        for name, now in pairs[0].items()
        if now != pairs[1].get(name)
    ]
    draws = [one.anchors["digests"] for one in (report, baseline)]
    if draws[0] != draws[1] and min(map(len, draws)) == 1:
        found.append("anchors: other items, drawn once, so that their noise is unknown")
    return found


def refuse_differences(report: Report, baseline: Report) -> None:
    """Raise InputError where the two reports were not made alike."""
    found = differences(report, baseline)
    if found:
        raise InputError(
            f"the report and its baseline were not made alike: {'; '.join(found)}",
            "make both with the same options, or judge them --anyway",
        )


def _conditions(report: Report) -> dict[str, Any]:
    protocol, anchors = report.protocol, report.anchors
    return {
        "items": report.matching["items"],
        "queries": protocol["queries"],
        "separate queries": report.queries and report.queries["matching"]["items"],
        "k": protocol["k"],
        "similarity": report.similarity["name"],
        "centred": report.similarity["center"],
        "anchors": f"{anchors['count']} {anchors['strategy']}",
        "draws of anchors": len(anchors["digests"]),
        "anchors scored": not anchors["excluded"],
        "self": protocol["self"],
        "ties": protocol["ties"],
    }


def _judge(report: Report, baseline: Report, rule: MaxDrop) -> Verdict:
    text = f"{rule.text.rpartition('=')[0].strip()} drops by at most {rule.tolerance:g}"
    try:
        now, before = rule.target.find(report), rule.target.find(baseline)
        shared = Shared.by(report, baseline)
        changes = list(_changes(now, before, shared, report.protocol.get("confidence", 0.95)))
    except InputError as error:
        return Verdict(text, None, met=False, reason=error.problem, hint=error.hint)
    failed = [change for change in changes if _fails(change, rule.tolerance)]
    worst = max(failed or changes, key=lambda change: change.drop)
    return Verdict(text, worst.now, met=not failed, detail=_detail(worst))


def _changes(
    now: list[Score], before: list[Score], shared: Shared, confidence: float
) -> Iterator[Change]:
    known = {(name, s.direction): s for s in before for name in (s.measure, s.label)}
    for score in now:
        key = score.label, score.direction
        old = known.get(key, known.get((score.measure, score.direction)))
        if old is None or old.value is None or score.value is None:
            raise InputError(f"cannot be judged: the baseline has no {score.label}")
        drop = old.value - score.value if score.better == "higher" else score.value - old.value
        errors = _errors_of_difference(score, old, shared, confidence)
        yield Change(score, old.value, score.value, drop, _noise(errors, confidence))


def _fails(change: Change, tolerance: float) -> bool:
    return change.drop > tolerance and change.drop > (change.noise or 0.0)


def _noise(errors: list[Error], confidence: float) -> float | None:
    """The drop that chance alone exceeds in one of two directions no oftener than it may."""
    if not errors:
        return None
    both = together(errors)
    return quantile(2 * confidence - 1, both.freedom) * both.size


def _errors_of_difference(now: Score, old: Score, shared: Shared, confidence: float) -> list[Error]:
    """The errors of the difference over items and over anchors, paired where they are the same."""
    items = [e for s in (now, old) if (e := _over_items(s, confidence)) is not None]
    anchors = [e for s in (now, old) if (e := _over_anchors(s)) is not None]
    if shared.items and now.by_group and old.by_group:
        items = [paired(now.by_group, old.by_group)]
    draws = [(score.over_seeds or {}).get("each") for score in (now, old)]
    if shared.anchors and draws[0] and draws[1]:
        differences = [x - y for x, y in zip(*draws, strict=True)]
        error = over_anchors(differences, shared.share)
        anchors = [] if error is None else [error]
    return [*items, *anchors] if items else []


def _over_items(score: Score, confidence: float) -> Error | None:
    """Its error over items, from what the report's version says of it."""
    if score.errors:
        return Error(score.errors.get("items", 0.0), math.inf)
    if score.interval:
        half = (score.interval[1] - score.interval[0]) / 2
        return Error(half / quantile(confidence, math.inf), math.inf)
    return None


def _over_anchors(score: Score) -> Error | None:
    """Its error over draws of anchors, from other items where the report says so."""
    if not score.over_seeds:
        return None
    n, errors = score.over_seeds["n"], score.errors or {}
    if "both" not in errors:
        return Error(score.over_seeds["std"] / math.sqrt(n), n - 1)
    beyond = errors["both"] ** 2 - errors.get("items", 0.0) ** 2
    return Error(math.sqrt(max(beyond, 0.0)), n - 1)


def _detail(change: Change) -> str:
    way = "dropped" if change.drop > 0 else "gained"
    noise = "noise unknown" if change.noise is None else f"noise {change.noise:.4f}"
    where = f"{change.score.direction}: " if change.score.direction else ""
    return f"{where}{change.before:.4f} to {change.now:.4f}, {way} {abs(change.drop):.4f}, {noise}"
