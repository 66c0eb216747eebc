"""latcomp compare"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from latcomp.cli.app import app
from latcomp.cli.options import (
    Anchors,
    AnchorsFrom,
    Center,
    Confidence,
    Device,
    Dtype,
    ExcludeAnchors,
    Format,
    Ids,
    K,
    Labels,
    Limit,
    Mapping,
    Match,
    Permutations,
    Queries,
    Quiet,
    Seed,
    Seeds,
    Shape,
    Similarity,
    SkipInvalid,
    Strategy,
    Unpack,
    files,
    number_or_text,
)

if TYPE_CHECKING:
    from latcomp.scoring.extra import Extra
    from latcomp.scoring.samemodel import Thresholds

EXAMPLES = """
Examples:

  latcomp compare a.h5 b.h5 --anchors 300

  latcomp compare runs.h5::seed0 runs.h5::seed1 --center --measures all

  latcomp compare new.h5 old.h5 --anchors anchors.json --require 'mrr>=0.9'

  latcomp compare a.h5 b.h5 --json - | jq .scores

  latcomp compare a.h5 b.h5 --permutations 200 --per-item items.csv --by label

  latcomp compare old.h5 new.h5 --same-model --threshold recall=0.9
"""


@app.command(epilog=EXAMPLES)
def compare(
    a: Annotated[str, typer.Argument(metavar="A", help="A file, or file::dataset.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another, with the same items.")],
    anchors: Anchors = "300",
    anchors_from: AnchorsFrom = None,
    strategy: Strategy = "uniform",
    k: K = 10,
    seeds: Seeds = 10,
    seed: Seed = 0,
    measures: Annotated[
        str | None, typer.Option(help="Measures and presets, as in `jaccard,mrr,hit@1` or `all`.")
    ] = None,
    similarity: Similarity = "cosine",
    center: Center = False,
    exclude_anchors: ExcludeAnchors = False,
    queries: Queries = "10000",
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
    confidence: Confidence = 0.95,
    permutations: Permutations = 0,
    per_item: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Scores of every item: .csv, .parquet, .h5.")
    ] = None,
    by: Annotated[
        str | None, typer.Option(metavar="label", help="Per-item measures broken down by label.")
    ] = None,
    same_model: Annotated[
        bool, typer.Option("--same-model", help="A is old, B new: drop-in, or re-index needed?")
    ] = False,
    threshold: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=X", help="What --same-model demands: recall=0.9. Repeatable."),
    ] = None,
    device: Device = "auto",
    form: Format = "terminal",
    quiet: Quiet = False,
) -> None:
    """Compare two spaces: a table for people, JSON for pipelines, exit codes for builds."""
    from latcomp.cli.output import deliver, prepare, progress
    from latcomp.gates.rules import conclude, judge, parse_rule
    from latcomp.pipeline import compare as run
    from latcomp.scoring.samemodel import Thresholds
    from latcomp.scoring.thresholds import parse_thresholds

    rules = [parse_rule(text) for text in require or []]
    sides = files([a, b], dtype, shape, limit, unpack, ids, labels)
    prepare(json, form, (a, b, anchors))
    extras = _extras(
        per_item, by, parse_thresholds(threshold or [], Thresholds) if same_model else None
    )
    with progress(quiet) as watch:
        report = run(
            *sides,
            anchors=None if same_model else number_or_text(anchors),
            anchors_from=anchors_from,
            strategy=strategy,
            k=k,
            seeds=seeds,
            seed=seed,
            measures=_measures(measures, same_model),
            similarity=similarity,
            center=center,
            exclude_anchors=exclude_anchors,
            queries=number_or_text(queries),
            match=match,
            mapping=mapping,
            skip_invalid=skip_invalid,
            confidence=confidence,
            permutations=permutations,
            extras=extras,
            device=device,
            watch=watch,
        )
    report = judge(report, rules)
    deliver(report, json, quiet, form)
    if not conclude(report):
        raise typer.Exit(1)


def _measures(asked: str | None, same_model: bool) -> str:
    preset = "same-model" if same_model else "paper"
    return preset if asked is None else f"same-model,{asked}" if same_model else asked


def _extras(per_item: Path | None, by: str | None, same_model: Thresholds | None) -> list[Extra]:
    from latcomp.scoring.peritem import PerItem
    from latcomp.scoring.samemodel import SameModel

    items = [] if per_item is None and by is None else [PerItem(per_item, by)]
    return [*items, *([] if same_model is None else [SameModel(same_model)])]
