"""Are intervals, p-values and gates what they say? `python -m tests.benchmarks.validity [NAME]`

Prints, for every measure, how often a nominal 95% interval holds the expected score, how uniform
p-values of unrelated spaces are, and how often the gate is wrong. Runs on all cores.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import Any

import numpy as np
import scipy.stats
import torch

import latcomp
from latcomp.gates.baseline import against, parse_max_drop
from latcomp.measures import Sampled, ask
from latcomp.scoring import uncertainty
from tests.simulations import (
    alike,
    before_and_after,
    bootstrapped,
    compare_alike,
    compare_by_queries,
    compare_labelled,
    compare_nearly_alike,
    coverage,
    entries,
    independent,
    p_values,
)

RUNS = 500


def _each(run: Callable[[int], Any], seeds: Iterable[int]) -> Iterator[Any]:
    """What run makes of every seed, in order, one thread to each process."""
    with ProcessPoolExecutor(
        mp_context=get_context("spawn"), initializer=torch.set_num_threads, initargs=(1,)
    ) as pool:
        yield from pool.map(run, seeds, chunksize=4)


def show_coverage() -> None:
    """Coverage at n = 300; the expected score is the mean over all runs."""
    print(f"\ncoverage of nominal 95% intervals, {RUNS} draws of 300 items, 10 draws of 20 anchors")
    every = [str(measure) for measure in ask(["all"], 5) if uncertainty.how(measure)]
    run = partial(compare_alike, measures=every, n=300, seeds=10)
    _show_coverage(_each(run, range(RUNS)))
    print("\nof 300 items in a space and its copy with a little noise")
    _show_coverage(_each(compare_nearly_alike, range(RUNS)))
    print(
        "\nof labels of neighbours, 4 draws of 20 anchors, and by 200 queries in a corpus of 1,000"
    )
    _show_coverage(_each(compare_labelled, range(RUNS)))
    _show_coverage(_each(compare_by_queries, range(RUNS)))


def _show_coverage(reports: Iterable[latcomp.Report]) -> None:
    for (space, label, direction), scores in entries(reports).items():
        which, errors = ("interval", "items") if space == "absolute" else ("interval_both", "both")
        if getattr(scores[0], which) is not None:
            name = f"{space}.{label}[{direction or 'both'}]"
            values = [score.value for score in scores]
            error = np.mean([score.errors[errors] for score in scores]) / np.std(values)
            print(
                f"{name:42} score {np.mean(values):7.4f}  covered {coverage(scores, which):.3f}  "
                f"standard error {error:.2f} of the spread over draws"
            )


def show_bootstrap() -> None:
    """Coverage of the naive bootstrap over rows, on the data that intervals are held to."""
    print(
        "\ncoverage of the middle 95% of 40 draws of rows with replacement, 200 draws of 300 items"
    )
    for name in ("mutual-knn", "knn-jaccard", "cka-debiased"):
        found = list(_each(partial(bootstrapped, measure=name), range(200)))
        expected = np.mean([value for value, _ in found])
        held = np.mean([low <= expected <= high for _, (low, high) in found])
        middle = np.mean([bounds for _, bounds in found])
        print(
            f"absolute.{name:33} score {expected:7.4f}  resampled {middle:.4f}  covered {held:.3f}"
        )


def show_population() -> None:
    """Coverage of the value of one draw of 200,000 items, where it does not depend on n."""
    large = _compared(10**6, 200_000)
    runs = entries(_each(partial(_compared, n=300), range(RUNS)))
    print("\ncoverage of the value of a draw of 200,000 items")
    for score in large.scores:
        bounds = [one.interval for one in runs[score.space, score.label, score.direction]]
        held = np.mean([low <= score.value <= high for low, high in bounds])
        print(f"{score.label:42} score {score.value:7.4f}  covered {held:.3f}")


def _compared(seed: int, n: int) -> latcomp.Report:
    return latcomp.compare(*alike(seed, n), measures=["cosine", "cka-debiased"], anchors=None)


def show_p_values() -> None:
    """Whether p-values are uniform by Kolmogorov and Smirnov, and the share of at most 5%.

    Once with ties broken at random, and once as reports have them, with ties counted as reached.
    Measures of samples, which take seconds for a permutation, on fewer and smaller pairs.
    """
    every = ask(["all"], 10)
    plain = [str(measure) for measure in every if not isinstance(measure, Sampled)]
    asked = {"anchors": 10, "seeds": 2, "permutations": 99, "queries": 100}
    _show_p_values(RUNS, n=150, measures=plain, **asked)
    sampled = [str(m) for m in every if isinstance(m, Sampled) and not m.blind and not m.one_sided]
    _show_p_values(200, n=40, measures=sampled, anchors=None, permutations=39)


def _show_p_values(runs: int, n: int, **asked: Any) -> None:
    print(
        f"\np-values of {runs} unrelated pairs of {n} items, {asked['permutations']} permutations"
    )
    reports = _each(partial(_unrelated, n=n, asked=asked), range(runs))
    for (space, label, direction), scores in entries(reports).items():
        known = [score for score in scores if score.null]
        if known:
            p, counted = p_values(known), np.array([score.null["p"] for score in known])
            name = f"{space}.{label}[{direction or 'both'}]"
            ks = scipy.stats.kstest(p, "uniform").pvalue
            print(
                f"{name:42} KS p {ks:.3f}  at most .05: {np.mean(p <= 0.05):.3f}, "
                f"with ties {np.mean(counted <= 0.05):.3f}"
            )


def _unrelated(seed: int, n: int, asked: dict[str, Any]) -> latcomp.Report:
    return latcomp.compare(*independent(seed, n), seed=100 * seed, **asked)


def show_gate() -> None:
    """False alarms on two draws of the same thing, and drops of twice the tolerance caught."""
    _show_gate(n=400, anchors=40, seeds=4)
    _show_gate(n=2000, anchors=100, seeds=10)


def _show_gate(**size: int) -> None:
    runs = 300
    print(f"\n`latcomp gate --max-drop`, {runs} pairs of reports on other items, {size}")
    asked = {"measures": ["jaccard", "mrr", "mutual-knn"], "noise": 0.3, **size}
    first = list(_each(partial(compare_alike, **asked), range(runs)))
    second = list(_each(partial(compare_alike, **asked), range(10**5, 10**5 + runs)))
    moved = partial(compare_alike, **{**asked, "noise": 0.6})
    worse = list(_each(moved, range(10**6, 10**6 + runs)))
    for name in ("jaccard", "mrr", "mutual-knn"):
        means = [np.mean([r.find(name)[0].value for r in reports]) for reports in (first, worse)]
        half = (means[0] - means[1]) / 2
        pairs = list(zip(first, second, worse, strict=True))
        print(
            f"{name:12} {means[0]:.3f} to {means[1]:.3f}, tolerance {half:.4f}: "
            f"false alarms {np.mean([_fails(now, then, name, half) for then, now, _ in pairs]):.3f}"
            f" ({np.mean([_fails(now, then, name, 0) for then, now, _ in pairs]):.3f} at 0), "
            f"caught {np.mean([_fails(now, then, name, half) for then, _, now in pairs]):.3f}"
        )


def show_gate_on_the_same_items() -> None:
    """The same for one model before and after a change, compared with one reference each time."""
    runs = 300
    print(f"\n`latcomp gate --max-drop`, {runs} pairs of reports on the same 400 items and anchors")
    pairs = list(_each(partial(before_and_after, change=0.2), range(runs)))
    back = _each(partial(before_and_after, change=-0.2), range(runs))
    level = [(there[1], here[1]) for there, here in zip(pairs, back, strict=True)]
    for name in ("jaccard", "mrr", "mutual-knn", "cka-debiased"):
        before, after = (np.mean([pair[i].find(name)[0].value for pair in pairs]) for i in (0, 1))
        half = (before - after) / 2
        print(
            f"{name:12} {before:.3f} to {after:.3f}, tolerance {half:.4f}: "
            f"false alarms {np.mean([_fails(now, then, name, half) for then, now in level]):.3f}"
            f" ({np.mean([_fails(now, then, name, 0) for then, now in level]):.3f} at 0), "
            f"caught {np.mean([_fails(now, then, name, half) for then, now in pairs]):.3f}"
        )


def _fails(now: latcomp.Report, then: latcomp.Report, name: str, tolerance: float) -> bool:
    way = "[a->b]" if now.find(name)[0].direction else ""
    rule = parse_max_drop(f"{name}{way}={tolerance}")
    return not against(now, then, [rule])[0].met


if __name__ == "__main__":
    torch.set_num_threads(1)
    shows = {
        "gate": show_gate,
        "same": show_gate_on_the_same_items,
        "population": show_population,
        "coverage": show_coverage,
        "bootstrap": show_bootstrap,
        "p": show_p_values,
    }
    for name in sys.argv[1:] or shows:
        shows[name]()
        sys.stdout.flush()
