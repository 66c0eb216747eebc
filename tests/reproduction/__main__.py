"""python -m tests.reproduction [NAME ...]: run experiments, print and keep paper against ours."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import time
from pathlib import Path

import torch

from tests.reproduction import experiments
from tests.reproduction.tables import Found, keep, printed
from tests.reproduction.training import Lab

ROOT = Path(__file__).parents[2]
NAMES = sorted(module.name for module in pkgutil.iter_modules(experiments.__path__))


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--kept", type=Path, default=ROOT / "build" / "reproduction")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs" / "reproduction")
    asked = parser.parse_args(arguments)
    unknown = sorted(set(asked.names) - set(NAMES))
    if unknown:
        parser.error(f"no experiment {unknown[0]!r}; there are {', '.join(NAMES)}")
    if not asked.data.is_dir():
        parser.error(f"no folder {asked.data} of data; name one: make reproduce DATA=FOLDER")
    torch.set_num_threads(min(2, torch.get_num_threads()))
    for name in asked.names or NAMES:
        found = conduct(name, asked.data, asked.kept)
        print(printed(found), flush=True)
        keep(found, asked.docs)


def conduct(name, data, kept):
    """Run one experiment; its seconds of processor time are those it takes with nothing kept."""
    experiment = importlib.import_module(f"{experiments.__name__}.{name}")
    lab = Lab(data, kept)
    began = time.process_time()
    rows = experiment.run(lab)
    return Found(name, experiment.__doc__, rows, time.process_time() - began + lab.spared)


if __name__ == "__main__":
    main()
