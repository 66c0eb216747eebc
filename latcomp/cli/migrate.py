"""latcomp migrate"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from latcomp.cli.app import CROSSING_COMMANDS, app
from latcomp.cli.options import (
    Device,
    Dtype,
    Ids,
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

  latcomp migrate old_index.h5 new_sample.h5

  latcomp migrate old_index.h5 new_sample.h5 --queries-new q_new.h5 --queries-old q_old.h5

  latcomp migrate old.h5 new.h5 --queries-new q.h5 --relevant judgements.csv --threshold recall=0.95

  latcomp migrate old.h5 new.h5 --require 'ortho.recall@10>=0.8' --json migration.json
"""


@app.command(epilog=EXAMPLES, rich_help_panel=CROSSING_COMMANDS)
def migrate(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The index: items by the old model.")],
    new: Annotated[
        str, typer.Argument(metavar="NEW", help="The same items, or some, by the new model.")
    ],
    queries_new: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Queries by the new model. Default: held-out items."),
    ] = None,
    queries_old: Annotated[
        str | None, typer.Option(metavar="FILE", help="The same queries by the old model.")
    ] = None,
    relevant: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Pairs query_id,item_id (.csv, .tsv) to be found."),
    ] = None,
    truth: Annotated[
        str, typer.Option(metavar="new|old", help="Whose nearest items are to be found.")
    ] = "new",
    methods: Annotated[
        str, typer.Option("--methods", "--method", help="Translations to try, with commas; all.")
    ] = "ortho,affine,ridge",
    fit_on: Annotated[
        int | None,
        typer.Option(metavar="N", help="Items that maps are fitted on. Default: half, to 10000."),
    ] = None,
    anchors: Annotated[int, typer.Option(help="Anchors of the relative index.")] = 300,
    similarity: Annotated[
        str, typer.Option(help="Coordinates of the relative index, as for compare.")
    ] = "cosine(center)",
    k: Annotated[int, typer.Option("--k", "-k", help="Items that a search returns.")] = 10,
    queries: Annotated[int, typer.Option(help="Queries asked at most.")] = 1_000,
    seed: Annotated[int, typer.Option(help="Seed of what is drawn.")] = 0,
    threshold: Annotated[
        list[str] | None,
        typer.Option(
            metavar="recall=X", help="Share of what re-embedding finds that is enough: 0.9."
        ),
    ] = None,
    confidence: Annotated[float, typer.Option(help="Confidence of the intervals.")] = 0.95,
    ids: Ids = None,
    dtype: Dtype = None,
    shape: Shape = None,
    limit: Limit = None,
    unpack: Unpack = None,
    match: Match = "auto",
    mapping: Mapping = None,
    skip_invalid: SkipInvalid = False,
    json: Annotated[
        str | None, typer.Option(metavar="FILE|-", help="Write the findings; - is stdout.")
    ] = None,
    require: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RULE", help="Exit 1 unless met: 'recall@10>=0.8' of the best way. Repeatable."
        ),
    ] = None,
    device: Device = "auto",
    quiet: Quiet = False,
) -> None:
    """Can the new model query the old index? What each way finds, and a verdict in words."""
    from latcomp.cli.output import hand_over, prepare, progress
    from latcomp.gates.rules import judge, parse_rule
    from latcomp.migration.migrate import migrate as run
    from latcomp.migration.shown import page
    from latcomp.migration.verdict import Thresholds
    from latcomp.scoring.thresholds import parse_thresholds

    rules = [parse_rule(text) for text in require or []]
    thresholds = parse_thresholds(threshold or [], Thresholds)
    prepare(json, sources=(old, new, queries_new, queries_old))
    sides = files([old, new], dtype, shape, limit, unpack, ids)
    with progress(quiet) as watch:
        found = run(
            *sides,
            queries_new=queries_new,
            queries_old=queries_old,
            relevant=relevant,
            truth=truth,
            methods=methods,
            fit_on=fit_on,
            anchors=anchors,
            similarity=similarity,
            k=k,
            queries=queries,
            seed=seed,
            thresholds=thresholds,
            confidence=confidence,
            match=match,
            mapping=mapping,
            skip_invalid=skip_invalid,
            device=device,
            watch=watch,
        )
    found = judge(found, rules)
    hand_over(found, page, json, quiet)
