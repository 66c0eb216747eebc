"""latcomp show"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from latcomp.cli.app import app


@app.command(epilog="Example:\n\n  latcomp compare a.h5 b.h5 --json r.json && latcomp show r.json")
def show(
    report: Annotated[Path, typer.Argument(metavar="REPORT", help="A report written with --json.")],
) -> None:
    """Show a saved report as a table again."""
    from latcomp.cli.output import stdout
    from latcomp.render import terminal
    from latcomp.report import read_report

    terminal.show(read_report(report), stdout())
