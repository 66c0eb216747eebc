"""The word on a migration: the least change of the index that finds enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from latcomp.report import Score
from latcomp.tabling import number

WORDS = {
    "unchanged": "query the old index as it is",
    "queries": "translate the queries",
    "index": "translate the index",
    "relative": "make the index relative",
    "re-embedded": "re-embed",
}
"""What each kind of way asks for, the least change first."""


@dataclass(frozen=True)
class Thresholds:
    """``recall`` is the share of what full re-embedding finds that a way must find, too."""

    recall: float = 0.9


def judge_ways(
    scores: Sequence[Score], kinds: dict[str, str], thresholds: Thresholds
) -> tuple[dict[str, Any], str]:
    """The verdict, and the best way that re-embeds nothing.

    ``scores`` are the recalls of the ways, ``kinds`` what each way is.
    """
    found = {score.space: score for score in scores}
    full = _value(found["re-embedded"])
    wanted = thresholds.recall * full
    best = {
        kind: max(
            (found[name] for name, one in kinds.items() if one == kind and name in found),
            key=_value,
            default=None,
        )
        for kind in WORDS
        if kind != "re-embedded"
    }
    tried = {kind: score for kind, score in best.items() if score is not None}
    enough = [kind for kind, score in tried.items() if _value(score) >= wanted]
    word = WORDS[enough[0] if enough else "re-embedded"]
    chosen = tried[enough[0]] if enough else max(tried.values(), key=_value)
    because = [_line(score, wanted) for score in tried.values()]
    because.append(f"full re-embedding finds {number(full)}, which the others are held against")
    if "today" in found:
        because.append(_today(found["today"], chosen))
    return {
        "word": word,
        "because": because,
        "found": {name: score.value for name, score in found.items() if score.value is not None},
        "thresholds": asdict(thresholds),
    }, chosen.space


def _line(score: Score, wanted: float) -> str:
    if score.value is None:
        return f"{score.space}: not possible, {score.reason}"
    low = score.interval[0] if score.interval else score.value
    met = "met" if score.value >= wanted else "not met"
    if score.chance is not None and low <= score.chance:
        met = f"{met}, no better than chance"
    return f"{score.space} finds {number(score.value)}, {met}: at least {number(wanted)}"


def _today(today: Score, chosen: Score) -> str:
    value, now = _value(chosen), _value(today)
    than = "at least as much as" if value >= now else "less than"
    return (
        f"today old queries in the old index find {number(now)} of the same: {chosen.space} finds "
        f"{than} that"
    )


def _value(score: Score) -> float:
    return -1.0 if score.value is None else score.value
