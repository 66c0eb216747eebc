"""Running the command line from tests."""

import importlib
import pkgutil

from typer.testing import CliRunner

import latcomp.cli.app
from latcomp import cli


def latcomp_command(*arguments):
    """The result of `latcomp ARGUMENTS`: exit_code, stdout, stderr."""
    for module in pkgutil.iter_modules(cli.__path__):
        importlib.import_module(f"latcomp.cli.{module.name}")
    return CliRunner().invoke(latcomp.cli.app.app, list(map(str, arguments)), prog_name="latcomp")
