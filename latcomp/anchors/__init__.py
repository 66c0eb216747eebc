"""Which items serve as axes of the relative space: one file per way to choose them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from torch import Tensor

from latcomp.errors import UsageError
from latcomp.registry import Registry, parse_request
from latcomp.scan import Watch, unwatched
from latcomp.spaces.space import Space


@dataclass(frozen=True)
class Pool:
    """What anchors are chosen from: items of ``space``, known in ``other`` too.

    Most strategies look at ``space`` alone. ``labels`` has one entry per item; ``watch`` is told
    how far a slow strategy is.
    """

    space: Space
    other: Space | None = None
    labels: list[str] | None = None
    watch: Watch = unwatched


Choose = Callable[..., Tensor]
"""(pool, count, seed) or (pool, count, seed, k) -> ``count`` distinct rows, (count,).

A strategy whose anchors are means of several items gives (count, items of one anchor). The same
seed gives the same rows.
"""


@dataclass(frozen=True)
class Strategy:
    """A way to choose anchors. Where it is ``seeded``, several draws show anchor noise.

    ``k`` is its one option, where it has one; ``both`` says that it looks at both spaces.
    """

    choose: Choose
    seeded: bool = True
    both: bool = False
    k: int | None = None

    def __call__(self, pool: Pool, count: int, seed: int) -> Tensor:
        if self.k is None:
            return self.choose(pool, count, seed)
        return self.choose(pool, count, seed, self.k)


STRATEGIES: Registry[Strategy] = Registry("strategy", "latcomp.anchors")


def strategy(
    name: str, *, seeded: bool = True, both: bool = False, k: int | None = None
) -> Callable[[Choose], Choose]:
    """Register the decorated function as the strategy ``name``; ``k`` is its option's default."""

    def register(choose: Choose) -> Choose:
        STRATEGIES.add(name)(Strategy(choose, seeded, both, k))
        return choose

    return register


def ask(text: str) -> Strategy:
    """The strategy that a request names: `farthest`, `first@1000`.

    Raises UsageError for an unknown strategy or option.
    """
    request = parse_request(text)
    found = STRATEGIES[request.name]
    if request.options:
        raise UsageError(f"{request.name} has no option {next(iter(request.options))!r}")
    if request.k is None:
        return found
    if found.k is None:
        raise UsageError(f"{request.name} takes no @{request.k}")
    if request.k < 1:
        raise UsageError(f"{request.name} needs at least @1, found @{request.k}")
    return replace(found, k=request.k)
