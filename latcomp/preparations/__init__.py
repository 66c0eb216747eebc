"""What is done to vectors before they are held against anchors: one file per preparation.

Every preparation learns from the anchors alone, and is then applied to items and anchors alike.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from torch import Tensor

from latcomp.registry import Registry

Prepared = Callable[[Tensor], Tensor]
"""Rows (n, d) -> rows (n, d), in the dtype of the anchors it was learnt from."""


class Preparation(Protocol):
    """A preparation before it knows the anchors; a frozen dataclass with at most one option."""

    def check(self, anchors: Tensor) -> None:
        """Raise InputError where these anchors, (m, d), cannot teach it anything."""

    def fit(self, anchors: Tensor) -> Prepared:
        """Learn from the anchors' vectors, (m, d)."""


PREPARATIONS: Registry[type[Preparation]] = Registry("preparation", "latcomp.preparations")
