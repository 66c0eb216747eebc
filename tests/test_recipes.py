"""The recipes of docs/ run, as far as they can without the servers they are for."""

import os
import re
import subprocess
import sys
from pathlib import Path

import h5py
import pytest
import yaml

from tests.conftest import ROOT
from tests.simulations import alike

BUILDS, COMPARING = (
    (ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("builds.md", "comparing.md")
)
MOVED = COMPARING[COMPARING.index("## Which items moved") : COMPARING.index("## The report")]


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", BUILDS + MOVED, re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("recipes")
    a, _ = alike(0, 150)
    b, _ = alike(0, 150)
    for name, vectors in (("old", a), ("new", b + 0.01)):
        with h5py.File(place / f"{name}.h5", "w") as file:
            file["embeddings"] = vectors
            file["labels"] = [f"class {i % 3}".encode() for i in range(150)]
    run(place, "latcomp compare old.h5 new.h5 --anchors 100 --json baseline.json -q")
    run(place, "cp baseline.json new.json")
    return place


def run(folder, script):
    bin_folder = str(Path(sys.executable).parent)
    places = {"PATH": f"{bin_folder}:{os.environ['PATH']}", "GITHUB_STEP_SUMMARY": "summary.md"}
    done = subprocess.run(
        ["bash", "-euc", script], cwd=folder, env={**os.environ, **places}, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize("script", blocks("bash"), ids=lambda text: text.split("\n")[-2][:40])
def test_shell_recipes_run(folder, script):
    run(folder, script)


def test_the_rules_of_the_toml_recipe_are_met(folder):
    (folder / "rules.toml").write_text(blocks("toml")[0].replace("[tool.latcomp]", ""))
    run(folder, "latcomp gate new.json --baseline baseline.json --rules rules.toml")


def test_the_yaml_recipes_are_what_their_readers_expect_and_their_steps_run(folder):
    github, gitlab, precommit = map(yaml.safe_load, blocks("yaml"))
    steps = [step.get("run") for step in github["jobs"]["embeddings"]["steps"]]
    assert github["jobs"]["embeddings"]["runs-on"]
    assert gitlab["embeddings"]["artifacts"]["reports"] == {"junit": "gates.xml"}
    hook = precommit["repos"][0]["hooks"][0]
    assert {"id", "name", "language", "entry"} <= set(hook)
    commands = [*steps, *gitlab["embeddings"]["script"], hook["entry"]]
    for command in commands:
        if command and command.startswith("latcomp"):
            run(folder, command)
    assert "### latcomp: " in (folder / "summary.md").read_text(encoding="utf-8")


def test_the_python_recipe_runs(folder, monkeypatch):
    monkeypatch.chdir(folder)
    exec(blocks("python")[0], {})
