"""Where the time of a comparison goes: by statistic, and by measure."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from latcomp.scan import Found, Statistic, Visit
from latcomp.spaces.pair import Pair


class Clock:
    """Seconds spent, by kind of work and by what it was spent on, in the order first met.

    What several share, such as a tile's products, counts for the one that asks first.
    """

    def __init__(self) -> None:
        self.spent: dict[str, dict[Any, float]] = {}

    @contextmanager
    def on(self, kind: str, what: Any) -> Iterator[None]:
        """Count the time inside for ``what``."""
        began = time.perf_counter()
        try:
            yield
        finally:
            counted = self.spent.setdefault(kind, {})
            counted[what] = counted.get(what, 0.0) + time.perf_counter() - began

    def timed(self, wanted: Sequence[Statistic]) -> list[Any]:
        """The same statistics, each under this clock."""
        return [Timed(statistic, self) for statistic in wanted]

    def facts(self) -> dict[str, list[dict[str, Any]]]:
        """What took how long, longest first, as a report says it."""
        return {
            kind: [
                {"name": str(what), "seconds": round(seconds, 3)}
                for what, seconds in sorted(spent.items(), key=lambda item: -item[1])
            ]
            for kind, spent in self.spent.items()
        }


@dataclass(frozen=True)
class Timed:
    """A statistic under a clock; equal where the statistic is."""

    statistic: Any
    clock: Clock = field(compare=False)

    @property
    def over(self) -> str:
        """What the statistic is learnt over."""
        return str(self.statistic.over)

    @property
    def takes_best(self) -> int | None:
        """How many of the best candidates are all that the statistic takes."""
        return getattr(self.statistic, "takes_best", None)

    def start(self, pair: Pair) -> Any:
        with self._running():
            return self.statistic.start(pair)

    def add(self, state: Any, visit: Visit) -> None:
        with self._running():
            self.statistic.add(state, visit)

    def merge(self, one: Any, other: Any) -> Any:
        with self._running():
            return self.statistic.merge(one, other)

    def finish(self, state: Any) -> Any:
        with self._running():
            return self.statistic.finish(state)

    def _running(self) -> Any:
        return self.clock.on("statistics", self.statistic)


def untimed(found: Found) -> Found:
    """What was found, by the statistics themselves."""
    return {getattr(statistic, "statistic", statistic): what for statistic, what in found.items()}
