"""How far a score may be off: over items, over draws of anchors, and over both.

A score speaks of n items drawn from some population, seen through a few draws of anchors. Its
error over items is estimated in one of three ways, each valid for its kind of score:

- the mean of per-item scores of a search across spaces: their standard error;
- the overlap of neighbours inside each space: the same, with what each item adds as a neighbour
  of others, since an item's score there depends on who else was drawn;
- a smooth function of moments: a jackknife, from the sums of groups of items.

Resampling rows with replacement is none of them: a row drawn twice is its own neighbour.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

import torch
from scipy.special import stdtrit
from torch import Tensor

from latcomp.errors import NotApplicableError, UsageError
from latcomp.measures import Measure
from latcomp.scan import Found, Statistic
from latcomp.scoring.grouping import GroupedMoments, GroupMoments
from latcomp.statistics.moments import CentredMoments

ROUNDING = 1e-9
"""Share of a range below which an error is what rounding leaves of none."""


@dataclass(frozen=True)
class Error:
    """A standard error, the degrees of freedom behind it, and how it was found."""

    size: float
    freedom: float
    by: str = ""


def check_confidence(confidence: float) -> None:
    """Raise UsageError where ``confidence`` is no share between 0 and 1."""
    if not 0 < confidence < 1:
        raise UsageError(f"confidence must lie between 0 and 1, found {confidence:g}")


def over_anchors(values: Sequence[float], share: float = 0.0) -> Error | None:
    """The error of the mean over draws of anchors; None for a single draw.

    ``share`` is the share of items that each draw takes. For other draws from the same items it
    does not matter; for other items it does: draws that share items err together.
    """
    s = len(values)
    if s < 2 or share >= 1:
        return None
    scale = (1 / s + (1 - 1 / s) * share) / (1 - share)
    return Error(stdev(values) * math.sqrt(scale if share else 1 / s), s - 1)


def together(errors: Sequence[Error]) -> Error:
    """The error of a sum of independent errors, with Welch and Satterthwaite's freedom."""
    variance = sum(error.size**2 for error in errors)
    shares = sum(error.size**4 / error.freedom for error in errors)
    return Error(math.sqrt(variance), variance**2 / shares if shares else math.inf)


def quantile(confidence: float, freedom: float) -> float:
    """How many standard errors hold ``confidence``, to both sides (Student's t).

    >>> round(quantile(0.95, math.inf), 3), round(quantile(0.95, 19), 3)
    (1.96, 2.093)
    """
    return float(stdtrit(min(freedom, 1e9), (1 + confidence) / 2))


def interval(
    value: float, error: Error, confidence: float, bounds: tuple[float, float], items: float
) -> tuple[float, float]:
    """The interval that holds the expected score of another draw of as many items.

    Wilson's score interval with the number of items that the error amounts to, so that it stays
    inside ``bounds``. Where every item scored the same the error is 0, and the number of ``items``
    says how sure that is; infinitely many leave no width. Without finite bounds, the value and its
    error to both sides.

    >>> interval(1.0, Error(0.0, 99), 0.95, (0.0, 1.0), 100)[0] < 0.97
    True
    """
    z = quantile(confidence, error.freedom)
    low, high = bounds
    if not math.isfinite(high - low):
        half = z * error.size
        return max(low, value - half), min(high, value + half)
    share = min(1.0, max(0.0, (value - low) / (high - low)))
    spread, size = share * (1 - share), error.size / (high - low)
    if min(spread, size) > ROUNDING:
        n = spread / size**2
    else:
        z, n = quantile(confidence, math.inf), items
    half = z * math.sqrt(spread / n + (z / n) ** 2 / 4)
    scale = (high - low) / (1 + z**2 / n)
    middle = share + z**2 / (2 * n)
    return min(value, low + scale * (middle - half)), max(value, low + scale * (middle + half))


def of_mean(per_item: Tensor, counted: Tensor) -> Error | None:
    """The standard error of a mean of per-item scores.

    (draws, items) scores, and which of them count: an item's scores are averaged over its draws.
    """
    times = counted.sum(0)
    means = (per_item * counted).sum(0)[times > 0] / times[times > 0]
    if len(means) < 2:
        return None
    return Error(float(means.std()) / math.sqrt(len(means)), len(means) - 1, "per-item")


def of_neighbours(added: Tensor, per_item: Tensor, rows: Tensor) -> Error:
    """The error of a mean of per-item scores that depend on who else was drawn.

    ``added`` is sparse (n, n): what each item, as a neighbour, adds to the score of each query;
    ``per_item`` are the scores of the queries, whose row numbers are ``rows``. Every item counts
    with all it adds, as a query and as a neighbour (Hoeffding's projection); what belongs to a
    pair of items is then counted with both of them, and is taken off once (Efron and Stein 1981).
    """
    whole = added.sum(0).to_dense()
    whole -= whole.mean()
    whole[rows] += per_item - per_item.mean()
    pairs = (added + added.T).coalesce().values()
    twice = (pairs - pairs.mean()).square().sum() / 2
    least = (per_item - per_item.mean()).square().sum()
    variance = torch.maximum(whole.square().sum() - twice, least)
    return Error(math.sqrt(float(variance)) / len(rows), len(rows) - 1, "per-item and neighbours")


def how(measure: Measure) -> str | None:
    """How the error over items of a measure is found; None where it is not."""
    if measure.over is not None:
        alone = type(measure).neighbourly is Measure.neighbourly
        return "per-item" if alone else "per-item and neighbours"
    return "jackknife" if _of_moments(measure, measure.needs("ab", 1)) else None


def jackknife(measure: Measure, kind: str, depth: int, found: Found) -> Error | None:
    """The error of a score of moments, from groups of items left out; None for other scores."""
    needed = measure.needs(kind, depth)
    try:
        replicates = list(_without_groups(measure, needed, found))
    except NotApplicableError:
        return None
    if not replicates:
        return None
    mean, g = fmean(replicates), len(replicates)
    variance = (g - 1) / g * sum((value - mean) ** 2 for value in replicates)
    return Error(math.sqrt(variance), g - 1, "jackknife")


def grouped(wanted: Sequence[Statistic], widths: tuple[int, int]) -> list[Statistic]:
    """The same statistics, with moments learnt by groups where the groups' sums fit."""
    if GroupedMoments.fits(*widths):
        return [GroupedMoments() if s == CentredMoments() else s for s in wanted]
    return list(wanted)


def whole(found: Found) -> Found:
    """What was found, with the moments of all items beside those of groups."""
    moments: GroupMoments | None = found.get(GroupedMoments())
    return found if moments is None else {**found, CentredMoments(): moments.whole}


def _without_groups(measure: Measure, needed: Sequence[Statistic], found: Found) -> Iterator[float]:
    """The score without each group of items in turn; nothing where that cannot be had."""
    if _of_moments(measure, needed):
        moments: GroupMoments | None = found.get(GroupedMoments())
        if moments is not None:
            for left in moments.without_each():
                yield measure.score(*[left] * len(needed))


def _of_moments(measure: Measure, needed: Sequence[Statistic]) -> bool:
    return measure.smooth and all(need == CentredMoments() for need in needed)
