"""Give every dimension the same spread."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from latcomp.errors import InputError
from latcomp.preparations import PREPARATIONS, Prepared


@PREPARATIONS.add("standardize")
@dataclass(frozen=True)
class Standardize:
    """Centre every dimension and divide it by its standard deviation over the anchors (z-score).

    Takes translations and scales per axis away, and ties the result to the axes: a rotation is
    seen.
    """

    def check(self, anchors: Tensor) -> None:
        flat = (anchors == anchors[:1]).all(0).nonzero()[:, 0]
        if len(flat):
            raise InputError(
                f"dimension {int(flat[0])} is the same for every anchor, so it cannot be "
                "standardised",
                "use more anchors, or center alone",
            )

    def fit(self, anchors: Tensor) -> Prepared:
        mean, spread = anchors.mean(0), anchors.std(0, correction=0)
        return lambda rows: (rows - mean) / spread
