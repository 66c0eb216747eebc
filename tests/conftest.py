"""What every test may ask for."""

import importlib
import pkgutil
import shlex
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

import latcomp.cli.app
from latcomp import cli as commands

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session", autouse=True)
def _one_thread():
    """Tests are small: more threads only get in each other's way."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def shared():
    """The folder of reference values and real data that some machines have, none need."""
    for folder in ROOT.parents:
        if (folder / "shared" / "oracles" / "values.json").is_file():
            return folder / "shared"
    pytest.skip("no folder `shared` with reference values and real data here")


@pytest.fixture(scope="session")
def sample_data():
    """The embeddings that come with the repository."""
    return ROOT / "sample_data"


@pytest.fixture(scope="session")
def app():
    """The command line with every command in it."""
    for module in pkgutil.iter_modules(commands.__path__):
        importlib.import_module(f"latcomp.cli.{module.name}")
    return latcomp.cli.app.app


@pytest.fixture
def latcomp_run(app, tmp_path, monkeypatch):
    """Runs a command line, written as one text, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(command):
        return CliRunner().invoke(app, shlex.split(command), prog_name="latcomp")

    return run
