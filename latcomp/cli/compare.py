"""latcomp compare"""

from __future__ import annotations

from typing import Annotated

import typer

from latcomp.cli.app import app
from latcomp.cli.options import (
    AnchorsFrom,
    Device,
    Dtype,
    Ids,
    Labels,
    Limit,
    Mapping,
    Match,
    Quiet,
    Shape,
    SkipInvalid,
    Unpack,
    files,
)

EXAMPLES = """
Examples:

  latcomp compare a.h5 b.h5 --anchors 300

  latcomp compare runs.h5::seed0 runs.h5::seed1 --center --measures all

  latcomp compare new.h5 old.h5 --anchors anchors.json --require 'mrr>=0.9'

  latcomp compare a.h5 b.h5 --json - | jq .scores
"""


@app.command(epilog=EXAMPLES)
def compare(
    a: Annotated[str, typer.Argument(metavar="A", help="A file, or file::dataset.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another, with the same items.")],
    anchors: Annotated[
        str, typer.Option(metavar="N|all|FILE", help="How many anchors, or a file that names them.")
    ] = "300",
    anchors_from: AnchorsFrom = None,
    strategy: Annotated[
        str, typer.Option(help="How anchors are chosen: `latcomp strategies` lists all.")
    ] = "uniform",
    k: Annotated[int, typer.Option("--k", "-k", help="Neighbours looked at.")] = 10,
    seeds: Annotated[
        int, typer.Option(help="Draws of anchors; their spread is anchor noise.")
    ] = 10,
    seed: Annotated[int, typer.Option(help="The first seed.")] = 0,
    measures: Annotated[
        str, typer.Option(help="Measures and presets, as in `jaccard,mrr,hit@1` or `all`.")
    ] = "paper",
    similarity: Annotated[
        str, typer.Option(help="Coordinates: cosine, 'euclidean(center,scale)', 'cosine,l1', ...")
    ] = "cosine",
    center: Annotated[
        bool, typer.Option("--center/--no-center", help="Subtract the anchors' mean first.")
    ] = False,
    exclude_anchors: Annotated[
        bool, typer.Option("--exclude-anchors", help="Do not score the anchors themselves.")
    ] = False,
    queries: Annotated[
        str, typer.Option(metavar="N|all", help="Items searched for, against all items.")
    ] = "10000",
    ids: Ids = None,
    labels: Labels = None,
    dtype: Dtype = None,
    shape: Shape = None,
    limit: Limit = None,
    unpack: Unpack = None,
    match: Match = "auto",
    mapping: Mapping = None,
    skip_invalid: SkipInvalid = False,
    json: Annotated[
        str | None, typer.Option(metavar="FILE|-", help="Write the report; - is stdout.")
    ] = None,
    require: Annotated[
        list[str] | None,
        typer.Option(metavar="RULE", help="Exit 1 unless met: 'mrr>=0.9'. Repeatable."),
    ] = None,
    device: Device = "auto",
    quiet: Quiet = False,
) -> None:
    """Compare two spaces: a table for people, JSON for pipelines, exit codes for builds."""
    from latcomp.cli.output import deliver, prepare, progress
    from latcomp.gates import judge, parse_rule
    from latcomp.pipeline import compare as run

    rules = [parse_rule(text) for text in require or []]
    sides = files([a, b], dtype, shape, limit, unpack, ids, labels)
    prepare(json)
    with progress(quiet) as watch:
        report = run(
            *sides,
            anchors=int(anchors) if anchors.isdecimal() else anchors,
            anchors_from=anchors_from,
            strategy=strategy,
            k=k,
            seeds=seeds,
            seed=seed,
            measures=measures,
            similarity=similarity,
            center=center,
            exclude_anchors=exclude_anchors,
            queries=int(queries) if queries.isdecimal() else queries,
            match=match,
            mapping=mapping,
            skip_invalid=skip_invalid,
            device=device,
            watch=watch,
        )
    report = judge(report, rules)
    deliver(report, json, quiet)
    if not all(gate["met"] for gate in report.gates):
        raise typer.Exit(1)
