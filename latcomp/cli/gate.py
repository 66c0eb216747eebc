"""latcomp gate"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from latcomp.cli.app import COMPARING_COMMANDS, app
from latcomp.cli.options import Format, Quiet

EXAMPLES = """
Examples:

  latcomp gate new.json --require 'mrr>=0.9' --require 'relative.jaccard[a->b]>=0.3'

  latcomp gate new.json --baseline old.json --max-drop mrr=0.02

  latcomp gate new.json --rules gates.toml --format github

  latcomp gate matrix.json --require 'min(mrr)>=0.8' --require 'mean(absolute.cka)>=0.5'

Without any of these, the rules are those of [tool.latcomp] in ./pyproject.toml:

  require = ["mrr>=0.9"]

  max-drop = { mrr = 0.02 }

Exit codes: 0 all gates met, 1 a gate not met, 2 wrong usage, 3 reports that cannot be judged.
"""


@app.command(epilog=EXAMPLES, rich_help_panel=COMPARING_COMMANDS)
def gate(
    report: Annotated[Path, typer.Argument(metavar="REPORT", help="A report written with --json.")],
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
    from latcomp.cli.output import deliver, prepare
    from latcomp.gates.judge import gather, pass_judgement
    from latcomp.gates.rules import conclude
    from latcomp.matrices.document import is_matrix
    from latcomp.report import read_report

    if is_matrix(report):
        _gate_matrix(report, require or [], json, form, quiet)
        return
    asked = gather(require or [], max_drop or [], confident, rules, baseline is not None)
    prepare(json, form)
    judged = pass_judgement(
        read_report(report), asked, None if baseline is None else read_report(baseline), anyway
    )
    deliver(judged, json, quiet, form)
    if not conclude(judged):
        raise typer.Exit(1)


def _gate_matrix(path: Path, require: list[str], json: str | None, form: str, quiet: bool) -> None:
    from latcomp.cli.matrixoutput import present_matrix
    from latcomp.cli.output import put
    from latcomp.errors import UsageError
    from latcomp.gates.matrixrules import judge_matrix, parse_matrix_rule
    from latcomp.gates.rules import conclude
    from latcomp.matrices.document import read_matrix

    if not require:
        raise UsageError("there is nothing to judge", "give --require, as in 'min(mrr)>=0.8'")
    rules = [parse_matrix_rule(text) for text in require]
    judged = judge_matrix(replace(read_matrix(path), gates=()), rules)
    put(judged.to_json(), json)
    if json != "-" and not quiet:
        present_matrix(judged, form, ())
    if not conclude(judged):
        raise typer.Exit(1)
