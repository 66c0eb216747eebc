"""From trials to scores: the mean over splits, and how far it may be off."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean, stdev
from string import ascii_lowercase
from typing import Any

import torch

from latcomp.errors import NotApplicableError
from latcomp.report import Score
from latcomp.scoring.uncertainty import Error, in_both, interval, of_mean, over_anchors, together
from latcomp.stitching.metrics import Metric
from latcomp.stitching.trials import Round, Trial, mean_chance

OF_SPLITS = (
    "the score of a head trained on as many other items, with other anchors, on items that it has "
    "not seen: Student's t over splits, each with its own draw of anchors, with the variance "
    "corrected for training items that splits share (Nadeau and Bengio 2003)"
)
OF_ITEMS = (
    "the score on other items like those held out, with other anchors: the standard error over "
    "the held out items (accuracy and mse) and over the draws of anchors and seeds of heads"
)


@dataclass(frozen=True)
class Held:
    """How items were held out: whether others for each split, how many teach and are tested."""

    resampled: bool
    train: int
    test: int
    confidence: float

    @property
    def facts(self) -> dict[str, Any]:
        """What a report says of it."""
        return {
            "held_out": "drawn anew for each split" if self.resampled else "the same items",
            "train": self.train,
            "test": self.test,
            "interval": OF_SPLITS if self.resampled else OF_ITEMS,
            "confidence": self.confidence,
        }


def summarise(rounds: Sequence[Round], metrics: Sequence[Metric], held: Held) -> list[Score]:
    """One score per way, pair of spaces and metric."""
    columns = zip(*(each.trials for each in rounds), strict=True)
    return [_score(metric, trials, rounds, held) for trials in columns for metric in metrics]


def _score(metric: Metric, trials: Sequence[Trial], rounds: Sequence[Round], held: Held) -> Score:
    first = trials[0]
    entry = Score(
        measure=metric.name,
        space=first.way,
        direction=f"{ascii_lowercase[first.trained]}->{ascii_lowercase[first.tested]}",
        value=None,
        items=held.test,
        range=metric.range,
        better=metric.better,
    )
    try:
        values = [_value(metric, one, each) for one, each in zip(trials, rounds, strict=True)]
        chance = mean_chance(rounds, metric)
    except NotApplicableError as refused:
        return replace(entry, reason=refused.problem)
    error = _error(metric, trials, rounds, values, held)
    known = replace(entry, value=fmean(values), chance=chance, over_seeds=_spread(values))
    if error is None:
        return known
    bounds = interval(fmean(values), error, held.confidence, metric.range, held.test)
    return replace(known, interval=bounds, interval_by=error.by)


def _value(metric: Metric, trial: Trial, of: Round) -> float:
    if trial.said is None:
        raise NotApplicableError(trial.reason or "")
    return metric.score(of.truth, trial.said)


def _spread(values: Sequence[float]) -> dict[str, Any] | None:
    if len(values) < 2:
        return None
    return {"n": len(values), "std": stdev(values), "each": list(values)}


def _error(
    metric: Metric,
    trials: Sequence[Trial],
    rounds: Sequence[Round],
    values: Sequence[float],
    held: Held,
) -> Error | None:
    """The standard error of the mean; None where nothing tells it."""
    runs = len(values)
    if held.resampled:
        if runs < 2:
            return None
        share = 1 / runs + held.test / held.train
        return Error(stdev(values) * math.sqrt(share), runs - 1, "splits")
    if metric.per_item is None:
        return None
    parts = [
        metric.per_item(each.truth, one.said)
        for one, each in zip(trials, rounds, strict=True)
        if one.said is not None
    ]
    table = torch.stack(parts)  # (runs, items)
    all_count = torch.ones_like(table, dtype=torch.bool)
    errors = [of_mean(table, all_count), over_anchors(values)]
    if errors[0] is None:
        return None
    both = together([error for error in errors if error], in_both(table, all_count))
    return Error(both.size, both.freedom, "items and draws")
