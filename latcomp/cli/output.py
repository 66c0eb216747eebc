"""What commands print: progress and warnings to stderr, what was asked for to stdout."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

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
    from latcomp.scan import Watch
    from latcomp.tabling import Table

from latcomp.files.atomic import check_apart, check_writable, write_text
from latcomp.gates.rules import Judged, conclude
from latcomp.render import RENDERINGS, terminal
from latcomp.report import Report
from latcomp.tabling import Shown

TABLE = "terminal"


class Found(Judged, Shown, Protocol):
    """What a command found: a document that gates judge and that is shown."""

    def to_json(self) -> str: ...


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


def prepare(json: str | None, form: str = TABLE, sources: Iterable[str | None] = ()) -> None:
    """Refuse what cannot be shown or written, or is read, before any work is done."""
    RENDERINGS[form]
    if json is not None and json != "-":
        check_writable(Path(json))
        check_apart(Path(json), sources)


def deliver(report: Report, json: str | None, quiet: bool, form: str = TABLE) -> None:
    """Write the report as JSON where it was asked for, and show it in ``form`` on stdout."""
    put(report.to_json(), json)
    if json != "-" and not quiet:
        present(report, form)


def hand_over(
    findings: Found,
    heading: Sequence[str],
    contents: Sequence[Table],
    legend: Sequence[str],
    json: str | None,
    quiet: bool,
) -> None:
    """Write findings as JSON where asked for, show them on stdout, and exit 1 if a gate fails."""
    put(findings.to_json(), json)
    if json != "-" and not quiet:
        console = stdout()
        for part in terminal.page(heading, contents, legend, findings, console.width):
            console.print(part, soft_wrap=not console.is_terminal)
    if not conclude(findings):
        raise typer.Exit(1)


def present(report: Report, form: str) -> None:
    """Show a report on stdout: as a table that knows the terminal, or in another form."""
    if form == TABLE:
        terminal.show(report, stdout())
    else:
        sys.stdout.write(RENDERINGS[form](report))


def put(text: str, json: str | None) -> None:
    """Write a JSON document where it was asked for: to a file, to stdout, or not at all."""
    if json == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())  # JSON is UTF-8, whatever the terminal is
    elif json is not None:
        write_text(Path(json), text)


def stdout() -> Console:
    """A console on stdout; as wide as needed where stdout is not a terminal."""
    console = Console()
    return console if console.is_terminal else Console(width=1000)
