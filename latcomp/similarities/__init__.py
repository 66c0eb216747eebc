"""What an item's coordinate on an anchor is: one file per family of relative similarity."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor

from latcomp.registry import Registry
from latcomp.spaces.relative import Fitted


class Similarity(Protocol):
    """A relative similarity before it knows its anchors; a frozen dataclass of its options."""

    def check(self, anchors: Tensor) -> None:
        """Raise InputError where these anchors, (m, d), give no coordinates."""

    def fit(self, anchors: Tensor) -> Fitted:
        """Learn from the anchors' vectors, (m, d), whatever rows are to be compared with.

        What is fitted gives one coordinate per anchor, (n, m), in the dtype of the anchors.
        """


SIMILARITIES: Registry[type[Similarity]] = Registry("similarity", "latcomp.similarities")
