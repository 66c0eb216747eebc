"""latcomp convert"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from latcomp.cli.app import FILES_COMMANDS, app
from latcomp.cli.options import Dtype, Ids, Labels, Limit, Shape, Unpack, files

EXAMPLES = """
Examples:

  latcomp convert words.vec words.h5 --limit 100000

  latcomp convert 'shards/emb_*.npy' all.safetensors --ids meta.parquet::name
"""


@app.command(epilog=EXAMPLES, rich_help_panel=FILES_COMMANDS)
def convert(
    source: Annotated[str, typer.Argument(metavar="IN", help="A file, or file::dataset.")],
    output: Annotated[
        Path, typer.Argument(metavar="OUT", help="A .h5, .npy, .safetensors or .parquet file.")
    ],
    ids: Ids = None,
    labels: Labels = None,
    dtype: Dtype = None,
    shape: Shape = None,
    limit: Limit = None,
    unpack: Unpack = None,
) -> None:
    """Copy embeddings into another format, block by block, with their ids and labels."""
    from latcomp.converting import convert as run
    from latcomp.files.atomic import check_apart

    check_apart(output, (source,))
    wanted = files([source], dtype, shape, limit, unpack, ids, labels)[0]
    rows, width = run(wanted, output)
    typer.echo(f"{output}: {rows} x {width}", err=True)
