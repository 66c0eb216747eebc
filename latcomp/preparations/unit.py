"""Bring every vector to length 1."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from latcomp import kernel
from latcomp.errors import InputError
from latcomp.preparations import PREPARATIONS, Prepared


@PREPARATIONS.add("unit")
@dataclass(frozen=True)
class Unit:
    """Divide every vector by its length, which takes scales per item away; 0 stays 0."""

    def check(self, anchors: Tensor) -> None:
        norm = kernel.lengths(anchors)[:, 0]
        if not bool(norm.all()):
            place = int((norm == 0).nonzero()[0])
            raise InputError(f"anchor {place} has length zero, so it cannot be made a unit vector")

    def fit(self, anchors: Tensor) -> Prepared:
        return unit_rows


def unit_rows(rows: Tensor) -> Tensor:
    """Rows at length 1, (n, d); rows of zeros stay as they are."""
    norm = kernel.lengths(rows)
    return rows / norm.where(norm > 0, 1.0).to(rows.dtype)
