"""Named numbers that say how alike two spaces are: one file per family.

A measure is a value that can be written down: ``jaccard@10`` is `Jaccard` at k = 10, the same in
Python, on the command line and in reports.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import fields
from typing import Any, ClassVar

import torch
from torch import Tensor

from latcomp.errors import UsageError
from latcomp.registry import Registry, parse_request, split_requests
from latcomp.scan import Statistic
from latcomp.spaces import Pair

PRESETS = {
    "paper": ("jaccard", "mrr", "cosine", "hit@1", "mutual-knn", "cka"),
    "same-model": ("cosine", "hit@1", "neighbour-recall", "mutual-knn"),
    "neighbours": ("jaccard", "mrr", "hit@1", "hit", "mrr-full", "mutual-knn", "knn-jaccard"),
}
"""Named lists of measures; `all` is every registered one."""


class Measure(ABC):
    """A number with a direction of better, a range, a chance level and a source.

    Subclasses are frozen dataclasses of options. The first line of their docstring says what the
    number means; ``source`` says where its convention comes from.
    """

    name: ClassVar[str]
    source: ClassVar[str]
    range: ClassVar[tuple[float, float]] = (0.0, 1.0)
    better: ClassVar[str] = "higher"
    directed: ClassVar[bool] = False
    """Whether a -> b and b -> a are different numbers."""
    over: ClassVar[str | None] = None
    """Whose mean the score is: "queries", "items", or None where it is no mean."""
    smooth: ClassVar[bool] = True
    """Whether it moves little when a few items leave, so that a jackknife of moments holds."""
    unmoved_by: ClassVar[frozenset[str]] = frozenset({"rotation", "isotropic scale", "permutation"})
    """Transformations of either space, on its own, that leave the score as it is."""

    @abstractmethod
    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        """The statistics it is scored from.

        ``kind`` is "ab" or "ba" for a directed measure; ``depth`` is the longest neighbour list
        that any measure of the run needs, so that all of them share one.
        """

    def per_item(self, *found: Any) -> Tensor:
        """The score of every query or item, float64, where the score is their mean."""
        raise TypeError(f"{self.name} is not a mean over items")

    def neighbourly(self, n: int, *found: Any) -> Tensor | None:
        """What item j, by being there, adds to the score of query i: sparse (n, n) float64.

        For measures whose per-item scores depend on who else was drawn; None for the others,
        whose error over items is that of their per-item scores.
        """
        return None

    def score(self, *found: Any) -> float:
        """The number itself, from what the needed statistics found."""
        return float(self.per_item(*found).mean())

    @abstractmethod
    def chance(self, n: int, *found: Any) -> float | None:
        """The value expected when the n items are paired at random."""

    def refuses(self, pair: Pair) -> str | None:
        """Why the measure does not apply to this pair, or None where it does."""
        return None

    @property
    def k(self) -> int | None:
        """How many neighbours it looks at, where it looks at any."""
        return None

    def __str__(self) -> str:
        return self.name if self.k is None else f"{self.name}@{self.k}"


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
    presets = PRESETS | {"all": tuple(MEASURES)}
    names = [name for part in parts for name in presets.get(part, (part,))]
    if not names:
        raise UsageError("no measure was asked for", "`latcomp measures` lists them")
    return list(dict.fromkeys(_make(name, k) for name in names))


def _make(text: str, k: int) -> Measure:
    request = parse_request(text)
    measure = MEASURES[request.name]
    if request.options:
        raise UsageError(f"{request.name} has no option {next(iter(request.options))!r}")
    takes_k = "k" in {f.name for f in fields(measure)}  # type: ignore[arg-type]
    if not takes_k:
        if request.k is not None:
            raise UsageError(f"{request.name} looks at no neighbours, so it takes no @{request.k}")
        return measure()
    chosen = k if request.k is None else request.k
    if chosen < 1:
        raise UsageError(f"k must be at least 1, found {chosen}")
    return measure(k=chosen)  # type: ignore[call-arg]


def needs_equal_width(pair: Pair) -> str | None:
    """The refusal of measures that hold rows of a against rows of b."""
    if pair.comparable:
        return None
    return f"needs equal dimensions: {pair.a.shape[1]} and {pair.b.shape[1]}"


def shared(left: Tensor, right: Tensor) -> Tensor:
    """How many entries each row of ``left`` has in common with the same row of ``right``.

    (n, k), (n, k) -> (n,) float64; entries of a row are distinct.
    """
    counts = [
        (left[start : start + 4096, :, None] == right[start : start + 4096, None, :]).sum((1, 2))
        for start in range(0, len(left), 4096)
    ]
    return torch.cat(counts).double()
