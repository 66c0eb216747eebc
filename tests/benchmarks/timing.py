"""Medians of alternating runs, so that what disturbs one contender disturbs all of them."""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Timed:
    """Seconds of every run of one contender: on the clock, and of processors."""

    name: str
    seconds: tuple[float, ...]
    processor: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def best(self) -> float:
        return min(self.seconds)


def race(contenders: Mapping[str, Callable[[], object]], runs: int) -> dict[str, Timed]:
    """Run all contenders in turn, ``runs`` times after one warm-up each."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    processor: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(runs + 1):
        for name, run in contenders.items():
            gc.collect()
            began, used = time.perf_counter(), processor_seconds()
            run()
            if turn:
                seconds[name].append(time.perf_counter() - began)
                processor[name].append(processor_seconds() - used)
    return {name: Timed(name, tuple(seconds[name]), tuple(processor[name])) for name in contenders}


def processor_seconds() -> float:
    """Seconds of processors that this process and its finished children have used."""
    return sum(os.times()[:4])


def ratios(timed: Mapping[str, Timed], ours: str = "latcomp") -> list[dict[str, float | str]]:
    """One row per contender: median, best, and how many times as long as ours it took.

    The same for seconds of processors, which say more where others use the machine, too: there,
    with one thread.
    """
    mine = timed[ours]
    return [
        {
            "contender": name,
            "median_s": round(entry.median, 4),
            "best_s": round(entry.best, 4),
            "times_ours": round(entry.median / mine.median, 2),
            "processor_times_ours": round(
                statistics.median(entry.processor) / statistics.median(mine.processor), 2
            ),
        }
        for name, entry in timed.items()
    ]
