"""latcomp show"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from latcomp.cli.app import SHOWING_COMMANDS, app
from latcomp.cli.options import Format, Html, ShowMeasures

EXAMPLES = """
Examples:

  latcomp compare a.h5 b.h5 --json r.json && latcomp show r.json

  latcomp show r.json --format markdown >> "$GITHUB_STEP_SUMMARY"

  latcomp show r.json --format junit > gates.xml

  latcomp show r.json --html report.html

  latcomp show matrix.json --show mrr --show absolute.cka
"""


@app.command(epilog=EXAMPLES, rich_help_panel=SHOWING_COMMANDS)
def show(
    report: Annotated[
        Path, typer.Argument(metavar="REPORT", help="A report or matrix written with --json.")
    ],
    form: Format = "terminal",
    measures: ShowMeasures = None,
    html: Html = None,
) -> None:
    """Show a saved report or matrix again: as a table, in another form, or as a page."""
    from latcomp.cli.matrixoutput import present_matrix
    from latcomp.cli.output import prepare, present
    from latcomp.matrices.document import is_matrix, read_matrix
    from latcomp.page.comparison import write_page
    from latcomp.page.matrix import write_matrix_page
    from latcomp.report import read_report

    prepare(None, form, (str(report),), html)
    if is_matrix(report):
        matrix = read_matrix(report)
        if html is None:
            present_matrix(matrix, form, measures or ())
        else:
            write_matrix_page(matrix, html, measures or ())
    elif html is None:
        present(read_report(report), form)
    else:
        write_page(read_report(report), html)
