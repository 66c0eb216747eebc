"""latcomp show"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from latcomp.cli.app import app
from latcomp.cli.options import Format

EXAMPLES = """
Examples:

  latcomp compare a.h5 b.h5 --json r.json && latcomp show r.json

  latcomp show r.json --format markdown >> "$GITHUB_STEP_SUMMARY"

  latcomp show r.json --format junit > gates.xml
"""


@app.command(epilog=EXAMPLES)
def show(
    report: Annotated[Path, typer.Argument(metavar="REPORT", help="A report written with --json.")],
    form: Format = "terminal",
) -> None:
    """Show a saved report again: as a table, or in another form."""
    from latcomp.cli.output import prepare, present
    from latcomp.report import read_report

    prepare(None, form)
    present(read_report(report), form)
