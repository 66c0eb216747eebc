"""A report as a table for people, legible with and without colour."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from rich import box
from rich.console import Console, JustifyMethod, RenderableType
from rich.table import Table
from rich.text import Text

from latcomp.layout import pages
from latcomp.report import Report, Score

COLUMNS = (
    "measure", "direction",
    "relative", "+- anchors", "95% over items", "chance", "absolute", "chance",
)  # fmt: skip
NAMES = 2
"""How many columns, at the left, say which score a row is about."""


def render(report: Report, width: int | None = None) -> list[RenderableType]:
    """What was compared and how, the scores, the verdicts of gates, and warnings in words.

    Tables wider than ``width``, where one is given, are cut into pages below each other.
    """
    parts: list[RenderableType] = [Text("\n".join(_heading(report))), Text()]
    for table in _tables(report, width):
        parts += [table, Text()]
    parts[-1] = Text("\n".join(_legend(report)), style="dim")
    parts += [_line(gate) for gate in report.gates]
    parts += [Text.assemble(("warning: ", "yellow"), text) for text in report.warnings]
    return parts


def show(report: Report, console: Console) -> None:
    """Print the report."""
    for part in render(report, console.width if console.is_terminal else None):
        console.print(part, soft_wrap=not console.is_terminal)


def _heading(report: Report) -> Iterator[str]:
    for side in "ab":
        facts = report.inputs[side]
        dataset = f"::{facts['dataset']}" if facts["dataset"] else ""
        rows, width = facts["shape"]
        yield f"{side}  {facts['path']}{dataset}  {rows:,} x {width} {facts['dtype']}"
    anchors, protocol = report.anchors, report.protocol
    matched = f"{report.matching['items']:,} items matched by {report.matching['by']}"
    asked, database = protocol["queries"], protocol["database"]
    drawn = f"{asked:,} of them drawn as queries" if asked < database else "all of them queries"
    yield f"{matched}, {drawn}"
    excluded = ", not scored themselves" if anchors["excluded"] else ""
    yield (
        f"relative: {report.similarity['name']} to {anchors['count']:,} {_draws(anchors)} "
        f"anchors{excluded}; k = {protocol['k']}"
    )


def _draws(anchors: dict[str, Any]) -> str:
    if anchors["file"]:
        return f"{anchors['strategy']} ({anchors['file']})"
    seeds = anchors["seeds"]
    if not seeds:
        return str(anchors["strategy"])
    named = f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {seeds[0]} to {seeds[-1]}"
    return f"{anchors['strategy']} ({named})"


def _tables(report: Report, width: int | None) -> Iterator[Table]:
    """One table where the screen is wide enough, else several below each other."""
    rows = [
        _cells(label, direction, {score.space: score for score in scores})
        for (label, direction), scores in groupby(
            report.scores, lambda score: (score.label, score.direction)
        )
    ]
    for page in pages(COLUMNS, rows, NAMES, width or sys.maxsize):
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for column in page:
            justify: JustifyMethod = "left" if column < NAMES else "right"
            style = "bold" if column == NAMES else None
            table.add_column(COLUMNS[column], justify=justify, style=style, no_wrap=True)
        for row in rows:
            table.add_row(*(row[column] for column in page))
        yield table


def _cells(label: str, direction: str | None, spaces: dict[str, Score]) -> list[str]:
    relative, absolute = spaces["relative"], spaces["absolute"]
    return [
        label,
        direction or "both",
        _number(relative.value),
        _number(relative.over_seeds["std"]) if relative.over_seeds else "",
        _interval(relative),
        _chance(relative),
        _number(absolute.value),
        _chance(absolute),
    ]


def _chance(score: Score) -> str:
    return "" if score.value is None or score.chance is None else _number(score.chance)


def _legend(report: Report) -> Iterator[str]:
    reasons = dict.fromkeys(
        (score.space, score.reason) for score in report.scores if score.reason is not None
    )
    for space, reason in reasons:
        yield f"n/a  not applicable in the {space} spaces: {reason}"
    ups = {score.better for score in report.scores}
    if ups == {"higher"}:
        yield "higher is more alike; chance is what a random pairing would score"


def _line(gate: dict[str, Any]) -> Text:
    word, style = ("met", "green") if gate["met"] else ("NOT MET", "bold red")
    return Text.assemble((word, style), f"  {gate['rule']}  (found {gate['value']:.4f})")


def _number(value: float | None) -> str:
    if value is None:
        return "n/a"
    return f"{value:.4f}" if abs(value) < 0.0995 else f"{value:.3f}"


def _interval(score: Score) -> str:
    if score.interval is None:
        return ""
    return f"{_number(score.interval[0])} to {_number(score.interval[1])}"
