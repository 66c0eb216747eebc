"""Measure lengths in units of the anchors' mean length."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from latcomp import kernel
from latcomp.errors import InputError
from latcomp.preparations import PREPARATIONS, Prepared


@PREPARATIONS.add("scale")
@dataclass(frozen=True)
class Scale:
    """Divide by the mean length of the anchors, which takes isotropic scale away."""

    def check(self, anchors: Tensor) -> None:
        if not bool(kernel.lengths(anchors).any()):
            raise InputError("every anchor has length zero, so there is no scale to divide by")

    def fit(self, anchors: Tensor) -> Prepared:
        length = kernel.lengths(anchors).mean().to(anchors.dtype)
        return lambda rows: rows / length
