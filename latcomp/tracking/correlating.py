"""Does similarity to the reference go with the score: within runs, and across them.

Two different questions, which one number cannot answer (Moschella et al. 2023, figure 4, answers
the first): does similarity rise and fall with the score while one run is trained; and are runs
that end nearer to the reference those that end better?
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean

import numpy as np
from scipy import stats

from latcomp.scoring.uncertainty import ROUNDING, quantile
from latcomp.tracking.scored import Known

KINDS = ("pearson", "spearman")
RESAMPLES = 5000
FEWEST_RUNS = 5
"""Runs below which resampling them says too little."""
FEWEST_POINTS = 3
"""Points below which a correlation is always 1 or -1."""


@dataclass(frozen=True)
class Correlation:
    """One correlation of a measure with the score.

    ``over`` is "within-run": the mean over ``n`` runs of the correlation over their checkpoints;
    or "across-run": over ``n`` runs, one point each, their last checkpoints. ``interval_by`` says
    how the interval was found; where there is none, ``reason`` or ``note`` says why.
    """

    measure: str
    space: str
    direction: str | None
    over: str
    coefficient: str
    value: float | None
    n: int
    interval: tuple[float, float] | None = None
    interval_by: str | None = None
    reason: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Series:
    """One measure of all checkpoints beside what is known of them."""

    measure: str
    space: str
    direction: str | None
    similarity: tuple[float, ...]
    known: tuple[Known, ...]

    def runs(self, reach: float | None) -> list[list[int]]:
        """The checkpoints of every run, first to last; of runs whose best score reaches ``reach``.

        Without runs each checkpoint is a run of its own.
        """
        held: dict[str, list[int]] = {}
        for place, one in enumerate(self.known):
            held.setdefault(str(place) if one.run is None else one.run, []).append(place)
        ordered = [sorted(places, key=self._when) for places in held.values()]
        if reach is None:
            return ordered
        return [run for run in ordered if max(self.known[i].score for i in run) >= reach]

    def _when(self, place: int) -> float:
        epoch = self.known[place].epoch
        return place if epoch is None else epoch

    def points(self, places: Sequence[int]) -> tuple[list[float], list[float]]:
        """Similarities and scores of some checkpoints."""
        return [self.similarity[i] for i in places], [self.known[i].score for i in places]


def correlate(
    series: Series, reach: float | None, confidence: float, seed: int
) -> list[Correlation]:
    """Both questions, by both coefficients."""
    runs = series.runs(reach)
    return [
        one
        for kind in KINDS
        for one in (
            _within(series, runs, kind, confidence, seed),
            _across(series, runs, kind, confidence),
        )
    ]


def _within(
    series: Series, runs: Sequence[Sequence[int]], kind: str, confidence: float, seed: int
) -> Correlation:
    known = [coefficient(*series.points(run), kind) for run in runs]
    values = [value for value in known if value is not None]
    entry = _empty(series, "within-run", kind, len(values))
    if not values:
        return replace(
            entry,
            reason=f"no run has {FEWEST_POINTS} checkpoints or more whose scores and similarities "
            "differ",
        )
    lost = len(runs) - len(values)
    left_out = (
        f"{lost} of {len(runs)} runs have too few checkpoints, or all alike; " if lost else ""
    )
    if len(values) < FEWEST_RUNS:
        few = f"no interval: resampling takes {FEWEST_RUNS} runs or more"
        return replace(entry, value=fmean(values), note=left_out + few)
    return replace(
        entry,
        value=fmean(values),
        interval=_resampled(values, confidence, seed),
        interval_by="bootstrap over runs, bias corrected and accelerated",
        note=left_out.removesuffix("; ") or None,
    )


def _across(
    series: Series, runs: Sequence[Sequence[int]], kind: str, confidence: float
) -> Correlation:
    similarity, score = series.points([run[-1] for run in runs])
    value = coefficient(similarity, score, kind)
    entry = _empty(series, "across-run", kind, len(runs))
    if value is None:
        why = f"takes {FEWEST_POINTS} runs whose scores and similarities differ"
        return replace(entry, reason=why)
    entry = replace(entry, value=value)
    if len(runs) < FEWEST_RUNS:
        return replace(entry, note=f"no interval: it takes {FEWEST_RUNS} runs or more")
    if kind == "pearson":
        found = stats.pearsonr(similarity, score).confidence_interval(confidence)
        bounds, by = (float(found.low), float(found.high)), "Fisher's z"
    else:
        bounds = ranked_interval(value, len(runs), confidence)
        by = "Fisher's z with Bonett and Wright's variance (2000)"
    return replace(entry, interval=bounds, interval_by=by)


def coefficient(x: Sequence[float], y: Sequence[float], kind: str) -> float | None:
    """Pearson's or Spearman's correlation; None for few or constant points."""
    if len(x) < FEWEST_POINTS or len(set(x)) == 1 or len(set(y)) == 1:
        return None
    find = stats.pearsonr if kind == "pearson" else stats.spearmanr
    return float(find(x, y).statistic)


def ranked_interval(value: float, n: int, confidence: float) -> tuple[float, float]:
    """Fisher's z of a rank correlation, with the variance (1 + r^2 / 2) / (n - 3)."""
    if abs(value) == 1:
        return value, value
    half = quantile(confidence, math.inf) * math.sqrt((1 + value**2 / 2) / (n - 3))
    middle = math.atanh(value)
    return math.tanh(middle - half), math.tanh(middle + half)


def _resampled(values: Sequence[float], confidence: float, seed: int) -> tuple[float, float]:
    if max(values) - min(values) < ROUNDING:
        return min(values), max(values)
    found = stats.bootstrap(
        (np.array(values),),
        np.mean,
        confidence_level=confidence,
        n_resamples=RESAMPLES,
        method="BCa",
        random_state=np.random.default_rng(seed),
    ).confidence_interval
    return float(found.low), float(found.high)


def _empty(series: Series, over: str, kind: str, n: int) -> Correlation:
    """A correlation whose value is still to come."""
    return Correlation(series.measure, series.space, series.direction, over, kind, None, n)
