"""latcomp measures, formats, strategies and similarities"""

from __future__ import annotations

import inspect
from dataclasses import fields
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table

from latcomp.cli.app import SHOWING_COMMANDS, app


@app.command(
    rich_help_panel=SHOWING_COMMANDS,
    epilog="Examples:\n\n  latcomp measures 'svcca(variance=0.9)'\n\n  latcomp measures | grep cka",
)
def measures(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="One measure, defined in full.")
    ] = None,
) -> None:
    """List the measures, with one line each, or define one of them."""
    from latcomp.cli.output import stdout
    from latcomp.measures import MEASURES, PRESETS, ask
    from latcomp.render.definition import bounds, definition

    if name is not None:
        for asked in ask([name], 10):
            stdout().print(
                definition(asked), "\n", sep="", markup=False, highlight=False, soft_wrap=True
            )
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in ("measure", "meaning", "range", "better", "source"):
        table.add_column(column, no_wrap=column == "measure")
    for name, measure in MEASURES.items():
        meaning = (inspect.getdoc(measure) or "").partition("\n")[0]
        table.add_row(name, meaning, bounds(measure.range), measure.better, measure.source)
    stdout().print(table)
    stdout().print()
    for name, members in PRESETS.items():
        stdout().print(f"preset {name}: {', '.join(members)}", markup=False, highlight=False)


@app.command(rich_help_panel=SHOWING_COMMANDS, epilog="Example:\n\n  latcomp similarities")
def similarities() -> None:
    """List what a coordinate on an anchor can be, and how vectors can be prepared for it."""
    from latcomp.cli.output import stdout
    from latcomp.preparations import PREPARATIONS
    from latcomp.similarities import SIMILARITIES

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in ("--similarity", "what it is"):
        table.add_column(column, no_wrap=column == "--similarity")
    for name, similarity in SIMILARITIES.items():
        table.add_row(name, _first_line(similarity))
    table.add_section()
    for name, preparation in PREPARATIONS.items():
        table.add_row(f"NAME({name}{_argument(preparation)})", _first_line(preparation))
    table.add_row("NAME(bin=W)", "Round similarities to multiples of W.")
    table.add_row("NAME,NAME", "Both side by side, each at root mean square 1 over the anchors.")
    stdout().print(table)


@app.command(rich_help_panel=SHOWING_COMMANDS, epilog="Example:\n\n  latcomp strategies")
def strategies() -> None:
    """List the ways to choose anchors."""
    from latcomp.anchors import STRATEGIES
    from latcomp.cli.output import stdout

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in ("--strategy", "which items"):
        table.add_column(column, no_wrap=column == "--strategy")
    for name, strategy in STRATEGIES.items():
        table.add_row(name, _first_line(strategy.choose))
    stdout().print(table)


def _first_line(thing: object) -> str:
    return (inspect.getdoc(thing) or "").partition("\n\n")[0].replace("\n", " ")


def _argument(preparation: Any) -> str:
    return "".join(f"={f.name.upper()}" for f in fields(preparation))


@app.command(rich_help_panel=SHOWING_COMMANDS, epilog="Example:\n\n  latcomp formats")
def formats() -> None:
    """List the file formats that can be read."""
    from latcomp.cli.output import stdout
    from latcomp.formats import FORMATS

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in ("format", "endings", "what is read"):
        table.add_column(column)
    for name, form in FORMATS.items():
        table.add_row(name, " ".join(form.suffixes), inspect.getdoc(form))
    stdout().print(table)
