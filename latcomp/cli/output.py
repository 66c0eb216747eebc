"""What commands print: progress and warnings to stderr, what was asked for to stdout."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

if TYPE_CHECKING:
    from latcomp.picking.made import Made
    from latcomp.scan import Watch

from latcomp import render
from latcomp.files.atomic import check_apart, check_writable, write_text
from latcomp.gates.rules import Gated, Judged, conclude
from latcomp.page import check_page
from latcomp.render import FOUND_RENDERINGS, RENDERINGS, terminal
from latcomp.report import Report
from latcomp.tabling import Figures, Page, gate_words

TABLE = "terminal"


class Found(Judged, render.Found, Protocol):
    """What a command found: a document that gates judge and that is shown."""


F = TypeVar("F", bound=Found)

S = TypeVar("S", bound=render.Found)

D = TypeVar("D", bound="Made")


@contextmanager
def progress(quiet: bool) -> Iterator[Watch]:
    """A watch that shows on stderr what is being done, how far it is and how long still."""
    console = Console(stderr=True)
    hidden = quiet or not console.is_terminal
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=hidden) as bars:
        tasks = {"load": bars.add_task("load", total=None)}

        def watch(step: str, done: int, total: int) -> None:
            bars.update(tasks["load"], completed=1, total=1)
            if step not in tasks:
                tasks[step] = bars.add_task(step)
            bars.update(tasks[step], completed=done, total=total)

        yield watch


def prepare(
    json: str | None,
    form: str = TABLE,
    sources: Iterable[str | None] = (),
    html: Path | None = None,
) -> None:
    """Refuse what cannot be shown or written, or is read, before any work is done."""
    RENDERINGS[form]
    sources = list(sources)
    if html is not None:
        check_page(html)
        check_apart(html, sources)
    if json is not None and json != "-":
        check_writable(Path(json))
        check_apart(Path(json), sources)


def deliver(report: Report, json: str | None, quiet: bool, form: str = TABLE) -> None:
    """Write the report as JSON where it was asked for, and show it in ``form`` on stdout."""
    put(report.to_json(), json)
    if json != "-" and not quiet:
        present(report, form)


def hand_over(found: F, page: Callable[[F, int], Page], json: str | None, quiet: bool) -> None:
    """Write what was found as JSON where asked for, show its page, and exit 1 if a gate fails."""
    put(found.to_json(), json)
    if shown := json != "-" and not quiet:
        present_found(found, page)
    exit_by_gates(found, shown)


def exit_by_gates(found: Gated, shown: bool) -> None:
    """Exit 1 where a gate was not met; stderr says which, where no table was ``shown``.

    Raises InputError where one could not be judged.
    """
    for gate in found.gates:
        if not shown and gate["value"] is not None and not gate["met"]:
            typer.echo("  ".join(gate_words(gate)), err=True)
    if not conclude(found):
        raise typer.Exit(1)


def present_found(found: S, page: Callable[[S, int], Page], form: str = TABLE) -> None:
    """Show what was found on stdout: as a page that knows the terminal, or in another form."""
    if form == TABLE:
        console = stdout()
        terminal.show_page(page(found, console.width), found, console)
    else:
        sys.stdout.write(FOUND_RENDERINGS[form](found, page(found, terminal.WIDTH)))


def show_figures(found: D, page: Callable[[D, int], Page], form: str = TABLE) -> None:
    """Show on stdout figures that no gate judges."""
    present_found(
        Figures(found.to_json(), found.warnings), lambda _, width: page(found, width), form
    )


def present(report: Report, form: str) -> None:
    """Show a report on stdout: as a table that knows the terminal, or in another form."""
    if form == TABLE:
        terminal.show(report, stdout())
    else:
        sys.stdout.write(RENDERINGS[form](report))


def present_times(report: Report) -> None:
    """Show on stderr where the time went."""
    terminal.show_times(report, _wide(Console(stderr=True)))


def put(text: str, json: str | None) -> None:
    """Write a JSON document where it was asked for: to a file, to stdout, or not at all."""
    if json == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())  # JSON is UTF-8, whatever the terminal is
    elif json is not None:
        write_text(Path(json), text)


def stdout() -> Console:
    """A console on stdout; as wide as needed where stdout is not a terminal."""
    return _wide(Console())


def _wide(console: Console) -> Console:
    if not console.is_terminal:
        console.width = 1000
    return console
