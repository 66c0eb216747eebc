"""latcomp anchors sweep"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from latcomp.cli.anchors import anchors as group
from latcomp.cli.options import (
    AnchorsFrom,
    Device,
    Dtype,
    Html,
    Ids,
    Labels,
    Limit,
    Mapping,
    Match,
    Queries,
    Quiet,
    Shape,
    SkipInvalid,
    Unpack,
    files,
    number_or_text,
)

EXAMPLES = """
Examples:

  latcomp anchors sweep a.h5 b.h5 --counts 25,50,100,300 --plot sweep.svg

  latcomp anchors sweep a.h5 b.h5 --html sweep.html

  latcomp anchors sweep a.h5 b.h5 --strategies uniform,farthest,kmeans --counts 300 --seeds 10
"""


@group.command(epilog=EXAMPLES)
def sweep(
    a: Annotated[str, typer.Argument(metavar="A", help="A file, or file::dataset.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another, with the same items.")],
    counts: Annotated[
        str, typer.Option(help="Numbers of anchors to try.")
    ] = "25,50,100,200,300,500,1000",
    strategies: Annotated[
        str, typer.Option(help="Strategies to try: `latcomp strategies` lists all.")
    ] = "uniform",
    anchors_from: AnchorsFrom = None,
    measures: Annotated[str, typer.Option(help="Measures to take.")] = "jaccard,mrr,cosine",
    k: Annotated[int, typer.Option("--k", "-k", help="Neighbours looked at.")] = 10,
    seeds: Annotated[int, typer.Option(help="Draws of anchors per setting.")] = 3,
    seed: Annotated[int, typer.Option(help="The first seed.")] = 0,
    similarity: Annotated[
        str, typer.Option(help="Coordinates: cosine, 'euclidean(center,scale)', 'cosine,l1', ...")
    ] = "cosine",
    center: Annotated[
        bool, typer.Option("--center/--no-center", help="Subtract the anchors' mean first.")
    ] = False,
    queries: Queries = "2000",
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
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw them: .png, .svg or .pdf.")
    ] = None,
    html: Html = None,
    device: Device = "auto",
    quiet: Quiet = False,
) -> None:
    """How many anchors are enough, and which? Measures against numbers and strategies."""
    from latcomp.cli.output import prepare, progress, put, show_figures
    from latcomp.files.atomic import write_text
    from latcomp.page.sweep import page
    from latcomp.picking.sweeping import sweep_anchors
    from latcomp.picking.tabled import sweep_page
    from latcomp.registry import split_requests
    from latcomp.render import plot as picture
    from latcomp.render.pictures import check_plot

    prepare(json, sources=(a, b), html=html)
    if plot is not None:
        check_plot(plot)
    sides = files([a, b], dtype, shape, limit, unpack, ids, labels)
    with progress(quiet) as watch:
        found = sweep_anchors(
            *sides,
            counts=_numbers(counts),
            strategies=split_requests(strategies),
            anchors_from=anchors_from,
            measures=measures,
            k=k,
            seeds=seeds,
            seed=seed,
            similarity=similarity,
            center=center,
            queries=number_or_text(queries),
            match=match,
            mapping=mapping,
            skip_invalid=skip_invalid,
            device=device,
            watch=watch,
        )
    put(found.to_json(), json)
    if plot is not None:
        picture.plot(found, plot)
    if html is not None:
        write_text(html, page(found))
    if json != "-" and not quiet:
        show_figures(found, sweep_page)


def _numbers(text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise typer.BadParameter(
            "numbers were expected, as in 25,50,100", param_hint="--counts"
        ) from None
