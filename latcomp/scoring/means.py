"""A score that is the mean of what every item scored, with the interval of that mean."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from latcomp.report import Score
from latcomp.scoring.uncertainty import interval, of_mean


def mean_score(
    measure: str,
    space: str,
    each: Tensor,
    chance: float | None,
    confidence: float,
    *,
    k: int | None = None,
    direction: str | None = None,
    limits: tuple[float, float] = (0.0, 1.0),
    better: str = "higher",
    options: dict[str, Any] | None = None,
) -> Score:
    """The mean of per-item scores, (items,), none of which depends on who else was drawn."""
    value = float(each.mean())
    error = of_mean(each[None], torch.ones(1, len(each), dtype=torch.bool, device=each.device))
    return Score(
        measure=measure,
        k=k,
        space=space,
        direction=direction,
        value=value,
        interval=interval(value, error, confidence, limits, len(each)) if error else None,
        interval_by="per-item" if error else None,
        chance=chance,
        items=len(each),
        range=limits,
        better=better,
        options=options,
    )
