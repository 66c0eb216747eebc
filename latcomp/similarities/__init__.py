"""What an item's coordinate on an anchor is: one file per family of relative similarity."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor

from latcomp.registry import Registry
from latcomp.spaces import Fitted


class Similarity(Protocol):
    """A relative similarity before it knows its anchors."""

    def fit(self, anchors: Tensor) -> Fitted:
        """Learn from the anchors' vectors, (m, d), whatever rows are to be compared with."""


SIMILARITIES: Registry[type[Similarity]] = Registry("similarity", "latcomp.similarities")
