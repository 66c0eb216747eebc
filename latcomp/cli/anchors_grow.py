"""latcomp anchors grow"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from latcomp.cli.anchors import anchors as group
from latcomp.cli.options import (
    Device,
    Dtype,
    Ids,
    Limit,
    Quiet,
    Shape,
    SkipInvalid,
    Unpack,
    files,
)


@group.command(
    epilog="Examples:\n\n  latcomp anchors grow en.h5 fr.h5 --known few.csv -n 300 -o grown.json"
    "\n\n  latcomp compare en.h5 fr.h5 --anchors grown.json --mapping pairs.csv"
)
def grow(
    a: Annotated[str, typer.Argument(metavar="A", help="A file, or file::dataset, with ids.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another, of other items or ids.")],
    known: Annotated[Path, typer.Option(help="Known pairs id_a,id_b (.csv, .tsv).")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The anchors file to write.")],
    count: Annotated[int, typer.Option("--count", "-n", help="How many pairs to grow to.")] = 300,
    candidates: Annotated[
        int, typer.Option(help="Items of each file, in its order, that may be paired.")
    ] = 5000,
    similarity: Annotated[
        str, typer.Option(help="Coordinates: cosine, 'cosine(center)', ...")
    ] = "cosine(center)",
    by: Annotated[
        str, typer.Option(help="neighbours, or transport (optimal transport, needs POT).")
    ] = "neighbours",
    ids: Ids = None,
    dtype: Dtype = None,
    shape: Shape = None,
    limit: Limit = None,
    unpack: Unpack = None,
    skip_invalid: SkipInvalid = False,
    device: Device = "auto",
    quiet: Quiet = False,
) -> None:
    """Grow a few known pairs of items to many, by who is nearest to whom in relative space."""
    from latcomp.cli.output import progress
    from latcomp.files.atomic import check_writable
    from latcomp.picking.growing import grow_anchors

    check_writable(output)
    first, second = files([a, b], dtype, shape, limit, unpack, ids)
    with progress(quiet) as watch:
        grown = grow_anchors(
            first,
            second,
            known,
            count=count,
            candidates=candidates,
            similarity=similarity,
            by=by,
            skip_invalid=skip_invalid,
            device=device,
            watch=watch,
        )
    grown.anchors().write(output)
    if not quiet:
        typer.echo(f"{output}: {len(grown.pairs)} pairs grown from {grown.known}", err=True)
