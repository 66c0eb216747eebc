"""latcomp embed"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from latcomp.cli.app import FILES_COMMANDS, app
from latcomp.cli.options import Device, Quiet

EXAMPLES = """
Examples:

  latcomp embed ./all-MiniLM-L6-v2 sentences.txt -o minilm.h5

  latcomp embed ./bert items.csv::text -o bert.h5 --ids items.csv::id --pooling cls --layer all

  latcomp embed mymodel:encode photos/ -o photos.npy
"""


@app.command(epilog=EXAMPLES, rich_help_panel=FILES_COMMANDS)
def embed(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="A local folder, library:name, module:callable.")
    ],
    source: Annotated[
        str,
        typer.Argument(metavar="INPUT", help="Lines, file::column, or a folder of images."),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="A .h5, .npy, .safetensors or .parquet file.")
    ],
    ids: Annotated[
        str | None, typer.Option(metavar="FILE", help="Ids of the items, in their order.")
    ] = None,
    pooling: Annotated[str, typer.Option(help="mean, cls or last token.")] = "mean",
    layer: Annotated[str, typer.Option(help="A layer's number, last, or all.")] = "last",
    batch: Annotated[int, typer.Option(min=1, help="Items embedded at a time.")] = 32,
    device: Device = "auto",
    quiet: Quiet = False,
) -> None:
    """Embed texts or images with a model; an interrupted run goes on where it stopped."""
    from latcomp import kernel
    from latcomp.cli.output import progress
    from latcomp.embedders import Wish
    from latcomp.embedding import embed as run

    wish = Wish(pooling, layer, str(kernel.pick_device(device)))
    with progress(quiet) as watch:
        written = run(model, source, output, ids=ids, wish=wish, batch=batch, watch=watch)
    for path in written:
        typer.echo(str(path), err=True)
