"""latcomp anchors check"""

from __future__ import annotations

from typing import Annotated

import typer

from latcomp.cli.anchors import anchors as group
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


@group.command(epilog="Example:\n\n  latcomp anchors check a.h5 b.h5 --anchors anchors.json")
def check(
    a: Annotated[str, typer.Argument(metavar="A", help="A file, or file::dataset.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another, with the same items.")],
    anchors: Annotated[
        str, typer.Option(metavar="N|all|FILE", help="How many anchors, or a file that names them.")
    ] = "300",
    anchors_from: AnchorsFrom = None,
    strategy: Annotated[
        str, typer.Option(help="How anchors are chosen: `latcomp strategies` lists all.")
    ] = "uniform",
    seed: Annotated[int, typer.Option(help="The same seed chooses the same anchors.")] = 0,
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
        str | None, typer.Option(metavar="FILE|-", help="Write the figures; - is stdout.")
    ] = None,
    device: Device = "auto",
    quiet: Quiet = False,
) -> None:
    """How good is a set of anchors for two spaces? Coverage, redundancy, agreement, a verdict."""
    from latcomp.cli.output import prepare, progress, put, show_figures
    from latcomp.picking.judging import check_anchors
    from latcomp.picking.tabled import judgement_page

    prepare(json, sources=(a, b))
    sides = files([a, b], dtype, shape, limit, unpack, ids, labels)
    with progress(quiet) as watch:
        found = check_anchors(
            *sides,
            anchors=number_or_text(anchors),
            anchors_from=anchors_from,
            strategy=strategy,
            seed=seed,
            match=match,
            mapping=mapping,
            skip_invalid=skip_invalid,
            device=device,
            watch=watch,
        )
    put(found.to_json(), json)
    if json != "-" and not quiet:
        show_figures(found, judgement_page)
