"""What an experiment finds: rows of paper against ours, with a verdict by a rule stated first.

A rule is a bound on our number. The claim *holds* where the whole interval keeps the bound, *holds
weakly* where our number does but its interval does not, and *does not hold here* otherwise. An
experiment holds where every row does, and does not where more than half of its rows do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from scipy.stats import t as student

HOLDS = "holds"
WEAKLY = "holds weakly"
FAILS = "does not hold here"
SHOWN = "for comparison"
"""Of a number that stands beside the others and that no rule is about."""


@dataclass(frozen=True)
class Estimate:
    """A number and the interval that holds it with 95%, or None where there is but one draw."""

    value: float
    interval: tuple[float, float] | None = None

    def __str__(self):
        if self.interval is None:
            return figure(self.value)
        low, high = self.interval
        return f"{figure(self.value)} ({figure(low)} to {figure(high)})"


@dataclass(frozen=True)
class Row:
    """One claim, the paper's number for it, ours, and whether ours keeps the rule."""

    claim: str
    paper: str
    ours: str
    rule: str
    verdict: str

    def as_json(self):
        return asdict(self)


def figure(value):
    """Three digits that count, and no more than three places: 0.123, 12.3, 1234."""
    whole = len(str(int(abs(value)))) if abs(value) >= 1 else 0
    return f"{value:.{max(0, 3 - whole)}f}"


def row(claim, paper, ours, *, above=None, below=None):
    """A row whose rule is that our estimate lies ``above`` or ``below`` a bound, if any."""
    rule = "" if above is None else f"above {above:g}"
    if below is not None:
        rule = f"below {below:g}"
    return Row(claim, paper, str(ours), rule, judge(ours, above, below))


def judge(ours, above=None, below=None):
    """The verdict on an estimate, by the rule that this file begins with."""
    if above is None and below is None:
        return SHOWN
    keeps = (lambda x: x > above) if below is None else (lambda x: x < below)
    if not keeps(ours.value):
        return FAILS
    return HOLDS if ours.interval is not None and all(map(keeps, ours.interval)) else WEAKLY


def not_applicable(claim, paper, reason):
    """A row for a number that cannot be had, with the reason in its place."""
    return Row(claim, paper, f"n/a: {reason}", "", SHOWN)


def overall(rows):
    """The verdict on an experiment: that of all its rows."""
    verdicts = [one.verdict for one in rows if one.verdict != SHOWN]
    if all(verdict == HOLDS for verdict in verdicts):
        return HOLDS
    return FAILS if verdicts.count(FAILS) * 2 > len(verdicts) else WEAKLY


def over_runs(values: Sequence[float]):
    """The mean of independent runs, with Student's interval: it needs two or more."""
    found = np.asarray(values, dtype=float)
    error = found.std(ddof=1) / np.sqrt(len(found)) * student.ppf(0.975, len(found) - 1)
    return Estimate(float(found.mean()), (float(found.mean() - error), float(found.mean() + error)))


def over_splits(values: Sequence[float], tested_to_taught=1.0):
    """The mean over splits of the same items, which share most of what teaches and tests.

    Student's interval with the variance of Nadeau and Bengio (2003), for as many items tested as
    taught, or ``tested_to_taught`` times as many.
    """
    found = np.asarray(values, dtype=float)
    share = 1 / len(found) + tested_to_taught
    error = found.std(ddof=1) * np.sqrt(share) * student.ppf(0.975, len(found) - 1)
    return Estimate(float(found.mean()), (float(found.mean() - error), float(found.mean() + error)))


def each(scores):
    """The mean of several scores of one stitching, split by split."""
    return np.mean([score.over_seeds["each"] for score in scores], axis=0)


def scored(score):
    """A score of latcomp, with its interval over items and anchors together where it has one."""
    return Estimate(score.value, score.interval_both or score.interval)


def difference(one, other):
    """One score less another, the draws of anchors taken as independent.

    Where the anchors are not drawn, the items are, taken as others for each score: too wide where
    both are of the same items, as they are.
    """
    errors = [_error(score) for score in (one, other)]
    value, error = one.value - other.value, 1.96 * float(np.hypot(*errors))
    return Estimate(value, (value - error, value + error))


def _error(score):
    if score.over_seeds is not None:
        return score.over_seeds["std"] / score.over_seeds["n"] ** 0.5
    low, high = score.interval
    return (high - low) / 2 / 1.96
