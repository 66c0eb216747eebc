"""The verdict: what a report says, in a sentence, and the sentences that bear it out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median
from typing import Any

from latcomp.measures import MEASURES
from latcomp.report import Report, Score
from latcomp.tabling import number

LADDER = ((0.75, "agree closely"), (0.4, "agree in part"), (0.1, "agree a little"))
"""How far from chance (0) to the best there is (1) the middle score must come for each word."""

LITTLE = "agree very little, but more than chance would have it"

BARELY = "agree no more than chance would have it"


@dataclass(frozen=True)
class Verdict:
    """A headline, how it is meant (good, fair or poor), and what it rests on."""

    headline: str
    tone: str
    because: list[str]


def verdict(report: Report) -> Verdict:
    """Gates decide where there are any, then the word on two versions of one model, then scores."""
    if report.gates:
        return of_gates(report.gates, [_of_scores(report)[0], *_because(report)])
    if report.verdict is not None:
        word = report.verdict["word"]
        tone = {"drop-in": "good", "re-index needed": "fair"}.get(word, "poor")
        return Verdict(f"Two versions of one model: {word}", tone, list(report.verdict["because"]))
    headline, tone = _of_scores(report)
    return Verdict(headline, tone, list(_because(report)))


def of_gates(gates: Sequence[Mapping[str, Any]], because: list[str]) -> Verdict:
    """How many gates were met."""
    met = sum(gate["met"] for gate in gates)
    tone = "good" if met == len(gates) else "poor"
    return Verdict(f"{met} of {len(gates)} gates met", tone, because)


def way(score: Score) -> float | None:
    """How far a score lies from chance (0) to the best there is (1); None where that is unknown."""
    if score.calibrated is not None:
        return score.calibrated
    best = score.range[1] if score.better == "higher" else score.range[0]
    if score.value is None or score.chance is None or not math.isfinite(best):
        return None
    return (score.value - score.chance) / (best - score.chance) if best != score.chance else None


def _of_scores(report: Report) -> tuple[str, str]:
    space = "relative" if report.anchors["count"] else "absolute"
    ways = [way(score) for score in report.scores if score.space == space]
    known = [one for one in ways if one is not None]
    seen = "seen from the anchors" if space == "relative" else "as they were saved"
    if not known:
        return f"No score of the spaces {seen} has a chance level to be judged by", "fair"
    middle = median(known)
    lowest = LITTLE if _beyond_chance(report, space) else BARELY
    words = next((words for least, words in LADDER if middle >= least), lowest)
    tone = {"agree closely": "good", LITTLE: "poor", BARELY: "poor"}.get(words, "fair")
    return f"The two spaces {words}, {seen}", tone


def _beyond_chance(report: Report, space: str) -> bool:
    """Whether most scores with an interval are clearly better than chance with all of it.

    Twice as good at least: anchors are the same items on both sides, and where they are queries
    they find themselves, so that even unrelated spaces come out a little better than chance.
    """
    beyond = []
    for score in report.scores:
        interval = score.interval_both or score.interval
        if score.space == space and interval and score.chance is not None:
            low, high = interval
            higher = low > max(score.chance, 2 * score.chance)
            beyond.append(higher if score.better == "higher" else high < score.chance / 2)
    return sum(beyond) * 2 > len(beyond)


def _because(report: Report) -> Iterator[str]:
    space = "relative" if report.anchors["count"] else "absolute"
    scores = [score for score in report.scores if score.space == space]
    ways = [one for one in map(way, scores) if one is not None]
    if len(ways) > 1:
        yield (
            f"From chance (0) to the best there is (1), the scores lie between {min(ways):.2f} and "
            f"{max(ways):.2f}, the middle one at {median(ways):.2f}."
        )
    if space == "relative":
        yield from _as_saved(report)
    known = [score for score in scores if score.value is not None]
    for _, group in groupby(known, lambda score: score.label):
        yield _sentence(list(group))


def _as_saved(report: Report) -> Iterator[str]:
    """Whether coordinates are shared, by measures that hold vectors of a against those of b."""
    absolute = [s for s in report.scores if s.space == "absolute" and s.measure in ("hit", "mrr")]
    if any(score.reason for score in absolute):
        yield "As saved, vectors of a cannot be held against vectors of b: the dimensions differ."
        return
    ways = [one for one in map(way, absolute) if one is not None]
    if ways and max(ways) < LADDER[-1][0]:
        yield "As saved, they share no coordinates: items do not find themselves in the other."
    elif ways and min(ways) >= LADDER[0][0]:
        yield "As saved, they share their coordinates, too."


def _sentence(scores: list[Score]) -> str:
    """What one measure found, in both directions where it has them, and what it means."""
    first = scores[0]
    found = " and ".join(
        number(score.value) + (f" {score.direction}" if score.direction else "") for score in scores
    )
    chance = "" if first.chance is None else f", where chance gives {number(first.chance)}"
    meaning = (MEASURES[first.measure].__doc__ or "").partition("\n")[0]
    return f"{first.label} is {found}{chance}. {meaning}"
