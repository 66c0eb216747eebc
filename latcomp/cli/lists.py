"""latcomp measures, latcomp formats"""

from __future__ import annotations

import inspect
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from latcomp.cli.app import app


@app.command(epilog="Examples:\n\n  latcomp measures\n\n  latcomp measures 'svcca(variance=0.9)'")
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


@app.command()
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
