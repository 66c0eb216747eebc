"""Which items moved: the score of every item, the ten that moved most and least, and by label."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from latcomp.errors import InputError, NotApplicableError, UsageError
from latcomp.files.atomic import check_writable
from latcomp.itemfiles import ItemTable, write_items, writer
from latcomp.measures import Measure, without_self
from latcomp.report import Report
from latcomp.scan import Statistic
from latcomp.scoring.extra import Compared
from latcomp.scoring.score import KINDS, Draw, counted, depth, entries, refuse
from latcomp.scoring.uncertainty import certain, interval, of_mean
from latcomp.statistics.neighbours import Neighbours

SHOWN = 10
"""Items shown of those that moved most, and of those that moved least."""


@dataclass(frozen=True)
class Column:
    """The scores of the queries by one measure, (queries,) float64, and which of them have one."""

    measure: Measure
    space: str
    direction: str | None
    scores: Tensor
    known: Tensor

    @property
    def name(self) -> str:
        """As a gate would name it: `relative.jaccard@10[a->b]`."""
        return f"{self.space}.{self.measure}{f'[{self.direction}]' if self.direction else ''}"


@dataclass(frozen=True)
class Items:
    """Per-item scores of the queries, and their neighbours in the spaces as they were saved."""

    rows: Tensor
    names: list[str]
    labels: list[str] | None
    columns: list[Column]
    near: tuple[Tensor, Tensor]  # (queries, k) of a, and of b


@dataclass(frozen=True)
class PerItem:
    """Adds the items that moved most and least to a report, and scores by label.

    ``path`` is a file that the scores of all queries are written to; ``by`` is "label" or None.
    """

    path: Path | None = None
    by: str | None = None

    def __post_init__(self) -> None:
        if self.by not in (None, "label"):
            raise UsageError(f"scores are broken down by label, found {self.by!r}")
        if self.path is not None:
            writer(self.path)
            check_writable(self.path)

    def needs(self, measures: Sequence[Measure]) -> list[Statistic]:
        return own_lists(measures)

    def add(self, report: Report, compared: Compared) -> Report:
        items = look(compared, report.protocol["k"])
        if not items.columns:
            raise UsageError(
                "no measure of this run has per-item scores", "add jaccard to --measures"
            )
        if self.path is not None:
            write_items(table(items), self.path)
        labels = by_label(items, report.protocol["confidence"]) if self.by else []
        return replace(report, items=moved(items), labels=tuple(labels))


def own_lists(measures: Sequence[Measure]) -> list[Statistic]:
    """What lost and gained neighbours are read from."""
    return [Neighbours(kind, depth(measures) + 1) for kind in ("aa", "bb")]


def look(compared: Compared, k: int) -> Items:
    """The score of every query by every measure that is a mean over items."""
    measures, spaces, matched = compared.measures, compared.spaces, compared.matched
    absolute = spaces["absolute"][0]
    columns = [
        column
        for measure, kind, space in entries(measures, spaces)
        for column in _columns(measure, kind, space, spaces[space], depth(measures))
    ]
    near = [without_self(absolute.found[lists], k) for lists in own_lists(measures)]
    labels = matched.a.labels if matched.a.labels is not None else matched.b.labels
    rows = absolute.pair.query_rows
    names = matched.ids or [str(row) for row in range(matched.n)]
    return Items(rows, names, labels, columns, (near[0], near[1]))


def table(items: Items) -> ItemTable:
    """One line per query: id, label, scores, and which neighbours were lost and gained."""
    rows = items.rows.tolist()
    texts = {"id": [items.names[row] for row in rows]}
    if items.labels is not None:
        texts["label"] = [items.labels[row] for row in rows]
    numbers = {column.name: _numbers(column) for column in items.columns}
    a, b = items.near
    lists = {
        "neighbours_lost": list(_without(items.names, a, b)),
        "neighbours_gained": list(_without(items.names, b, a)),
    }
    return ItemTable(texts, numbers, lists)


def moved(items: Items) -> dict[str, Any]:
    """The items whose scores say that they moved most and least, and what they were ranked by.

    They are ranked as in `ranking`.
    """
    columns = _ranked_by(items)
    means = _by_measure(columns)
    order = ranking(items)

    def line(place: int) -> dict[str, Any]:
        row = int(items.rows[place])
        label = {} if items.labels is None else {"label": items.labels[row]}
        scores = {name: float(mean[place]) for name, mean in means.items()}
        return {"id": items.names[row], **label, "scores": scores}

    return {
        "by": f"{columns[0].space}.{next(iter(means))}",
        "most": [line(place) for place in order[:SHOWN]],
        "least": [line(place) for place in order[::-1][:SHOWN]],
    }


def ranking(items: Items) -> list[int]:
    """Places of the items that every measure scored, those that moved most first.

    Measures rank in the order they were asked for, in the relative space where there is one;
    directions are averaged; ties go by the next measure, then by row.
    """
    columns = _ranked_by(items)
    upwards = {str(c.measure): 1 if c.measure.better == "higher" else -1 for c in columns}
    known = torch.stack([column.known for column in columns]).all(0)
    means = _by_measure(columns).items()
    keys = [(upwards[name] * mean[known]).numpy() for name, mean in means]
    order: list[int] = known.nonzero()[:, 0][np.lexsort(keys[::-1]).copy()].tolist()
    return order


def _ranked_by(items: Items) -> list[Column]:
    return [column for column in items.columns if column.space == items.columns[0].space]


def by_label(items: Items, confidence: float) -> list[dict[str, Any]]:
    """The mean of every per-item measure over the items of each label, with its interval.

    Raises InputError where the items have no labels.
    """
    if items.labels is None:
        raise InputError("--by label needs labels, and neither file has any")
    of = np.array([items.labels[row] for row in items.rows.tolist()])
    return [
        _of_label(column, label, torch.from_numpy(of == label), confidence)
        for label in sorted(set(of.tolist()))
        for column in items.columns
        if bool(column.known[torch.from_numpy(of == label)].any())
    ]


def _columns(
    measure: Measure, kind: str, space: str, draws: list[Draw], deepest: int
) -> Iterator[Column]:
    if measure.over is None:
        return
    try:
        refuse(measure, draws)
        found = [[draw.found[s] for s in measure.needs(kind, deepest)] for draw in draws]
        scores = torch.stack([measure.per_item(*each) for each in found])
    except NotApplicableError:
        return
    masks = torch.stack([counted(measure, draw) for draw in draws])
    if measure.over == "items":
        rows = draws[0].pair.query_rows
        scores, masks = scores[:, rows], masks[:, rows]
    times = masks.sum(0)
    means = (scores * masks).sum(0) / times.clamp(min=1)
    yield Column(measure, space, KINDS[kind] if measure.directed else None, means, times > 0)


def _numbers(column: Column) -> list[float | None]:
    pairs = zip(column.scores.tolist(), column.known.tolist(), strict=True)
    return [score if known else None for score, known in pairs]


def _without(names: list[str], left: Tensor, right: Tensor) -> Iterator[list[str]]:
    """Names of the neighbours in each row of ``left`` that the same row of ``right`` lacks."""
    for mine, others in zip(left.tolist(), map(set, right.tolist()), strict=True):
        yield [names[row] for row in mine if row not in others]


def _by_measure(columns: Sequence[Column]) -> dict[str, Tensor]:
    """Scores by measure, directions averaged."""
    found: dict[str, list[Tensor]] = {}
    for column in columns:
        found.setdefault(str(column.measure), []).append(column.scores)
    return {name: torch.stack(scores).mean(0) for name, scores in found.items()}


def _of_label(column: Column, label: str, mine: Tensor, confidence: float) -> dict[str, Any]:
    scores = column.scores[mine & column.known]
    counted = torch.ones(1, len(scores), dtype=torch.bool)
    error = of_mean(scores[None], counted) if column.measure.knows_error() else None
    value = float(scores.mean())
    low, high = column.measure.range
    low += certain(scores[None], counted, column.measure.certain_below)
    bounds = error and interval(value, error, confidence, (low, high), len(scores))
    entry = {
        "label": label,
        "measure": str(column.measure),
        "space": column.space,
        "direction": column.direction,
        "value": value,
        "interval": list(bounds) if bounds else None,
        "items": len(scores),
    }
    return {key: value for key, value in entry.items() if value is not None}
