"""latcomp track"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from latcomp.cli.app import COMPARING_COMMANDS, app
from latcomp.cli.options import (
    Anchors,
    Center,
    Confidence,
    Device,
    Dtype,
    Html,
    Ids,
    K,
    Limit,
    Match,
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

EXAMPLES = r"""
Examples:

  latcomp track good.h5 run.h5::epoch* --scores scores.csv --plot track.png

  latcomp track model.h5::layer12 'model.h5::layer*' --measures cka,mutual-knn

  latcomp track good.h5 ckpt1.npy ckpt2.npy --require 'cosine>=0.8' --require 'cka\[ckpt2]>=0.9'

  latcomp track good.h5 runs.h5::* --scores s.csv --columns name=file,score=val_acc --reach 0.5

scores.csv names checkpoints in a column `name` (or path, checkpoint, layer ...) as they are named
here, or by file or dataset alone, and has a column `score`; columns `run` and `epoch` where the
checkpoints are those of runs.
"""


@app.command(epilog=EXAMPLES, rich_help_panel=COMPARING_COMMANDS)
def track(
    reference: Annotated[str, typer.Argument(metavar="REFERENCE", help="A file, file::dataset.")],
    checkpoints: Annotated[
        list[str], typer.Argument(metavar="CKPT...", help="Files, or datasets: run.h5::layer*.")
    ],
    scores: Annotated[
        Path | None, typer.Option(metavar="CSV", help="How well each checkpoint does.")
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(metavar="WHAT=COLUMN", help="Columns of it: name=file,score=acc,run=seed."),
    ] = None,
    reach: Annotated[
        float | None, typer.Option(help="Correlate only runs whose best score reaches this.")
    ] = None,
    measures: Annotated[
        str, typer.Option(help="Measures, as in compare; `relative.cka` names the space.")
    ] = "cosine,cka,mutual-knn",
    anchors: Anchors = "300",
    strategy: Strategy = "uniform",
    k: K = 10,
    seeds: Seeds = 1,
    seed: Seed = 0,
    similarity: Similarity = "cosine",
    center: Center = False,
    queries: Queries = "2000",
    ids: Ids = None,
    dtype: Dtype = None,
    shape: Shape = None,
    limit: Limit = None,
    unpack: Unpack = None,
    match: Match = "auto",
    skip_invalid: SkipInvalid = False,
    json: Annotated[
        str | None, typer.Option(metavar="FILE|-", help="Write what was found; - is stdout.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw it: .png, .svg or .pdf.")
    ] = None,
    html: Html = None,
    require: Annotated[
        list[str] | None,
        typer.Option(metavar="RULE", help="Exit 1 unless met: 'cosine>=0.8'. Repeatable."),
    ] = None,
    confidence: Confidence = 0.95,
    device: Device = "auto",
    quiet: Quiet = False,
) -> None:
    """Similarity of checkpoints, layers or models to a reference, beside how well they do."""
    from latcomp.cli.output import hand_over, prepare, progress
    from latcomp.gates.rules import judge, parse_track_rule
    from latcomp.loading.expanding import expand
    from latcomp.page.track import write_track_page
    from latcomp.render import plot as picture
    from latcomp.render.pictures import check_plot
    from latcomp.tracking.scored import parse_columns
    from latcomp.tracking.tabled import page
    from latcomp.tracking.track import track as run

    rules = [parse_track_rule(text) for text in require or []]
    named = [reference, *expand(checkpoints)]
    sides = files(named, dtype, shape, limit, unpack, ids)
    prepare(json, sources=(*named, anchors, None if scores is None else str(scores)), html=html)
    if plot is not None:
        check_plot(plot)
    with progress(quiet) as watch:
        found = run(
            *sides,
            measures=measures,
            scores=scores,
            columns=parse_columns(columns),
            reach=reach,
            anchors=number_or_text(anchors),
            strategy=strategy,
            k=k,
            seeds=seeds,
            seed=seed,
            similarity=similarity,
            center=center,
            queries=number_or_text(queries),
            match=match,
            skip_invalid=skip_invalid,
            confidence=confidence,
            device=device,
            watch=watch,
        )
    found = judge(found, rules)
    if plot is not None:
        picture.plot_track(found, plot)
    if html is not None:
        write_track_page(found.document(), html)
    hand_over(found, page, json, quiet)
