"""The null: what scores are when items are paired at random, and scores calibrated by it.

One permutation of the pairing serves all measures of a replicate, and nothing is searched anew:
stored lists of neighbours are renumbered, moments need only one product, X'(PY).

Where there are several draws of anchors the null is that of the first, and so is the score that
is held against it: the two are exchangeable when the pairing is random, which makes p exact.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, runtime_checkable

import torch

from latcomp.draws import stream
from latcomp.engine.shuffle import Held, Shuffle, shuffled
from latcomp.errors import NotApplicableError, UsageError
from latcomp.measures import Measure
from latcomp.report import Score
from latcomp.scan import Statistic, Watch
from latcomp.scoring.score import Draw, depth, entries, refuse, value

ROUNDING = 1e-8
"""Scores that differ by less, as a share of the largest, are tied.

One pairing scored in two ways differs in its last digits.
"""


@runtime_checkable
class Permutable(Protocol):
    """A statistic that knows what it would have found under another pairing of the items."""

    def permuted(self, found: Any, shuffle: Shuffle) -> Any: ...


@dataclass
class _Null:
    """Scores of one entry under every permutation so far, or why there are none."""

    observed: float = math.nan
    scores: list[float] = field(default_factory=list)
    missing: str | None = None


def calibrate(
    scores: Sequence[Score],
    measures: Sequence[Measure],
    spaces: dict[str, list[Draw]],
    permutations: int,
    seed: int,
    confidence: float,
    watch: Watch,
) -> tuple[list[Score], list[str]]:
    """The scores with their null and calibrated value, and a sentence on each that has none."""
    if permutations < 0:
        raise UsageError(f"permutations must not be negative, found {permutations}")
    if permutations == 0:
        return list(scores), []
    nulls = _draw(measures, spaces, permutations, seed, watch)
    notes = {
        f"no null was drawn for {score.label} in the {score.space} spaces: {null.missing}"
        for score, null in zip(scores, nulls, strict=True)
        if null.missing is not None and score.value is not None
    }
    pairs = zip(scores, nulls, strict=True)
    return [_calibrated(score, null, confidence) for score, null in pairs], sorted(notes)


def _draw(
    measures: Sequence[Measure],
    spaces: dict[str, list[Draw]],
    permutations: int,
    seed: int,
    watch: Watch,
) -> list[_Null]:
    asked = list(entries(measures, spaces))
    deepest = depth(measures)
    nulls = [_observe(m, kind, spaces[space][0], deepest) for m, kind, space in asked]
    held = {space: Held(draws[0].pair) for space, draws in spaces.items()}
    generator = stream(seed, "null")
    n = next(iter(spaces.values()))[0].pair.n
    for done in range(1, permutations + 1):
        keys = torch.rand(n, generator=generator, dtype=torch.float64)
        worlds = {
            space: _World(draws[0], shuffled(keys, draws[0].pair, draws[0].anchors, held[space]))
            for space, draws in spaces.items()
        }
        for (measure, kind, space), null in zip(asked, nulls, strict=True):
            if null.missing is None:
                worlds[space].score(measure, kind, deepest, null)
        watch("null", done, permutations)
    return nulls


def _observe(measure: Measure, kind: str, draw: Draw, deepest: int) -> _Null:
    needed = measure.needs(kind, deepest)
    if len(set(draw.anchors.tolist())) > draw.pair.n - 2:
        return _Null(missing="every item is an anchor")
    missing = why_none(measure)
    if missing is not None:
        return _Null(missing=missing)
    try:
        refuse(measure, [draw])
        return _Null(value(measure, draw, [draw.found[need] for need in needed]))
    except NotApplicableError as refused:
        return _Null(missing=refused.problem)


def why_none(measure: Measure) -> str | None:
    """Why permutations tell nothing of a measure, or None where they do."""
    if measure.one_sided:
        return "it is about one space, whatever the pairing"
    if measure.blind:
        return "it is blind to the pairing"
    if not all(isinstance(need, Permutable) for need in measure.needs("ab", 1)):
        return "what it needs cannot be had for another pairing without a new scan"
    return None


class _World:
    """One draw under one permutation; what a statistic finds there is found once."""

    def __init__(self, draw: Draw, shuffle: Shuffle) -> None:
        self._draw = draw
        self._shuffle = shuffle
        self._found: dict[Statistic, Any] = {}

    def score(self, measure: Measure, kind: str, deepest: int, null: _Null) -> None:
        try:
            found = [self._find(need) for need in measure.needs(kind, deepest)]
            null.scores.append(value(measure, self._draw, found))
        except NotApplicableError as refused:
            null.missing = refused.problem

    def _find(self, need: Statistic) -> Any:
        if need not in self._found and isinstance(need, Permutable):
            self._found[need] = need.permuted(self._draw.found[need], self._shuffle)
        return self._found[need]


def _calibrated(score: Score, null: _Null, confidence: float) -> Score:
    if score.value is None or null.missing is not None:
        return score
    sign = 1 if score.better == "higher" else -1
    drawn = sorted(sign * one for one in null.scores)
    k = len(drawn)
    slack = ROUNDING * max(abs(one) for one in (null.observed, *drawn))
    reached = sum(one >= sign * null.observed - slack for one in drawn)
    tied = sum(abs(one - sign * null.observed) <= slack for one in drawn)
    upper = drawn[min(k, math.ceil((k + 1) * confidence)) - 1]
    best = max(sign * bound for bound in score.range)
    found = {
        "permutations": k,
        "mean": math.fsum(null.scores) / k,
        "upper": sign * upper,
        "p": (1 + reached) / (1 + k),
        "tied": tied,
    }
    return replace(score, null=found, calibrated=_on_scale(sign * null.observed, upper, best))


def _on_scale(value: float, upper: float, best: float) -> float | None:
    """(value - upper) / (best - upper) within 0 and 1; None where there is no such scale."""
    if not math.isfinite(best) or best <= upper:
        return None
    return min(1.0, max(0.0, (value - upper) / (best - upper)))
