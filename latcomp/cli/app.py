"""The application: its commands, and how a problem becomes a message and an exit code."""

from __future__ import annotations

import importlib
import io
import os
import pkgutil
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from latcomp import __version__
from latcomp.errors import LatcompError
from latcomp.machine import keep_memory, share_threads

COMPARING_COMMANDS = "Compare"
RELATING_COMMANDS = "Anchors and relative representations"
CROSSING_COMMANDS = "From one space into another"
FILES_COMMANDS = "Files"
SHOWING_COMMANDS = "Reports, and what can be asked for"


class Commands(TyperGroup):
    """Commands in the order they were added; a LatcompError becomes its message and exit code."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except LatcompError as error:
            print(f"error: {error}", file=sys.stderr)
            raise typer.Exit(error.code) from error
        except KeyboardInterrupt:
            print("interrupted", file=sys.stderr)
            raise typer.Exit(130) from None


app = typer.Typer(
    name="latcomp",
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"latcomp {__version__}")
        raise typer.Exit


@app.callback()
def latcomp(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """How do two latent spaces relate? Compare embeddings by relative representations.

    Exit codes: 0 done and gates met, 1 a gate not met, 2 wrong usage, 3 an input cannot be used,
    130 interrupted.
    """


def load_commands() -> None:
    """Import every file of this folder: each adds its command."""
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        importlib.import_module(f"latcomp.cli.{module.name}")


def main() -> None:
    """Run the command line."""
    share_threads(os.environ)
    keep_memory(os.environ)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    load_commands()
    app()
