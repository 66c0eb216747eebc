"""latcomp gate"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from latcomp.cli.app import COMPARING_COMMANDS, app
from latcomp.cli.options import Format, Quiet

EXAMPLES = r"""
Examples:

  latcomp gate new.json --require 'mrr>=0.9' --require 'relative.jaccard\[a->b]>=0.3'

  latcomp gate new.json --baseline old.json --max-drop mrr=0.02

  latcomp gate new.json --rules gates.toml --format github

  latcomp gate matrix.json --require 'min(mrr)>=0.8' --require 'mean(absolute.cka)>=0.5'

  latcomp gate stitch.json --require 'ortho.accuracy\[a->b]>=0.8'

Without any of these, the rules on a report are those of \[tool.latcomp] in ./pyproject.toml:

  require = ["mrr>=0.9"]

  max-drop = { mrr = 0.02 }

max-drop needs a --baseline.

Exit codes: 0 all gates met, 1 a gate not met, 2 wrong usage, 3 reports that cannot be judged.
"""


@app.command(epilog=EXAMPLES, rich_help_panel=COMPARING_COMMANDS)
def gate(
    report: Annotated[
        Path, typer.Argument(metavar="REPORT", help="What a command wrote with --json.")
    ],
    require: Annotated[
        list[str] | None,
        typer.Option(metavar="RULE", help="What must hold: 'mrr>=0.9'. Repeatable."),
    ] = None,
    confident: Annotated[
        bool, typer.Option("--confident", help="The whole interval must hold, not the score alone.")
    ] = False,
    baseline: Annotated[
        Path | None, typer.Option(help="An earlier report to hold this one against.")
    ] = None,
    max_drop: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=X", help="How much worse than the baseline. Repeatable."),
    ] = None,
    rules: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Rules in TOML, or a pyproject.toml.")
    ] = None,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Judge reports that were not made alike.")
    ] = False,
    json: Annotated[
        str | None, typer.Option(metavar="FILE|-", help="Write the judged report; - is stdout.")
    ] = None,
    form: Format = "gates",
    quiet: Quiet = False,
) -> None:
    """Decide an exit code from a report, or from a report against a baseline."""
    from latcomp.cli.documents import Asked, open_document
    from latcomp.cli.output import exit_by_gates, prepare, put

    prepare(json, form)
    document, found = open_document(report)
    asked = Asked(require or (), confident, max_drop or (), rules, baseline, anyway)
    judged = document.judge(found, asked)
    put(judged.to_json(), json)
    if shown := json != "-" and not quiet:
        document.show(judged, form)
    exit_by_gates(judged, shown)
