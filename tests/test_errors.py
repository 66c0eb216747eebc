"""Every way an input or a request can be wrong is one error, by its exact text."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from latcomp.files.atomic import whole
from latcomp.statistics.neighbours import Neighbours
from tests import badfiles
from tests.error_table import TABLE


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("bad")
    badfiles.fill(made)
    return made


def expected(problem, hint):
    return f"error: {problem}\n" if hint is None else f"error: {problem}\n\nhint: {hint}\n"


@pytest.mark.parametrize(("command", "code", "problem", "hint"), TABLE, ids=[r[0] for r in TABLE])
def test_bad_input_is_one_clear_error(
    command, code, problem, hint, folder, latcomp_run, monkeypatch
):
    monkeypatch.chdir(folder)
    before = sorted(folder.iterdir())
    result = latcomp_run(command)
    assert result.stderr == expected(problem, hint)
    assert result.exit_code == code
    assert result.stdout == ""
    assert sorted(folder.iterdir()) == before


USAGE = [
    ("compare", "Missing argument 'A'"),
    ("compare a.npy", "Missing argument 'B'"),
    ("compare a.npy b.npy --k some", "Invalid value for '--k'"),
    ("compare a.npy b.npy --query-file q.npy", "Option '--query-file' requires 2 arguments"),
    ("compare a.npy b.npy --nope", "No such option: --nope"),
    ("compare a.npy b.npy --ids 1 --ids 2 --ids 3", "Invalid value for --ids"),
    ("anchors select a.npy", "Missing option '--output'"),
    ("comparre a.npy b.npy", "No such command 'comparre'"),
    ("--nope", "No such option: --nope"),
]


@pytest.mark.parametrize(("command", "problem"), USAGE, ids=[row[0] for row in USAGE])
def test_a_command_line_of_another_form_is_wrong_usage(command, problem, latcomp_run):
    result = latcomp_run(command)
    assert problem in result.stderr
    assert result.exit_code == 2
    assert result.stdout == ""


def remembering_less_than(rows):
    """A stand-in for `Neighbours.add` on a device whose memory holds tiles of fewer rows."""
    add = Neighbours.add

    def limited(self, state, tile):
        if tile.queries.stop - tile.queries.start >= rows:
            raise torch.OutOfMemoryError
        add(self, state, tile)

    return limited


def test_smaller_blocks_are_tried_when_memory_runs_out(folder, latcomp_run, monkeypatch):
    monkeypatch.chdir(folder)
    plain = latcomp_run("compare a.npy b.npy --anchors 10")
    monkeypatch.setattr(Neighbours, "add", remembering_less_than(40))
    assert latcomp_run("compare a.npy b.npy --anchors 10").stdout == plain.stdout
    assert plain.exit_code == 0


def test_too_little_memory_for_the_smallest_block_is_said(folder, latcomp_run, monkeypatch):
    monkeypatch.chdir(folder)
    monkeypatch.setattr(Neighbours, "add", remembering_less_than(1))
    result = latcomp_run("compare a.npy b.npy --anchors 10 --json r.json")
    assert result.stderr == expected(
        "out of memory even with blocks of 32 rows", "use fewer --queries, or another --device"
    )
    assert result.exit_code == 3
    assert not (folder / "r.json").exists()


def test_an_interruption_ends_with_130_and_leaves_no_file(folder, latcomp_run, monkeypatch):
    def interrupt(self, state, tile):
        raise KeyboardInterrupt

    monkeypatch.chdir(folder)
    monkeypatch.setattr(Neighbours, "add", interrupt)
    before = sorted(folder.iterdir())
    result = latcomp_run("compare a.npy b.npy --anchors 10 --json r.json")
    assert (result.exit_code, result.stdout, result.stderr) == (130, "", "interrupted\n")
    assert sorted(folder.iterdir()) == before


INTERRUPTED_WHILE_SCANNING = """
import os, signal, sys
from latcomp.cli import main
from latcomp.statistics.neighbours import Neighbours
signal.signal(signal.SIGINT, signal.default_int_handler)  # a parent may have it ignored
Neighbours.add = lambda self, state, tile: os.kill(os.getpid(), signal.SIGINT)
sys.argv = ["latcomp", *"compare a.npy b.npy --anchors 10 --json r.json".split()]
main()
"""


def test_ctrl_c_in_a_real_process_ends_with_130_and_leaves_no_file(folder):
    before = sorted(folder.iterdir())
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_WHILE_SCANNING],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")
    assert sorted(folder.iterdir()) == before


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "r.json"
    path.write_text("old")

    def interrupted():
        with whole(path) as temporary:
            temporary.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_said(folder, latcomp_run, monkeypatch):
    monkeypatch.chdir(folder)
    result = latcomp_run("compare a.npy b.npy --anchors 10 --json /dev/full")
    assert result.stderr == expected("/dev/full cannot be written: No space left on device", None)
    assert result.exit_code == 3


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has CUDA")
def test_a_device_that_is_not_there_is_said(folder, latcomp_run, monkeypatch):
    monkeypatch.chdir(folder)
    result = latcomp_run("compare a.npy b.npy --anchors 10 --device cuda")
    assert result.stderr == expected("no CUDA device is available", "use --device cpu")
    assert result.exit_code == 2
