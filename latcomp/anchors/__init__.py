"""Which items serve as axes of the relative space: one file per way to choose them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from latcomp.registry import Registry
from latcomp.spaces import Space


class Choose(Protocol):
    """Chooses ``count`` distinct rows of a space; the same seed gives the same rows."""

    def __call__(self, space: Space, count: int, seed: int) -> Tensor: ...


@dataclass(frozen=True)
class Strategy:
    """A way to choose anchors. Where it is ``seeded``, several draws show anchor noise."""

    choose: Choose
    seeded: bool = True


STRATEGIES: Registry[Strategy] = Registry("strategy", "latcomp.anchors")


def strategy(name: str, *, seeded: bool = True) -> Callable[[Choose], Choose]:
    """Register the decorated function as the strategy ``name``."""

    def register(choose: Choose) -> Choose:
        STRATEGIES.add(name)(Strategy(choose, seeded))
        return choose

    return register
