"""latcomp show"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from latcomp.cli.app import app
from latcomp.cli.options import Format, ShowMeasures

EXAMPLES = """
Examples:

  latcomp compare a.h5 b.h5 --json r.json && latcomp show r.json

  latcomp show r.json --format markdown >> "$GITHUB_STEP_SUMMARY"

  latcomp show r.json --format junit > gates.xml

  latcomp show matrix.json --show mrr --show absolute.cka
"""


@app.command(epilog=EXAMPLES)
def show(
    report: Annotated[
        Path, typer.Argument(metavar="REPORT", help="A report or matrix written with --json.")
    ],
    form: Format = "terminal",
    measures: ShowMeasures = None,
) -> None:
    """Show a saved report again: as a table, or in another form."""
    from latcomp.cli.matrixoutput import present_matrix
    from latcomp.cli.output import prepare, present
    from latcomp.matrices.document import is_matrix, read_matrix
    from latcomp.report import read_report

    if is_matrix(report):
        present_matrix(read_matrix(report), form, measures or ())
        return
    prepare(None, form)
    present(read_report(report), form)
