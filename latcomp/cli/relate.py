"""latcomp relate"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from latcomp.cli.app import RELATING_COMMANDS, app
from latcomp.cli.options import (
    Device,
    Dtype,
    Ids,
    Labels,
    Limit,
    Quiet,
    Shape,
    SkipInvalid,
    Unpack,
    files,
    number_or_text,
)

EXAMPLES = """
Examples:

  latcomp relate a.h5 --anchors anchors.json -o a_relative.h5

  latcomp relate a.h5 --anchors 500 --strategy farthest --similarity 'cosine(center)' -o a.npy

A run that was killed goes on where it was when it is given again.
"""


@app.command(epilog=EXAMPLES, rich_help_panel=RELATING_COMMANDS)
def relate(
    a: Annotated[str, typer.Argument(metavar="A", help="A file, or file::dataset.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="A .h5, .npy, .safetensors or .parquet file.")
    ],
    anchors: Annotated[
        str, typer.Option(metavar="N|all|FILE", help="How many anchors, or a file that names them.")
    ] = "300",
    anchors_from: Annotated[
        str | None, typer.Option(metavar="FILE", help="A file of the same model for anchors.")
    ] = None,
    strategy: Annotated[
        str, typer.Option(help="How anchors are chosen: `latcomp strategies` lists all.")
    ] = "uniform",
    seed: Annotated[int, typer.Option(help="The same seed chooses the same anchors.")] = 0,
    similarity: Annotated[
        str, typer.Option(help="Coordinates: cosine, 'euclidean(center,scale)', 'cosine,l1', ...")
    ] = "cosine",
    center: Annotated[
        bool, typer.Option("--center/--no-center", help="Subtract the anchors' mean first.")
    ] = False,
    output_dtype: Annotated[
        str, typer.Option(help="What is written: float16, float32 or float64.")
    ] = "float32",
    ids: Ids = None,
    labels: Labels = None,
    dtype: Dtype = None,
    shape: Shape = None,
    limit: Limit = None,
    unpack: Unpack = None,
    skip_invalid: SkipInvalid = False,
    device: Device = "auto",
    quiet: Quiet = False,
) -> None:
    """Write the relative representation of a space: a file that every command reads as a space."""
    from latcomp.cli.output import progress
    from latcomp.files.atomic import check_apart, check_writable
    from latcomp.relating.writing import relate_to_file

    check_writable(output)
    check_apart(output, (a, anchors, anchors_from))
    with progress(quiet) as watch:
        written = relate_to_file(
            files([a], dtype, shape, limit, unpack, ids, labels)[0],
            output,
            anchors=number_or_text(anchors),
            anchors_from=anchors_from,
            strategy=strategy,
            seed=seed,
            similarity=similarity,
            center=center,
            dtype=output_dtype,
            skip_invalid=skip_invalid,
            device=device,
            watch=watch,
        )
    if not quiet:
        rows, width = written.shape
        resumed = f", {written.resumed:,} rows of them by an earlier run" if written.resumed else ""
        typer.echo(f"{output}: {rows:,} x {width} {output_dtype}{resumed}", err=True)
