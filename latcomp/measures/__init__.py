"""Named numbers that say how alike two spaces are: one file per family.

A measure is a value that can be written down: ``jaccard@10`` is `Jaccard` at k = 10, the same in
Python, on the command line and in reports.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import fields
from functools import partial
from importlib.util import find_spec
from statistics import fmean, stdev
from typing import Any, ClassVar

import torch
from torch import Tensor

from latcomp.errors import UsageError
from latcomp.numerics.overlap import Added
from latcomp.options import read_options, write_options
from latcomp.registry import Registry, parse_request, split_requests
from latcomp.scan import Statistic
from latcomp.spaces.pair import Pair
from latcomp.statistics.neighbours import Lists
from latcomp.statistics.samples import Sample, Samples

PRESETS = {
    "paper": ("jaccard", "mrr", "cosine", "hit@1", "mutual-knn", "cka"),
    "same-model": ("cosine", "hit@1", "neighbour-recall", "mutual-knn"),
    "neighbours": (
        *("jaccard", "mrr", "hit@1", "hit", "mrr-full", "mean-rank", "foscttm"),
        *("mutual-knn", "knn-jaccard", "rank-similarity", "rbo", "second-order-cosine"),
    ),
    "linear": (
        *("cka", "cka-debiased", "nbs", "procrustes", "shape-metric", "r2", "gulp"),
        *("cca-squared", "svcca", "pwcca", "eigenspace-overlap", "soft-match"),
    ),
    "queries": ("query-jaccard", "query-rank-similarity"),
}
"""Named lists of measures; `all` is every registered one, with the variants it names."""

RIGID = frozenset({"rotation", "isotropic scale", "permutation", "translation"})
"""What leaves the shape of a space as it is."""

BOUNDS = tuple[float, float]
"""The smallest and the largest value of a measure; infinite where there is no bound."""


class Measure(ABC):
    """A number with a direction of better, a range, a chance level and a source.

    Subclasses are frozen dataclasses of options. The first line of their docstring says what the
    number means; ``source`` says where its convention comes from.
    """

    name: ClassVar[str]
    source: ClassVar[str]
    formula: ClassVar[str]
    """The number in one line of text; X and Y are a and b, n rows each, columns centred."""
    range: ClassVar[BOUNDS] = (0.0, 1.0)
    better: ClassVar[str] = "higher"
    metric: ClassVar[bool] = False
    """Whether it is a distance that obeys the triangle inequality."""
    equal_width: ClassVar[bool] = False
    """Whether it applies to spaces of equal dimensions only."""
    more_rows: ClassVar[bool] = False
    """Whether it says anything only where there are more items than dimensions."""
    cost: ClassVar[str] = "linear in items"
    variants: ClassVar[tuple[str, ...]] = ()
    """Other options, as they are asked for, that belong in the preset `all`."""
    directed: ClassVar[bool] = False
    """Whether a -> b and b -> a are different numbers."""
    over: ClassVar[str | None] = None
    """Whose mean the score is: "queries", "items", or None where it is no mean."""
    outside: ClassVar[bool] = False
    """Whether it is about queries that are none of the items, from files of their own."""
    across: ClassVar[bool] = False
    """Whether rows of a are held against rows of b, coordinate by coordinate."""
    one_sided: ClassVar[bool] = False
    """Whether it is about one space alone, whatever the pairing."""
    blind: ClassVar[bool] = False
    """Whether the pairing of items does not matter to it, only the two clouds of rows do."""
    by_order: ClassVar[bool] = False
    """Whether folds, batches or held-out items follow the row numbers, and the score with them."""
    certain_below: ClassVar[float] = -math.inf
    """Per-item scores below it make the mean, but hardly its error, where few are above."""
    smooth: ClassVar[bool] = True
    """Whether it moves little when a few items leave, so that a jackknife of moments holds."""
    unmoved_by: ClassVar[frozenset[str]] = frozenset({"rotation", "isotropic scale", "permutation"})
    """Transformations of either space, on its own, that leave the score as it is.

    Out of rotation, isotropic scale, translation, permutation (of axes), per-axis scale, invertible
    linear and row scale. For measures `across` the spaces: seen through relative representations
    by cosine.
    """

    @abstractmethod
    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        """The statistics it is scored from.

        ``kind`` is "ab" or "ba" for a directed measure; ``depth`` is the longest neighbour list
        that any measure of the run needs, so that all of them share one.
        """

    def per_item(self, *found: Any) -> Tensor:
        """The score of every query or item, float64, where the score is their mean."""
        raise TypeError(f"{self.name} is not a mean over items")

    def neighbourly(self, *found: Any) -> Added | None:
        """What items, by being there, add to the scores of queries they are neighbours of.

        For measures whose per-item scores depend on who else was drawn; None for the others,
        whose error over items is that of their per-item scores.
        """
        return None

    def score(self, *found: Any) -> float:
        """The number itself, from what the needed statistics found."""
        return float(self.per_item(*found).mean())

    def chance(self, n: int, *found: Any) -> float | None:
        """The value expected when the n items are paired at random; None where no formula is known.

        A permutation of the items tells it in any case.
        """
        return None

    def knows_error(self) -> bool:
        """Whether the spread of its per-item scores, where it has any, tells how far it may be off.

        Not where those depend on who else was drawn in a way that `neighbourly` does not follow.
        """
        return True

    def knows_chance(self) -> bool:
        """Whether there is a formula for its chance level under the options at hand."""
        return type(self).chance is not Measure.chance

    def note(self, *found: Any) -> str | None:
        """What a reader of this score should know: a width that was chosen, a degenerate case."""
        return None

    def spread(self, *found: Any) -> dict[str, float] | None:
        """How many samples of how many items were drawn, and the spread of their scores."""
        return None

    def refuses(self, pair: Pair) -> str | None:
        """Why the measure does not apply to this pair, or None where it does."""
        if self.equal_width and not pair.comparable:
            return needs_equal_width(pair)
        return needs_more_rows(pair) if self.more_rows else None

    def is_metric(self) -> bool:
        """Whether it obeys the triangle inequality under the options at hand."""
        return self.metric

    def invariances(self) -> frozenset[str]:
        """What leaves the score as it is under the options at hand."""
        return self.unmoved_by

    def options(self) -> dict[str, Any]:
        """Every option and its value, except k."""
        named = fields(self)  # type: ignore[arg-type]
        return {f.name: getattr(self, f.name) for f in named if f.name != "k"}

    @property
    def k(self) -> int | None:
        """How many neighbours it looks at, where it looks at any."""
        return None

    @property
    def asked(self) -> str | None:
        """How to ask for it where its options are not the usual ones."""
        return str(self) if write_options(self, frozenset({"k"})) else None

    def __str__(self) -> str:
        at = "" if self.k is None else f"@{self.k}"
        return f"{self.name}{at}{write_options(self, frozenset({'k'}))}"


class Sampled(Measure):
    """A measure of all pairs of a few items: the mean over seeded samples of them.

    Subclasses have the options ``items``, ``repeats`` and ``seed``. Where there are no more items
    than a sample has, one sample holds them all and the score is exact.
    """

    cost = "all pairs of a sample, times repeats"
    items: int
    repeats: int
    seed: int

    def __post_init__(self) -> None:
        if self.items < 4 or self.repeats < 1:
            raise UsageError(f"{self.name}: at least 4 items and 1 repeat are needed")

    @abstractmethod
    def one(self, x: Tensor, y: Tensor) -> float:
        """The score of one sample: matching rows of a and b, float64."""

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return (Samples(self.items, self.repeats, self.seed),)

    def score(self, samples: list[Sample]) -> float:
        return fmean(self._each(samples))

    def spread(self, samples: list[Sample]) -> dict[str, float] | None:
        each = self._each(samples)
        std = stdev(each) if len(each) > 1 else 0.0
        return {"n": len(each), "items": len(samples[0].a), "std": std}

    def _each(self, samples: list[Sample]) -> list[float]:
        return [sample.once(self, partial(self.one, sample.a, sample.b)) for sample in samples]


MEASURES: Registry[type[Measure]] = Registry("measure", "latcomp.measures")


def named(name: str) -> Any:
    """Register a measure class under ``name``."""

    def register(measure: type[Measure]) -> type[Measure]:
        measure.name = name
        return MEASURES.add(name)(measure)

    return register


def ask(requests: Sequence[str], k: int) -> list[Measure]:
    """The measures named by requests and presets, each once, with ``k`` where a request gives none.

    Raises UsageError for an unknown measure, preset or option.
    """
    parts = [part for request in requests for part in split_requests(request)]
    presets = PRESETS | ({"all": _all()} if "all" in parts else {})
    names = [name for part in parts for name in presets.get(part, (part,))]
    if not names:
        raise UsageError("no measure was asked for", "`latcomp measures` lists them")
    return list(dict.fromkeys(_make(name, k) for name in names))


def _all() -> tuple[str, ...]:
    return tuple(text for name in MEASURES for text in (name, *MEASURES[name].variants))


def _make(text: str, k: int) -> Measure:
    request = parse_request(text)
    measure = MEASURES[request.name]
    options = read_options(measure, request.name, request.options)
    if "k" not in {f.name for f in fields(measure)}:  # type: ignore[arg-type]
        if request.k is not None:
            raise UsageError(f"{request.name} looks at no neighbours, so it takes no @{request.k}")
        return measure(**options)
    chosen = {"k": k if request.k is None else request.k, **options}
    if chosen["k"] < 1:
        raise UsageError(f"k must be at least 1, found {chosen['k']}")
    return measure(**chosen)


def needs_more_rows(pair: Pair) -> str | None:
    """Why a measure that needs more items than dimensions does not apply; None where it does."""
    widest = max(pair.a.shape[1], pair.b.shape[1])
    if pair.n > widest:
        return None
    return f"needs more items than dimensions: {pair.n} items, {widest} dimensions"


def needs_equal_width(pair: Pair) -> str | None:
    """The refusal of measures that hold rows of a against rows of b."""
    if pair.comparable:
        return None
    return f"needs equal dimensions: {pair.a.shape[1]} and {pair.b.shape[1]}"


def needs_library(module: str, extra: str) -> str | None:
    """The refusal of a measure whose library is not installed."""
    if find_spec(module) is not None:
        return None
    return f"needs {module}: pip install 'latcomp[{extra}]'"


def needs_outside_queries(pair: Pair) -> str | None:
    """The refusal of measures of queries that are none of the items."""
    return None if pair.outside else "needs queries of their own: --query-file Q_A Q_B"


def needs_all_queries(pair: Pair) -> str | None:
    """The refusal of measures that follow neighbours of neighbours."""
    if pair.queries is None:
        return None
    return f"needs every item as a query, not {len(pair.query_rows)} of {pair.n}: --queries all"


def without_self(lists: Lists, k: int) -> Tensor:
    """The k nearest rows that are not the query itself, by row number: (queries, k).

    With duplicate rows the first entry need not be the query, nor need the query be listed.
    """
    own = lists.columns == lists.rows[:, None]
    last = torch.nn.functional.one_hot(
        torch.tensor(lists.columns.shape[1] - 1), lists.columns.shape[1]
    ).bool()
    drop = torch.where(own.any(1, keepdim=True), own, last)
    return lists.columns[~drop].view(len(lists.rows), -1)[:, :k]
