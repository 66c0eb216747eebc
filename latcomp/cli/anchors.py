"""latcomp anchors"""

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
    Match,
    Quiet,
    Shape,
    SkipInvalid,
    Unpack,
    files,
)

anchors = typer.Typer(help="Choose, grow, judge and compare sets of anchors.", no_args_is_help=True)
app.add_typer(anchors, name="anchors", rich_help_panel=RELATING_COMMANDS)


@anchors.callback()
def _anchors() -> None:
    """Choose anchors, and keep them in a file."""


@anchors.command(
    epilog="Example:\n\n"
    "  latcomp anchors select a.h5 b.h5 -n 300 --strategy farthest -o anchors.json"
)
def select(
    a: Annotated[str, typer.Argument(metavar="A", help="The space that anchors are chosen in.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The anchors file to write.")],
    b: Annotated[
        str | None, typer.Argument(metavar="[B]", help="Anchors must be items of B too.")
    ] = None,
    count: Annotated[int, typer.Option("--count", "-n", help="How many anchors.")] = 300,
    strategy: Annotated[str, typer.Option(help="`latcomp strategies` lists all.")] = "uniform",
    seed: Annotated[int, typer.Option(help="The same seed chooses the same anchors.")] = 0,
    ids: Ids = None,
    labels: Labels = None,
    dtype: Dtype = None,
    shape: Shape = None,
    limit: Limit = None,
    unpack: Unpack = None,
    match: Match = "auto",
    skip_invalid: SkipInvalid = False,
    device: Device = "auto",
    quiet: Quiet = False,
) -> None:
    """Choose anchors and write their ids (or row numbers), strategy, seed and origin to a file."""
    from latcomp.cli.output import progress
    from latcomp.files.atomic import check_apart, check_writable
    from latcomp.picking.selecting import select_anchors

    check_writable(output)
    check_apart(output, (a, b))
    first, *second = files([a] if b is None else [a, b], dtype, shape, limit, unpack, ids, labels)
    with progress(quiet) as watch:
        chosen = select_anchors(
            first, *second, count=count, strategy=strategy, seed=seed, match=match,
            skip_invalid=skip_invalid, device=device, watch=watch,
        )  # fmt: skip
    chosen.write(output)
    typer.echo(f"{output}: {len(chosen.rows)} {strategy} anchors of {a}", err=True)
