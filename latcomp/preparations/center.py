"""Move the origin to the mean of the anchors."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from latcomp.preparations import PREPARATIONS, Prepared


@PREPARATIONS.add("center")
@dataclass(frozen=True)
class Center:
    """Subtract the mean of the anchors, which takes translations away."""

    def check(self, anchors: Tensor) -> None:
        pass

    def fit(self, anchors: Tensor) -> Prepared:
        mean = anchors.mean(0)
        return lambda rows: rows - mean
