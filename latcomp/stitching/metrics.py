"""How well a head did on held out items: accuracy and F1 for labels, R2 and MSE for targets."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from latcomp.errors import NotApplicableError

Compare = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Metric:
    """A named number made of truth and of what a head said of the same items, in that order.

    Where it is a mean over items, ``per_item`` gives each item's part, (n,).
    """

    name: str
    score: Callable[[Tensor, Tensor], float]
    range: tuple[float, float]
    better: str = "higher"
    per_item: Compare | None = None


def accuracy(truth: Tensor, said: Tensor) -> float:
    """The share of items whose class was named."""
    return float(_hits(truth, said).mean())


def f1_macro(truth: Tensor, said: Tensor) -> float:
    """The mean F1 of the classes that were there or were named, each counted alike."""
    scores, _ = _f1(truth, said)
    return float(scores.mean())


def f1_weighted(truth: Tensor, said: Tensor) -> float:
    """The mean F1 of the classes, each counted as often as it was there."""
    scores, times = _f1(truth, said)
    return float((scores * times).sum() / times.sum())


def r2(truth: Tensor, said: Tensor) -> float:
    """1 - squared error / squared distance from the mean of the held out items, all outputs summed.

    A mean over outputs, each weighed by its variance, so that constant ones do not matter.
    Raises NotApplicableError where all of them are constant.
    """
    spread = (truth - truth.mean(0)).square().sum()
    if not bool(spread > 0):
        raise NotApplicableError("the targets of the held out items are all equal")
    return float(1 - (truth - said).square().sum() / spread)


def mse(truth: Tensor, said: Tensor) -> float:
    """The mean squared error over items and outputs."""
    return float(_errors(truth, said).mean())


def _hits(truth: Tensor, said: Tensor) -> Tensor:
    return (truth == said).double()


def _errors(truth: Tensor, said: Tensor) -> Tensor:
    return (truth - said).square().mean(1)


def _f1(truth: Tensor, said: Tensor) -> tuple[Tensor, Tensor]:
    """F1 of every class that was there or was named, and how often it was there."""
    classes = torch.tensor(sorted({*truth.tolist(), *said.tolist()}))
    there = truth == classes[:, None]  # (c, n)
    named = said == classes[:, None]
    right = (there & named).sum(1).double()
    times = there.sum(1).double()
    return 2 * right / (times + named.sum(1)), times


OF_LABELS = (
    Metric("accuracy", accuracy, (0.0, 1.0), per_item=_hits),
    Metric("f1-macro", f1_macro, (0.0, 1.0)),
    Metric("f1-weighted", f1_weighted, (0.0, 1.0)),
)
OF_TARGETS = (
    Metric("r2", r2, (-math.inf, 1.0)),
    Metric("mse", mse, (0.0, math.inf), "lower", per_item=_errors),
)
