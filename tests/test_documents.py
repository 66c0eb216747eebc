"""Documents that commands wrote are shown and judged later as they were then."""

import json
import re

import numpy as np
import pytest

from tests.commands import latcomp_command
from tests.data import rotation, space

COMMANDS = {
    "stitch a.npy b.npy --labels l.txt --anchors 20 --splits 2": "relative.accuracy[a->b]",
    "track a.npy b.npy --anchors 20": "cosine",
    "translate fit a.npy b.npy": "hit@1",
    "migrate a.npy b.npy --anchors 20": "recall@10",
}


UNSEEN = ("inputs", "environment", "times")
"""Parts that no table shows."""


@pytest.fixture(params=COMMANDS)
def saved(request, tmp_path, monkeypatch):
    """A command, what it printed, and the document it wrote."""
    monkeypatch.chdir(tmp_path)
    rows = space(200, 10, 0)
    np.save("a.npy", rows)
    np.save("b.npy", rows @ rotation(10, 1))
    (tmp_path / "l.txt").write_text("\n".join(str(i % 3) for i in range(200)))
    made = latcomp_command(*request.param.split(), "--json", "d.json")
    assert made.exit_code == 0
    return request.param, made.stdout, tmp_path / "d.json"


FIGURES = {
    "anchors check a.npy b.npy --anchors 20": "agreement",
    "anchors sweep a.npy b.npy --counts 10,20 --strategies uniform,top": "enough",
}


@pytest.mark.parametrize("command", FIGURES)
def test_figures_of_anchors_are_shown_as_their_command_did_and_not_judged(
    command, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    rows = space(200, 10, 0)
    np.save("a.npy", rows)
    np.save("b.npy", rows @ rotation(10, 1))
    made = latcomp_command(*command.split(), "--json", "d.json")
    assert FIGURES[command] in made.stdout
    assert latcomp_command("show", "d.json").stdout == made.stdout
    text = (tmp_path / "d.json").read_text()
    assert latcomp_command("show", "d.json", "--format", "json").stdout == text
    assert json.loads(text)["inputs"]["b"]["path"] == "b.npy"
    refused = latcomp_command("show", "d.json", "--format", "csv")
    assert (refused.exit_code, "markdown, terminal" in refused.stderr) == (2, True)
    assert latcomp_command("show", "d.json", "--format", "markdown").stdout.count("| --: |") > 0
    assert latcomp_command("gate", "d.json", "--require", "mrr>=0").exit_code == 2
    page = latcomp_command("show", "d.json", "--html", "d.html").exit_code
    assert page == (0 if "sweep" in command else 2)


@pytest.mark.parametrize("command", FIGURES)
def test_figures_that_lost_a_part_are_refused_or_shown(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("a.npy", space(60, 6, 0))
    assert (
        latcomp_command(*command.replace("b.npy", "a.npy").split(), "--json", "d.json").exit_code
        == 0
    )
    assert_no_traceback_without_any_part(tmp_path / "d.json")


@pytest.fixture
def document(saved):
    """The document alone."""
    return saved[2]


def test_a_saved_document_is_shown_as_its_command_did_and_judged(saved):
    command, printed, _ = saved
    target = COMMANDS[command]
    assert latcomp_command("show", "d.json").stdout == printed
    assert_markdown_holds(latcomp_command("show", "d.json", "-f", "markdown").stdout, printed)
    assert latcomp_command("gate", "d.json", "--require", f"{target}>=-1").exit_code == 0
    assert latcomp_command("gate", "d.json", "--require", f"{target}>=2").exit_code == 1
    assert latcomp_command("gate", "d.json").exit_code == 2


NUMBER = re.compile(r"\d+\.\d+")


def assert_markdown_holds(text, printed):
    """Markdown shows the numbers that the terminal does."""
    assert text.startswith("### latcomp: ")
    assert set(NUMBER.findall(printed)) == set(NUMBER.findall(text))


def test_a_document_that_lost_a_part_is_refused_or_shown_and_never_a_traceback(document):
    assert_no_traceback_without_any_part(document)


def assert_no_traceback_without_any_part(document):
    """Showing what is left of it works or is refused, whichever part is missing."""
    whole = json.loads(document.read_text())
    for path in (path for path in _paths(whole) if path[0] not in UNSEEN):
        damaged = json.loads(document.read_text())
        owner = damaged
        for step in path[:-1]:
            owner = owner[step]
        del owner[path[-1]]
        document.with_name("damaged.json").write_text(json.dumps(damaged))
        shown = latcomp_command("show", "damaged.json")
        assert shown.exit_code in (0, 3), (path, shown.exception)


def _paths(whole):
    """Every key of the document, and of the objects below it; of a list, those of its first."""
    for key, value in whole.items():
        yield (key,)
        inner = (key,)
        if isinstance(value, list) and value:
            value, inner = value[0], (key, 0)
        if isinstance(value, dict):
            yield from (inner + below for below in _paths(value))
