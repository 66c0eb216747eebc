"""A matrix as grids of numbers: one measure in one kind of space at a time, names made short."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from latcomp.errors import UsageError
from latcomp.matrices.document import Matrix
from latcomp.registry import did_you_mean
from latcomp.report import Score

JOINTS = "/:._- "
"""Where a name may be cut."""


SPACES = ("relative", "absolute")

ALL = "all"
"""Every measure in every kind of space, where measures are chosen to be shown."""


@dataclass(frozen=True)
class Grid:
    """The scores of one measure, rows by columns; None for a space with itself.

    Where the measure is ``directed``, vectors of the row are searched for among those of the
    column.
    """

    label: str
    space: str
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    scores: tuple[tuple[Score | None, ...], ...]

    @property
    def directed(self) -> bool:
        """Whether row to column and column to row are different numbers."""
        return any(score.direction is not None for score in self.known)

    @property
    def known(self) -> list[Score]:
        """Every score, row by row; those of both directions where the measure is directed."""
        return [score for row in self.scores for score in row if score is not None]

    @property
    def values(self) -> list[list[float | None]]:
        """The numbers, None where there is none."""
        return [[None if s is None else s.value for s in row] for row in self.scores]


@dataclass(frozen=True)
class Summary:
    """The least, the mean and the most of a measure over pairs, and which pairs those are."""

    label: str
    space: str
    mean: float
    low: tuple[float, tuple[int, int]]
    high: tuple[float, tuple[int, int]]


def kinds(matrix: Matrix) -> list[tuple[str, str]]:
    """Every measure, by its label, with each kind of space that it was scored in."""
    return list(dict.fromkeys((s.label, s.space) for p in matrix.pairs for s in p.scores))


def grid(matrix: Matrix, label: str, space: str) -> Grid:
    """The scores of one measure in one kind of space."""
    scores = tuple(
        tuple(matrix.find(row, column, label, space) for column in matrix.columns)
        for row in matrix.rows
    )
    return Grid(label, space, matrix.rows, matrix.columns, scores)


def chosen(matrix: Matrix, asked: Sequence[str]) -> list[Grid]:
    """The grids that are asked for: `mrr`, `absolute.cka`, or all; the first one where none is.

    Raises UsageError for a measure that was not scored.
    """
    known = kinds(matrix)
    if not asked:
        return [grid(matrix, *known[0])]
    if ALL in asked:
        return [grid(matrix, *one) for one in known]
    return [grid(matrix, *find_kind(text, known)) for text in asked]


def find_kind(text: str, known: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """The first measure and kind of space of these that `mrr` or `absolute.cka` names.

    Raises UsageError where there is none.
    """
    space, dot, label = text.partition(".")
    if not dot or space not in SPACES:
        space, label = "", text
    for one in known:
        if label in (one[0], one[0].partition("@")[0]) and space in ("", one[1]):
            return one
    labels = list(dict.fromkeys(name for name, _ in known))
    raise UsageError(f"no measure {text!r} was scored", did_you_mean(label, labels))


def placed(matrix: Matrix, label: str, space: str) -> list[tuple[Score, tuple[int, int]]]:
    """Every score of a measure, both ways where it is directed, and the spaces from and to."""
    return [
        (score, (pair.a, pair.b) if score.direction != "b->a" else (pair.b, pair.a))
        for pair in matrix.pairs
        for score in pair.scores
        if (score.label, score.space) == (label, space)
    ]


def summaries(matrix: Matrix) -> Iterator[Summary]:
    """Every measure in short, over both directions."""
    for label, space in kinds(matrix):
        found = [
            (score.value, pair)
            for score, pair in placed(matrix, label, space)
            if score.value is not None
        ]
        if found:
            mean = fmean(value for value, _ in found)
            low, high = (extreme(found, key=lambda one: one[0]) for extreme in (min, max))
            yield Summary(label, space, mean, low, high)


def short_names(names: Sequence[str]) -> list[str]:
    """Names without what they all begin and end with, cut where words are.

    >>> short_names(["run.h5::layer1", "run.h5::layer12"])
    ['layer1', 'layer12']
    >>> short_names(["a/seed0.npy", "b/seed0.npy"])
    ['a', 'b']
    """
    if len(names) == 1:
        return list(names)
    start = _same_start(names)
    start = start[: max(start.rfind(joint) for joint in JOINTS) + 1]
    rests = [name[len(start) :] for name in names]
    end = _same_start([rest[::-1] for rest in rests])[::-1]
    places = [place for joint in JOINTS if (place := end.find(joint)) >= 0]
    end = end[min(places) :] if places else ""
    shortened = [rest.removesuffix(end) if end else rest for rest in rests]
    return shortened if all(shortened) and len(set(shortened)) == len(set(names)) else list(names)


def _same_start(texts: Sequence[str]) -> str:
    """What all texts begin with."""
    first, last = min(texts), max(texts)
    same = (place for place, letter in enumerate(first) if not last.startswith(letter, place))
    return first[: next(same, len(first))]
