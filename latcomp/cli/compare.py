"""latcomp compare"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from latcomp.cli.app import COMPARING_COMMANDS, app
from latcomp.cli.options import (
    SHOWING,
    Anchors,
    AnchorsFrom,
    Center,
    Confidence,
    Device,
    Dtype,
    ExcludeAnchors,
    Format,
    Html,
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

  latcomp compare docs_a.h5 docs_b.h5 --query-file queries_a.h5 queries_b.h5

  latcomp compare a.h5 b.h5 --permutations 200 --per-item items.csv --by label

  latcomp compare a.h5 b.h5 --html report.html

  latcomp compare old.h5 new.h5 --same-model --threshold recall=0.9
"""


@app.command(epilog=EXAMPLES, rich_help_panel=COMPARING_COMMANDS)
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
    query_file: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="Q_A Q_B", help="Queries embedded by each model: same results?"),
    ] = None,
    skip_invalid: SkipInvalid = False,
    json: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|-", help="Write the report; - is stdout.", rich_help_panel=SHOWING
        ),
    ] = None,
    require: Annotated[
        list[str] | None,
        typer.Option(metavar="RULE", help="Exit 1 unless met: 'mrr>=0.9'. Repeatable."),
    ] = None,
    confidence: Confidence = 0.95,
    permutations: Permutations = 0,
    per_item: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Scores of every item: .csv, .parquet, .h5.",
            rich_help_panel=SHOWING,
        ),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            metavar="label", help="Per-item measures broken down by label.", rich_help_panel=SHOWING
        ),
    ] = None,
    same_model: Annotated[
        bool, typer.Option("--same-model", help="A is old, B new: drop-in, or re-index needed?")
    ] = False,
    threshold: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=X", help="What --same-model demands: recall=0.9. Repeatable."),
    ] = None,
    times: Annotated[
        bool,
        typer.Option("--times", help="Say on stderr where the time went.", rich_help_panel=SHOWING),
    ] = False,
    html: Html = None,
    projection: Annotated[
        str,
        typer.Option(
            help="How the page draws both spaces: pca, or umap (extra umap).",
            rich_help_panel=SHOWING,
        ),
    ] = "pca",
    device: Device = "auto",
    form: Format = "terminal",
    quiet: Quiet = False,
) -> None:
    """Compare two spaces: a table for people, JSON for pipelines, exit codes for builds."""
    from latcomp.cli.output import deliver, exit_by_gates, prepare, present_times, progress
    from latcomp.gates.rules import judge, parse_rule
    from latcomp.page.comparison import write_page
    from latcomp.pipeline import compare as run
    from latcomp.scoring.samemodel import Thresholds
    from latcomp.scoring.thresholds import parse_thresholds
    from latcomp.scoring.views import Views

    rules = [parse_rule(text) for text in require or []]
    sides = files([a, b], dtype, shape, limit, unpack, ids, labels)
    asking = files([*query_file], dtype, shape, None, unpack) if query_file else None
    prepare(json, form, (a, b, anchors, *(query_file or ())), html)
    views = None if html is None else Views(by=projection)
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
            query_files=None if asking is None else (asking[0], asking[1]),
            skip_invalid=skip_invalid,
            confidence=confidence,
            permutations=permutations,
            extras=extras if views is None else [*extras, views],
            device=device,
            watch=watch,
        )
    report = judge(report, rules)
    deliver(report, json, quiet, form)
    if times:
        present_times(report)
    if html is not None:
        write_page(report, html, views)
    exit_by_gates(report, json != "-" and not quiet)


def _measures(asked: str | None, same_model: bool) -> str:
    preset = "same-model" if same_model else "paper"
    return preset if asked is None else f"same-model,{asked}" if same_model else asked


def _extras(per_item: Path | None, by: str | None, same_model: Thresholds | None) -> list[Extra]:
    from latcomp.scoring.peritem import PerItem
    from latcomp.scoring.samemodel import SameModel

    items = [] if per_item is None and by is None else [PerItem(per_item, by)]
    return [*items, *([] if same_model is None else [SameModel(same_model)])]
