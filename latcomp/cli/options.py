"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

AnchorsFrom = Annotated[
    tuple[str, str] | None,
    typer.Option(metavar="A B", help="Files of the same models that anchors come from."),
]
Device = Annotated[str, typer.Option(help="auto, cpu or cuda.")]
Mapping = Annotated[
    Path | None, typer.Option(help="Pairs id_a,id_b (.csv, .tsv) where ids differ.")
]
Match = Annotated[str, typer.Option(help="Match rows by id, by position, or auto.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no table.")]
SkipInvalid = Annotated[
    bool, typer.Option("--skip-invalid", help="Leave out rows with NaN, Inf or only zeros.")
]
