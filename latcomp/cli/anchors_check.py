"""latcomp anchors check"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.table import Table

from latcomp.cli.anchors import anchors as group
from latcomp.cli.options import AnchorsFrom, Device, Mapping, Match, Quiet, SkipInvalid

if TYPE_CHECKING:
    from latcomp.picking.judging import Judgement, Side


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
    from latcomp.cli.output import prepare, progress, put, stdout
    from latcomp.picking.judging import check_anchors

    prepare(json, sources=(a, b))
    with progress(quiet) as watch:
        found = check_anchors(
            a,
            b,
            anchors=int(anchors) if anchors.isdecimal() else Path(anchors),
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
        for part in _shown(found):
            stdout().print(part, soft_wrap=True, highlight=False, markup=False)


def _shown(found: Judgement) -> Iterator[Table | str]:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column(f"{found.anchors:,} anchors, centred")
    for name in ("a", "b"):
        table.add_column(name, justify="right")
    for (label, one), (_, other) in zip(_lines(found.a), _lines(found.b), strict=True):
        table.add_row(label, one, other)
    yield table
    yield ""
    yield f"agreement of the two Gram matrices  {found.agreement:.3f}"
    worst = ", ".join(f"{name} ({value:.2f})" for name, value in found.worst)
    yield f"anchors that agree least            {worst}"
    yield f"items farthest from anchors         {', '.join(found.a.uncovered)}"
    yield ""
    yield from found.verdict


def _lines(side: Side) -> Iterator[tuple[str, str]]:
    yield "cosine of items to the nearest anchor, mean", f"{side.nearest:.3f}"
    yield "the same, 5th percentile", f"{side.nearest_low:.3f}"
    yield "coherence (largest cosine of two anchors)", f"{side.coherence:.3f}"
    yield "the two", " and ".join(side.closest)
    condition = "singular" if side.condition is None else f"{side.condition:.3g}"
    yield "condition number of the Gram matrix", condition
    yield "effective rank", f"{side.effective_rank:.1f} of {side.full_rank}"
