"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

Device = Annotated[str, typer.Option(help="auto, cpu or cuda.")]
Match = Annotated[str, typer.Option(help="Match rows by id, by position, or auto.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no table.")]
SkipInvalid = Annotated[
    bool, typer.Option("--skip-invalid", help="Leave out rows with NaN, Inf or only zeros.")
]
