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
from latcomp.layout import GAP, narrowed, pages
from latcomp.matrices import wording
from latcomp.matrices.document import Matrix
from latcomp.matrices.viewing import Grid, chosen
from latcomp.render import FOUND_RENDERINGS, MATRIX_RENDERINGS, RENDERINGS
from latcomp.report import Report
from latcomp.tabling import Shown

WIDTH = 160
"""Columns where the width of the reader's screen is not known."""

TIGHT = 1
"""Blanks between two columns of a matrix."""

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
    return [*parts, *_gates(report.gates), *_warnings(report.warnings)]


def page(content: tabling.Page, found: Shown, width: int) -> list[RenderableType]:
    """What was asked, tables, how to read them, the verdict, gates, and warnings in words."""
    parts: list[RenderableType] = [Text("\n".join(content.heading)), Text()]
    for one in content.tables:
        parts += [Text(one.caption)] if one.caption else []
        for table in tables(one, width):
            parts += [table, Text()]
    parts += [Text("\n".join(content.legend), style="dim")] if content.legend else []
    parts += [Text(line) for line in tabling.verdict(found)]
    return [*parts, *_gates(found.gates), *_warnings(found.warnings)]


def show_page(content: tabling.Page, found: Shown, console: Console) -> None:
    """Print a page."""
    _print(page(content, found, console.width), console)


def show(report: Report, console: Console) -> None:
    """Print the report."""
    _print(render(report, console.width), console)


def show_times(report: Report, console: Console) -> None:
    """Print where the time of the run went."""
    parts: list[RenderableType] = [Text(f"{report.times['seconds']:.2f} seconds in all")]
    parts += map(Text, tabling.searched(report))
    for content in tabling.times(report):
        parts += [Text(), Text(content.caption), *tables(content, console.width)]
    _print(parts, console)


@RENDERINGS.add("terminal")
def text(report: Report) -> str:
    """A table for people, without colour."""
    return _plain(render(report))


@FOUND_RENDERINGS.add("terminal")
def found_text(found: Shown, content: tabling.Page) -> str:
    """Tables for people, without colour."""
    return _plain(page(content, found, WIDTH))


def gates(report: Shown) -> str:
    """The verdicts alone, one per line."""
    return _plain(_gates(report.gates))


RENDERINGS.add("gates")(gates)


@FOUND_RENDERINGS.add("gates")
def found_gates(found: Shown, _page: tabling.Page) -> str:
    """The verdicts alone, one per line."""
    return gates(found)


def render_matrix(
    matrix: Matrix, grids: Sequence[Grid], width: int = WIDTH
) -> list[RenderableType]:
    """What was compared and how, every measure in short, and ``grids`` in full."""
    parts: list[RenderableType] = [Text("\n".join(wording.heading(matrix))), Text()]
    for page in tables(wording.summary(matrix), width):
        parts += [page, Text()]
    for grid in grids:
        content = wording.table(matrix, grid)
        if _width(content) > width:
            content = wording.table(matrix, grid, digits=2)
        parts += [Text(content.caption), *tables(content, width, tight=True), Text()]
    parts[-1] = Text("\n".join(wording.legend(grids)), style="dim")
    parts += _gates(matrix.gates)
    return [*parts, *_warnings(matrix.warnings)]


def show_matrix(matrix: Matrix, grids: Sequence[Grid], console: Console) -> None:
    """Print the matrix."""
    _print(render_matrix(matrix, grids, console.width), console)


@MATRIX_RENDERINGS.add("terminal")
def matrix_text(matrix: Matrix) -> str:
    """Tables for people, without colour."""
    return _plain(render_matrix(matrix, chosen(matrix, [])))


@MATRIX_RENDERINGS.add("gates")
def matrix_gates(matrix: Matrix) -> str:
    """The verdicts alone, one per line."""
    return _plain(_gates(matrix.gates))


def _print(parts: list[RenderableType], console: Console) -> None:
    for part in parts:
        console.print(part, soft_wrap=not console.is_terminal)


def _plain(parts: list[RenderableType]) -> str:
    page = io.StringIO()
    _print(parts, Console(file=page, width=WIDTH, color_system=None, force_terminal=False))
    return page.getvalue()


def tables(content: tabling.Table, width: int, tight: bool = False) -> Iterator[Table]:
    """One table where the screen is wide enough, else several below each other."""
    gap = TIGHT if tight else GAP
    rows = narrowed(content.columns, content.rows, width, gap)
    for page in pages(content.columns, rows, content.texts, width, gap):
        table = Table(
            box=None if tight else box.SIMPLE_HEAD,
            padding=(0, TIGHT if tight else 1, 0, 0 if tight else 1),
            pad_edge=False,
            show_edge=False,
        )
        for column in page:
            justify: JustifyMethod = "left" if column < content.texts else "right"
            style = "bold" if column == content.texts and not tight else None
            table.add_column(content.columns[column], justify=justify, style=style, no_wrap=True)
        for row in rows:
            table.add_row(*(Text(row[column]) for column in page))
        yield table


def _width(content: tabling.Table) -> int:
    columns = zip(content.columns, *content.rows, strict=True)
    return sum(max(map(len, cells)) + TIGHT for cells in columns) - TIGHT


def _warnings(warnings: Sequence[str]) -> list[RenderableType]:
    return [Text.assemble(("warning: ", "yellow"), tabling.plain(text)) for text in warnings]


def _gates(gates: Sequence[dict[str, Any]]) -> list[RenderableType]:
    words = [tabling.gate_words(gate) for gate in gates]
    return [Text.assemble((word, STYLES[word]), f"  {rest}") for word, rest in words]
