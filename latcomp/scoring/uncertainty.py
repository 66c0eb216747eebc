"""How far a score may be off: over items, over draws of anchors, and over both.

A score speaks of n items drawn from some population, seen through a few draws of anchors. Its
error over items is estimated in one of three ways, each valid for its kind of score:

- the mean of per-item scores: their standard error;
- the mean overlap of two lists of neighbours: the same, with what each item adds as a neighbour
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
from latcomp.numerics.overlap import Added
from latcomp.scan import Found, Statistic
from latcomp.scoring.grouping import GroupedMoments, GroupMoments
from latcomp.statistics.moments import CentredMoments

ROUNDING = 1e-9
"""Share of a range below which an error is what rounding leaves of none."""


@dataclass(frozen=True)
class Error:
    """A standard error, the degrees of freedom behind it, and how it was found.

    ``by_group`` is what each group of items (`grouping.groups`) contributes to the deviation of
    the score: their sum of squares estimates the variance, too, and another score of the same
    items can be held against it group by group.
    """

    size: float
    freedom: float
    by: str = ""
    by_group: tuple[float, ...] = ()


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


def together(errors: Sequence[Error], twice: float = 0.0) -> Error:
    """The error of a sum of independent errors, with Welch and Satterthwaite's freedom.

    ``twice`` is the part of their variance that two of them hold (`in_both`); no error is smaller
    than its largest part.
    """
    whole = sum(error.size**2 for error in errors)
    variance = max([whole - twice, *(error.size**2 for error in errors)])
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


def paired(one: Sequence[float], other: Sequence[float]) -> Error:
    """The error of the difference of two scores of the same items, group by group.

    What moves both scores alike is no error of their difference.
    """
    g = len(one)
    variance = sum((x - y) ** 2 for x, y in zip(one, other, strict=True)) * g / (g - 1)
    return Error(math.sqrt(variance), g - 1)


def of_mean(per_item: Tensor, counted: Tensor, group: Tensor | None = None) -> Error | None:
    """The standard error of a mean of per-item scores.

    (draws, items) scores, and which of them count: an item's scores are averaged over its draws.
    ``group`` is the group of each item, (items,), where contributions by group are wanted.
    """
    times = counted.sum(0)
    means = (per_item * counted).sum(0)[times > 0] / times[times > 0]
    n = len(means)
    if n < 2:
        return None
    parts = () if group is None else _by_group(means - means.mean(), group[times > 0], n)
    return Error(float(means.std()) / math.sqrt(n), n - 1, "per-item", parts)


def certain(per_item: Tensor, counted: Tensor, below: float) -> float:
    """What scores below a bar add to the mean over items and draws of (draws, items) scores.

    Where one item in hundreds decides the error of a mean, Wilson's interval holds for the part of
    the mean that such items make up: the rest is its lower bound.
    """
    low = per_item.where(counted & (per_item < below), 0.0).sum(1)
    return float((low / counted.sum(1)).mean())


def in_both(per_item: Tensor, counted: Tensor) -> float:
    """The part of a mean's variance that is in its error over items and in that over draws, too.

    (draws, items) scores, and which of them count. What an item scores under one draw, beyond what
    it and the draw do by themselves, adds to either: the residual of a two-way layout without
    replicates, from the items that always count.
    """
    table = per_item[:, counted.all(0)].double()
    s, n = table.shape
    if s < 2 or n < 2:
        return 0.0
    residual = table - table.mean(0) - table.mean(1, keepdim=True) + table.mean()
    return float(residual.square().sum()) / ((s - 1) * (n - 1)) / (s * n)


def _by_group(deviations: Tensor, group: Tensor, n: int) -> tuple[float, ...]:
    """Deviations (items,) of a sum over n scores, added up group by group."""
    sums = torch.zeros(int(group.max()) + 1, dtype=torch.float64)
    return tuple((sums.index_add_(0, group, deviations.double()) / n).tolist())


def over_draws(added: Sequence[Added], per_item: Tensor, counted: Tensor) -> tuple[Added, Tensor]:
    """What neighbours add to scores that are averaged over draws, and those scores.

    ``per_item`` are the (draws, queries) scores and ``counted`` says which of them count: a query's
    scores are averaged over its draws, and queries that never count are left out.
    """
    times = counted.sum(0)
    kept = times > 0
    shares = counted[:, kept] / times[kept]
    columns = [part.columns[kept] for part in added]
    amounts = [
        part.amounts[kept] * share[:, None] for part, share in zip(added, shares, strict=True)
    ]
    mean = Added(added[0].rows[kept], torch.cat(columns, 1), torch.cat(amounts, 1))
    return mean, (per_item[:, kept] * shares).sum(0)


def of_neighbours(added: Added, per_item: Tensor, group: Tensor) -> Error | None:
    """The error of a mean of per-item scores that depend on who else was drawn.

    ``per_item`` are the scores of the queries of ``added``, (q,); ``group`` is the group of every
    item, (n,). Every item counts with all it adds, as a query and as a neighbour (Hoeffding's
    projection); what belongs to a pair of items is then counted with both of them, and is taken
    off once (Efron and Stein 1981). None for one query.
    """
    rows, n = added.rows, len(group)
    if len(rows) < 2:
        return None
    whole = _sums(added.columns, added.amounts, n)
    whole -= whole.mean()
    whole[rows] += per_item - per_item.mean()
    own = rows[:, None].expand_as(added.columns)
    keys = torch.minimum(own, added.columns) * n + torch.maximum(own, added.columns)
    known, place = torch.unique(keys, return_inverse=True)
    pairs = _sums(place, added.amounts, len(known))
    twice = (pairs - pairs.mean()).square().sum()
    least = (per_item - per_item.mean()).square().sum()
    variance = torch.maximum(whole.square().sum() - twice, least)
    size = math.sqrt(float(variance)) / len(rows)
    parts = _by_group(whole, group, len(rows))
    return Error(size, len(rows) - 1, "per-item and neighbours", parts)


def _sums(places: Tensor, amounts: Tensor, n: int) -> Tensor:
    """What is added at each of n places: (n,) float64."""
    return torch.zeros(n, dtype=torch.float64).index_add_(0, places.flatten(), amounts.flatten())


def how(measure: Measure) -> str | None:
    """How the error over items of a measure is found; None where it is not."""
    if not measure.knows_error():
        return None
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
    parts = tuple((mean - value) * (g - 1) / g for value in replicates)
    variance = sum(part**2 for part in parts) * g / (g - 1)
    return Error(math.sqrt(variance), g - 1, "jackknife", parts)


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
