"""latcomp stitch"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from latcomp.cli.app import CROSSING_COMMANDS, app
from latcomp.cli.options import (
    Anchors,
    Center,
    Confidence,
    Device,
    Dtype,
    Ids,
    Labels,
    Limit,
    Match,
    Quiet,
    Seed,
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

  latcomp stitch a.h5 b.h5 --center

  latcomp stitch a.h5 b.h5 --labels labels.txt --head mlp --splits 10

  latcomp stitch a.h5 b.h5 --targets a.h5::pixels --through relative,ortho

  latcomp stitch runs.h5::seed0 runs.h5::seed1 runs.h5::seed2 --json -

  latcomp stitch a.h5 b.h5 --require 'accuracy>=0.8' --require 'ortho.accuracy\[a->b]>=0.9'
"""


@app.command(epilog=EXAMPLES, rich_help_panel=CROSSING_COMMANDS)
def stitch(
    spaces: Annotated[
        list[str],
        typer.Argument(
            metavar="A B...", help="Two files or more, or file::dataset, or ::pattern*."
        ),
    ],
    labels: Labels = None,
    targets: Annotated[
        str | None, typer.Option(metavar="FILE", help="Numbers to predict: file::dataset.")
    ] = None,
    head: Annotated[
        str, typer.Option(help="linear, or mlp, with options: 'mlp(hidden=512)'.")
    ] = "linear",
    standardize: Annotated[
        str, typer.Option(help="What heads are given: none, by row, or by column (transductive).")
    ] = "none",
    through: Annotated[
        str, typer.Option(help="relative, absolute, methods of translation, or all.")
    ] = "all",
    anchors: Anchors = "300",
    anchors_from: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE", help="A file of each model that anchors come from. Repeat."),
    ] = None,
    strategy: Strategy = "uniform",
    splits: Annotated[
        int, typer.Option(help="Splits; each draws held out items, anchors and heads anew.")
    ] = 5,
    test: Annotated[
        str, typer.Option(metavar="SHARE|FILE", help="How much is held out, or a file of ids.")
    ] = "0.2",
    seed: Seed = 0,
    similarity: Similarity = "cosine",
    center: Center = False,
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
    require: Annotated[
        list[str] | None,
        typer.Option(metavar="RULE", help="Exit 1 unless met: 'accuracy>=0.8'. Repeatable."),
    ] = None,
    confidence: Confidence = 0.95,
    device: Device = "auto",
    quiet: Quiet = False,
) -> None:
    """Train heads on one space and test them on another, with no training in between."""
    from latcomp.cli.output import hand_over, prepare, progress
    from latcomp.gates.rules import judge, parse_way_rule
    from latcomp.loading.expanding import expand
    from latcomp.stitching.stitch import stitch as run
    from latcomp.stitching.tabled import page

    rules = [parse_way_rule(text) for text in require or []]
    named = expand(spaces)
    sides = files(named, dtype, shape, limit, unpack, ids, labels)
    prepare(json, sources=(*named, targets, anchors, *(anchors_from or []), *(labels or []), test))
    with progress(quiet) as watch:
        found = run(
            *sides,
            targets=targets,
            head=head,
            standardize=standardize,
            through=through,
            anchors=number_or_text(anchors),
            anchors_from=anchors_from,
            strategy=strategy,
            splits=splits,
            test=_share(test),
            seed=seed,
            similarity=similarity,
            center=center,
            match=match,
            skip_invalid=skip_invalid,
            confidence=confidence,
            device=device,
            watch=watch,
        )
    found = judge(found, rules)
    hand_over(found, page, json, quiet)


def _share(text: str) -> float | Path:
    try:
        return float(text)
    except ValueError:
        return Path(text)
