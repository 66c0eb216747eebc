"""Medians of alternating runs, so that what disturbs one contender disturbs all of them."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Timed:
    """Seconds of every run of one contender."""

    name: str
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def best(self) -> float:
        return min(self.seconds)


def race(contenders: Mapping[str, Callable[[], object]], runs: int) -> dict[str, Timed]:
    """Run all contenders in turn, ``runs`` times after one warm-up each."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(runs + 1):
        for name, run in contenders.items():
            gc.collect()
            began = time.perf_counter()
            run()
            if turn:
                seconds[name].append(time.perf_counter() - began)
    return {name: Timed(name, tuple(times)) for name, times in seconds.items()}


def ratios(timed: Mapping[str, Timed], ours: str = "latcomp") -> list[dict[str, float | str]]:
    """One row per contender: median, best, and how many times as long as ours it took."""
    mine = timed[ours].median
    return [
        {
            "contender": name,
            "median_s": round(entry.median, 4),
            "best_s": round(entry.best, 4),
            "times_ours": round(entry.median / mine, 3),
        }
        for name, entry in timed.items()
    ]
