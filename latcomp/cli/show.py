"""latcomp show"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from latcomp.cli.app import app
from latcomp.cli.options import Format, Html

EXAMPLES = """
Examples:

  latcomp compare a.h5 b.h5 --json r.json && latcomp show r.json

  latcomp show r.json --format markdown >> "$GITHUB_STEP_SUMMARY"

  latcomp show r.json --format junit > gates.xml

  latcomp show r.json --html report.html
"""


@app.command(epilog=EXAMPLES)
def show(
    report: Annotated[Path, typer.Argument(metavar="REPORT", help="A report written with --json.")],
    form: Format = "terminal",
    html: Html = None,
) -> None:
    """Show a saved report again: as a table, in another form, or as a page."""
    from latcomp.cli.output import prepare, present
    from latcomp.page.comparison import write_page
    from latcomp.report import read_report

    prepare(None, form, (str(report),), html)
    found = read_report(report)
    if html is not None:
        write_page(found, html)
    else:
        present(found, form)
