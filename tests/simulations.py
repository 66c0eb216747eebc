"""Data whose answer is known, drawn anew for every run of a simulation."""

import tempfile
from collections import defaultdict
from pathlib import Path

import h5py
import numpy as np

import latcomp


def alike(seed, n=150, d=8, noise=0.5, clusters=3):
    """Two noisy views of the same clustered items, the second linearly mapped."""
    rng = np.random.default_rng(seed)
    fixed = np.random.default_rng(7)
    centres, linear = 2 * fixed.standard_normal((clusters, d)), fixed.standard_normal((d, d))
    items = rng.standard_normal((n, d)) + centres[rng.integers(clusters, size=n)]
    a = items + noise * rng.standard_normal((n, d))
    b = items + noise * rng.standard_normal((n, d))
    return a, b @ linear


def nearly_alike(seed, n=120, d=8, noise=0.05):
    """A space and its copy with a little noise, as a model and its quantised self give."""
    rng = np.random.default_rng(seed)
    items = rng.standard_normal((n, d))
    return items, items + noise * rng.standard_normal((n, d))


def independent(seed, n=150, d=8):
    """Two spaces that have nothing to do with each other, with hubs and offsets of their own."""
    rng = np.random.default_rng(seed)
    a = rng.standard_normal((n, d)) + 2 * rng.integers(3, size=n)[:, None]
    return a, rng.standard_normal((n, d)) ** 3 + 1


def entries(reports):
    """Scores of many reports by space, measure and direction."""
    found = defaultdict(list)
    for report in reports:
        for score in report.scores:
            if score.value is not None:
                found[score.space, score.label, score.direction].append(score)
    return found


def coverage(scores, which):
    """The share of intervals that hold the mean of all runs, the expected score."""
    expected = np.mean([score.value for score in scores])
    bounds = [getattr(score, which) for score in scores]
    return float(np.mean([low <= expected <= high for low, high in bounds]))


def p_values(scores, seed=0):
    """The p-values of scores that have a null, ties with it broken at random.

    The p-value of a report counts every tie as reached, and that of a score which takes few
    values can then only err to the side of chance; what must be uniform is this one.
    """
    nulls = [score.null for score in scores]
    reported = np.array([null["p"] for null in nulls])
    ties = np.array([(1 + null["tied"]) / (1 + null["permutations"]) for null in nulls])
    return reported - ties * np.random.default_rng(seed).random(len(nulls))


CORE = [
    *("jaccard", "mrr", "hit@1", "hit", "mrr-full", "cosine", "mutual-knn", "knn-jaccard"),
    *("neighbour-recall", "cka", "cka-debiased"),
]
"""Measures that have a drawn null and an interval."""


def compare_alike(seed, measures=CORE, n=150, noise=0.5, **options):
    """A report on one draw of `alike`, with its own draws of anchors."""
    asked = {"anchors": 20, "seeds": 4, "center": True, "k": 5, **options}
    return latcomp.compare(
        *alike(seed, n, noise=noise), seed=1000 * seed, measures=measures, **asked
    )


def bootstrap(a, b, measure):
    """The score, and its values over rows drawn with replacement: the naive bootstrap."""
    rng = np.random.default_rng(0)
    asked = {"anchors": None, "k": 5, "measures": [measure]}
    draws = (rng.integers(len(a), size=len(a)) for _ in range(40))
    values = [latcomp.compare(a[rows], b[rows], **asked).scores[0].value for rows in draws]
    return latcomp.compare(a, b, **asked).scores[0], np.array(values)


def bootstrapped(seed, measure, n=300):
    """The score of one draw of `alike`, and the bounds of the naive bootstrap's middle 95%."""
    score, values = bootstrap(*alike(seed, n), measure)
    return score.value, np.quantile(values, [0.025, 0.975])


LISTS = [
    *("mutual-knn", "knn-jaccard", "jaccard", "neighbour-recall"),
    *("lcs", "rank-similarity", "rbo", "second-order-cosine"),
]
"""Measures of lists of neighbours, whose scores depend on who else was drawn."""


def compare_nearly_alike(seed):
    """A report on 300 items of a space and its copy, without anchors."""
    spaces = nearly_alike(seed, 300, noise=0.03)
    return latcomp.compare(*spaces, anchors=None, k=5, measures=LISTS)


def compare_labelled(seed, n=300):
    """A report on the labels of neighbours, for two noisy views of labelled items."""
    rng = np.random.default_rng(seed)
    centres = 1.2 * np.random.default_rng(7).standard_normal((3, 8))
    labels = rng.integers(3, size=n)
    items = centres[labels] + rng.standard_normal((n, 8))
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{side}.h5" for side in "ab"]
        for path, noise in zip(paths, (0.5, 1.0), strict=True):
            with h5py.File(path, "w") as file:
                file["embeddings"] = items + noise * rng.standard_normal(items.shape)
                file["labels"] = [f"label {label}" for label in labels]
        names = ["neighbour-labels", "neighbour-labels(side=b)"]
        return latcomp.compare(*paths, anchors=20, seeds=4, seed=1000 * seed, k=5, measures=names)


def compare_by_queries(seed, queries=200):
    """A report on what other queries find in one corpus of two systems."""
    rng = np.random.default_rng(seed)
    corpus = alike(0, 1000)
    near = rng.choice(1000, queries, replace=False)
    asked = [side[near] + 0.3 * side.std(0) * rng.standard_normal((queries, 8)) for side in corpus]
    names = ["query-jaccard", "query-rank-similarity"]
    return latcomp.compare(*corpus, anchors=None, k=5, measures=names, query_files=tuple(asked))


def before_and_after(seed, change, n=400):
    """Reports on a reference against a model's space, and against it once the model changed."""
    rng = np.random.default_rng(seed)
    items = np.random.default_rng(99).standard_normal((n, 8))
    model = items + 0.5 * rng.standard_normal((n, 8))
    changed = model + change * rng.standard_normal((n, 8))
    names = ["jaccard", "mrr", "cosine", "mutual-knn", "cka-debiased"]
    asked = {"anchors": 20, "k": 5, "measures": names}
    return [latcomp.compare(items, one, **asked) for one in (model, changed)]
