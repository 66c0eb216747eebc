"""latcomp translate fit, latcomp translate apply"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from latcomp.cli.app import CROSSING_COMMANDS, app
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
    number_or_text,
)

translate = typer.Typer(
    no_args_is_help=True, help="Fit a map from one space into another, and apply it to files."
)
app.add_typer(translate, name="translate", rich_help_panel=CROSSING_COMMANDS)

FIT_EXAMPLES = """
Examples:

  latcomp translate fit a.h5 b.h5 -o a_to_b.h5

  latcomp translate fit a.h5 b.h5 --methods all

  latcomp translate fit en.h5 fr.h5 --mapping pairs.csv --anchors 1000 --method ridge -o map.h5

  latcomp translate fit a.h5 b.h5 --method unsupervised --require 'hit@1>=0.5' -o map.h5
"""

APPLY_EXAMPLES = """
Examples:

  latcomp translate apply a_to_b.h5 a.h5 -o a_in_b.h5

  latcomp compare a_in_b.h5 b.h5 --measures mrr,hit@1
"""


@translate.command(epilog=FIT_EXAMPLES)
def fit(
    a: Annotated[str, typer.Argument(metavar="A", help="A file, or file::dataset.")],
    b: Annotated[str, typer.Argument(metavar="B", help="The file to translate into.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The map to write: an .h5 file.")
    ] = None,
    method: Annotated[
        str,
        typer.Option(
            "--method",
            "--methods",
            metavar="NAME",
            help="ortho, linear, affine, 'ridge(alpha=0.1)', l-ortho, inverse-relative, "
            "unsupervised; several with commas; all.",
        ),
    ] = "ortho",
    anchors: Annotated[
        str | None,
        typer.Option(
            metavar="N|all|FILE", help="Items to fit on; the others are held out. Default: 80%."
        ),
    ] = None,
    anchors_from: AnchorsFrom = None,
    strategy: Annotated[
        str, typer.Option(help="How anchors are chosen: `latcomp strategies` lists all.")
    ] = "uniform",
    seed: Annotated[int, typer.Option(help="Seed of anchors and held-out items.")] = 0,
    queries: Annotated[int, typer.Option(help="Held-out items that are searched for.")] = 2_000,
    database: Annotated[int, typer.Option(help="Items that are searched.")] = 10_000,
    confidence: Annotated[float, typer.Option(help="Confidence of the intervals.")] = 0.95,
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
        str | None, typer.Option(metavar="FILE|-", help="Write the findings; - is stdout.")
    ] = None,
    require: Annotated[
        list[str] | None,
        typer.Option(metavar="RULE", help="Exit 1 unless met: 'hit@1>=0.5'. Repeatable."),
    ] = None,
    device: Device = "auto",
    quiet: Quiet = False,
) -> None:
    """Fit a map from A into B on some items, and score it on the others."""
    from latcomp.cli.output import hand_over, prepare, progress
    from latcomp.files.atomic import check_apart
    from latcomp.gates.rules import judge, parse_rule
    from latcomp.translation.mapfile import check_map_output, write_map
    from latcomp.translation.shown import page
    from latcomp.translation.translate import asked_methods, fit_translation

    rules = [parse_rule(text) for text in require or []]
    prepare(json, sources=(a, b, anchors))
    if output is not None:
        if len(asked_methods(method)) > 1:
            raise typer.BadParameter("a file holds the map of one --method", param_hint="-o")
        check_map_output(output)
        check_apart(output, (a, b, anchors))
    with progress(quiet) as watch:
        found = fit_translation(
            *files([a, b], dtype, shape, limit, unpack, ids, labels),
            method=method,
            anchors=None if anchors is None else number_or_text(anchors),
            anchors_from=anchors_from,
            strategy=strategy,
            seed=seed,
            queries=queries,
            database=database,
            confidence=confidence,
            match=match,
            mapping=mapping,
            skip_invalid=skip_invalid,
            device=device,
            watch=watch,
        )
    if output is not None:
        write_map(output, found.maps[0])
    hand_over(judge(found.findings, rules), page, json, quiet)


@translate.command(epilog=APPLY_EXAMPLES)
def apply(
    map_file: Annotated[
        Path, typer.Argument(metavar="MAP", help="What `latcomp translate fit` wrote.")
    ],
    x: Annotated[str, typer.Argument(metavar="X", help="A file of the space that was mapped.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="A .h5, .npy, .safetensors or .parquet file.")
    ],
    ids: Ids = None,
    labels: Labels = None,
    dtype: Dtype = None,
    shape: Shape = None,
    limit: Limit = None,
    unpack: Unpack = None,
    device: Device = "auto",
    quiet: Quiet = False,
) -> None:
    """Translate every row of a file, block by block, with its ids and labels."""
    from latcomp.cli.output import progress
    from latcomp.files.atomic import check_apart
    from latcomp.translation.applying import translate_to_file

    check_apart(output, (str(map_file), x))
    wanted = files([x], dtype, shape, limit, unpack, ids, labels)[0]
    with progress(quiet) as watch:
        rows, width = translate_to_file(map_file, wanted, output, device=device, watch=watch)
    if not quiet:
        typer.echo(f"{output}: {rows:,} x {width}", err=True)
