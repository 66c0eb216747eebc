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

  latcomp stitch a.h5 b.h5 --json s.json && latcomp show s.json

  latcomp show matrix.json --show mrr --show absolute.cka

  latcomp anchors sweep a.h5 b.h5 --json sweep.json && latcomp show sweep.json --html sweep.html
"""


@app.command(epilog=EXAMPLES, rich_help_panel=SHOWING_COMMANDS)
def show(
    report: Annotated[
        Path, typer.Argument(metavar="REPORT", help="What a command wrote with --json.")
    ],
    form: Format = "terminal",
    measures: ShowMeasures = None,
    html: Html = None,
) -> None:
    """Show again what a command wrote with --json: as a table, in another form, or as a page."""
    from latcomp.cli.documents import open_document
    from latcomp.cli.output import prepare

    prepare(None, form, (str(report),), html)
    document, found = open_document(report)
    if html is None:
        document.show(found, form, measures or ())
    else:
        document.write_page(found, html, measures or ())
