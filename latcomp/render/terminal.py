"""A report as a table for people, legible with and without colour."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

from rich import box
from rich.console import Console, JustifyMethod, RenderableType
from rich.table import Table
from rich.text import Text

from latcomp import tabling
from latcomp.layout import pages
from latcomp.render import RENDERINGS
from latcomp.report import Report

WIDTH = 160
"""Columns where the width of the reader's screen is not known."""

STYLES = {"met": "green", "NOT MET": "bold red", "NOT JUDGED": "bold red"}


def render(report: Report, width: int = WIDTH) -> list[RenderableType]:
    """What was compared and how, the scores, the verdicts of gates, and warnings in words.

    Tables wider than ``width`` are cut into pages below each other.
    """
    parts: list[RenderableType] = [Text("\n".join(tabling.heading(report))), Text()]
    for table in tables(tabling.scores(report), width):
        parts += [table, Text()]
    parts[-1] = Text("\n".join(tabling.legend(report)), style="dim")
    for content in tabling.extras(report):
        parts += [Text(), Text(content.caption), *tables(content, width)]
    parts += [Text(line) for line in tabling.verdict(report)]
    parts += verdicts(report.gates)
    parts += [
        Text.assemble(("warning: ", "yellow"), tabling.plain(text)) for text in report.warnings
    ]
    return parts


def show(report: Report, console: Console) -> None:
    """Print the report."""
    put(render(report, console.width), console)


@RENDERINGS.add("terminal")
def text(report: Report) -> str:
    """A table for people, without colour."""
    return _plain(render(report))


@RENDERINGS.add("gates")
def gates(report: Report) -> str:
    """The verdicts alone, one per line."""
    return _plain(verdicts(report.gates))


def put(parts: list[RenderableType], console: Console) -> None:
    """Print parts below each other."""
    for part in parts:
        console.print(part, soft_wrap=not console.is_terminal)


def _plain(parts: list[RenderableType]) -> str:
    page = io.StringIO()
    put(parts, Console(file=page, width=WIDTH, color_system=None, force_terminal=False))
    return page.getvalue()


def tables(content: tabling.Table, width: int) -> Iterator[Table]:
    """One table where the screen is wide enough, else several below each other."""
    for page in pages(content.columns, content.rows, content.texts, width):
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for column in page:
            justify: JustifyMethod = "left" if column < content.texts else "right"
            style = "bold" if column == content.texts else None
            table.add_column(content.columns[column], justify=justify, style=style, no_wrap=True)
        for row in content.rows:
            table.add_row(*(Text(row[column]) for column in page))
        yield table


def verdicts(gates: Sequence[dict[str, Any]]) -> list[RenderableType]:
    """The verdicts on gates, one per line."""
    words = [tabling.gate_words(gate) for gate in gates]
    return [Text.assemble((word, STYLES[word]), f"  {rest}") for word, rest in words]
