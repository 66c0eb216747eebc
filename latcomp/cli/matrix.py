"""latcomp matrix"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from latcomp.cli.app import COMPARING_COMMANDS, app
from latcomp.cli.options import (
    Anchors,
    Center,
    Confidence,
    Device,
    Dtype,
    ExcludeAnchors,
    Html,
    Ids,
    K,
    Limit,
    Match,
    Permutations,
    Queries,
    Quiet,
    Seed,
    Seeds,
    Shape,
    ShowMeasures,
    Similarity,
    SkipInvalid,
    Strategy,
    Unpack,
    files,
    number_or_text,
)

if TYPE_CHECKING:
    from latcomp.loading.opening import File

EXAMPLES = """
Examples:

  latcomp matrix a.h5 b.h5 c.h5

  latcomp matrix 'run.h5::layer*' --center --show mrr --show absolute.cka --json m.json

  latcomp matrix 'run0.h5::layer*' --against 'run1.h5::layer*' --plot layers.png

  latcomp matrix seed*.npy --measures mrr,cka --require 'min(mrr)>=0.8'

  latcomp matrix 'run.h5::layer*' --html layers.html

  latcomp show m.json

A killed run with --json FILE goes on where it was when it is started again.
"""


@app.command(epilog=EXAMPLES, rich_help_panel=COMPARING_COMMANDS)
def matrix(
    spaces: Annotated[
        list[str],
        typer.Argument(metavar="A B C ...", help="Files, or datasets: 'run.h5::layer*'."),
    ],
    against: Annotated[
        list[str] | None,
        typer.Option(metavar="B", help="A second family: columns of the matrix. Repeatable."),
    ] = None,
    anchors: Anchors = "300",
    strategy: Strategy = "uniform",
    k: K = 10,
    seeds: Seeds = 10,
    seed: Seed = 0,
    measures: Annotated[
        str, typer.Option(help="Measures and presets, as in `jaccard,mrr,hit@1` or `all`.")
    ] = "paper",
    similarity: Similarity = "cosine",
    center: Center = False,
    exclude_anchors: ExcludeAnchors = False,
    queries: Queries = "10000",
    ids: Ids = None,
    dtype: Dtype = None,
    shape: Shape = None,
    limit: Limit = None,
    unpack: Unpack = None,
    match: Match = "auto",
    skip_invalid: SkipInvalid = False,
    show: ShowMeasures = None,
    json: Annotated[
        str | None, typer.Option(metavar="FILE|-", help="Write the matrix; - is stdout.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write one line per score of every pair.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw heat map, clusters, map: .png, .svg.")
    ] = None,
    html: Html = None,
    require: Annotated[
        list[str] | None,
        typer.Option(metavar="RULE", help="Exit 1 unless met: 'min(mrr)>=0.8'. Repeatable."),
    ] = None,
    confidence: Confidence = 0.95,
    permutations: Permutations = 0,
    device: Device = "auto",
    quiet: Quiet = False,
) -> None:
    """Compare every two of many spaces, or each of one family with each of another."""
    from latcomp.cli.matrixoutput import Delivery
    from latcomp.cli.output import exit_by_gates, progress
    from latcomp.gates.matrixrules import judge_matrix, parse_matrix_rule
    from latcomp.matrices.comparing import matrix as run
    from latcomp.measures import ask

    rules = [parse_matrix_rule(text) for text in require or []]
    delivery = Delivery(json, csv, plot, html, tuple(show or ()), quiet)
    delivery.prepare([*spaces, *(against or []), anchors], ask([measures], k))
    families = _families(spaces, against or [], dtype, shape, limit, unpack, ids)
    with progress(quiet) as watch:
        found = run(
            families[0],
            against=families[1] if against else None,
            anchors=number_or_text(anchors),
            strategy=strategy,
            k=k,
            seeds=seeds,
            seed=seed,
            measures=measures,
            similarity=similarity,
            center=center,
            exclude_anchors=exclude_anchors,
            queries=number_or_text(queries),
            match=match,
            skip_invalid=skip_invalid,
            confidence=confidence,
            permutations=permutations,
            journal=delivery.journal,
            device=device,
            watch=watch,
        )
    found = judge_matrix(found, rules)
    delivery.deliver(found)
    exit_by_gates(found, json != "-" and not quiet)


def _families(
    spaces: list[str],
    against: list[str],
    dtype: list[str] | None,
    shape: list[str] | None,
    limit: int | None,
    unpack: str | None,
    ids: list[str] | None,
) -> tuple[list[File], list[File]]:
    """The files of both families, each with what the options say of it."""
    found = files([*spaces, *against], dtype, shape, limit, unpack, ids)
    return found[: len(spaces)], found[len(spaces) :]
