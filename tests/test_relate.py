"""Relative representations as files: streamed, resumable, and spaces like any other."""

import json
import os
import signal
import subprocess
import sys

import h5py
import numpy as np
import pytest
from safetensors import safe_open

from latcomp import compare, relative
from latcomp.errors import InputError, UsageError
from latcomp.loading.load import open_space
from latcomp.picking.selecting import select_anchors
from latcomp.relating.writing import relate_to_file
from latcomp.writers import WRITERS

N = 500
X = np.random.default_rng(0).standard_normal((N, 6)).astype(np.float16)


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "x.h5"
    with h5py.File(path, "w") as file:
        file["embeddings"] = X
        file["ids"] = [f"item{row}" for row in range(N)]
        file["labels"] = [f"kind{row % 3}" for row in range(N)]
    return path


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr("latcomp.relating.filling.BLOCK_BYTES", 8 * 40 * 30)
    monkeypatch.setattr("latcomp.relating.filling.SAFE_BYTES", 4 * 40 * 60)


def test_hdf5_holds_vectors_ids_labels_anchors_and_options(source, tmp_path):
    anchors = select_anchors(source, count=40, strategy="farthest", seed=3)
    anchors.write(tmp_path / "anchors.json")
    out = tmp_path / "r.h5"
    relate_to_file(source, out, anchors=tmp_path / "anchors.json", similarity="l1", center=True)
    with h5py.File(out) as file:
        expected = relative(X, anchors.rows, similarity="l1(center)")
        np.testing.assert_array_equal(file["embeddings"][:], expected)
        assert file["ids"].asstr()[3] == "item3"
        assert file["labels"].asstr()[4] == "kind1"
        assert file["anchor_rows"][:].tolist() == anchors.rows
        assert file["anchor_ids"].asstr()[:].tolist() == anchors.ids
        np.testing.assert_array_equal(file["anchor_vectors"][:], X[anchors.rows])
        options = dict(file["embeddings"].attrs)
    assert options["similarity"] == "l1(center)"
    assert options["anchors_strategy"] == "farthest"
    assert options["anchors_file"] == str(tmp_path / "anchors.json")
    assert options["source_path"] == str(source)
    assert options["source_digest"] == anchors.source["digest"]
    assert json.loads(options["anchors_seeds"]) == [3]


def test_npy_has_the_rest_beside_it(source, tmp_path):
    out = tmp_path / "r.npy"
    relate_to_file(source, out, anchors=40, dtype="float16")
    assert np.load(out).dtype == np.float16
    np.testing.assert_allclose(np.load(out), relative(source, 40), atol=1e-3)
    space, _ = open_space(str(out), "r")
    assert (space.ids[3], space.labels[4]) == ("item3", "kind1")
    assert json.loads((tmp_path / "r.npy.facts.json").read_text())["similarity"] == "cosine"


def test_the_file_is_a_space_like_any_other(source, tmp_path):
    out = tmp_path / "r.h5"
    relate_to_file(source, out, anchors=40)
    scores = compare(out, source, anchors=40, seeds=1, measures="mrr").find("mrr")
    direct = compare(relative(source, 40), X, anchors=40, seeds=1, measures="mrr").find("mrr")
    assert [s.value for s in scores] == [s.value for s in direct]


def test_anchors_come_from_another_file(source, tmp_path):
    np.save(tmp_path / "other.npy", X[:7] + 1)
    out = tmp_path / "r.h5"
    relate_to_file(source, out, anchors_from=tmp_path / "other.npy", anchors="all")
    with h5py.File(out) as file:
        assert file["embeddings"].attrs["anchors_from"] == str(tmp_path / "other.npy")
        assert file["embeddings"].shape == (N, 7)
    with pytest.raises(InputError, match=r"has 3 dimensions and .* has 6"):
        relate_to_file(source, out, anchors_from=X[:, :3], anchors="all")


class Killed(BaseException):
    pass


@pytest.mark.parametrize("ending", [e for _, w in WRITERS.items() for e in w.suffixes])
def test_every_ending_holds_the_same_with_ids_and_labels(source, tmp_path, ending):
    out = tmp_path / f"r{ending}"
    relate_to_file(source, out, anchors=40)
    space, _ = open_space(str(out), "r")
    np.testing.assert_array_equal(space.rows(0, N), relative(source, 40))
    assert (space.ids[3], space.labels[4]) == ("item3", "kind1")


def test_anchors_are_kept_in_safetensors_too(source, tmp_path):
    out = tmp_path / "r.safetensors"
    relate_to_file(source, out, anchors=40, dtype="float16")
    with safe_open(out, "np") as file:
        rows = file.get_tensor("anchor_rows")
        np.testing.assert_array_equal(file.get_tensor("anchor_vectors"), X[rows])
        assert json.loads(bytes(file.get_tensor("anchor_ids.json")))[2] == f"item{rows[2]}"
        assert json.loads(file.metadata()["facts"])["similarity"] == "cosine"


@pytest.mark.parametrize("name", ["r.h5", "r.npy", "r.safetensors", "r.parquet"])
def test_a_killed_run_goes_on_to_the_same_bytes(source, tmp_path, small_blocks, name):
    def kill(step, done, total):
        if done > total / 2:
            raise Killed

    whole, resumed = tmp_path / f"whole_{name}", tmp_path / name
    relate_to_file(source, whole, anchors=40)
    with pytest.raises(Killed):
        relate_to_file(source, resumed, anchors=40, watch=kill)
    assert not resumed.exists()
    written = relate_to_file(source, resumed, anchors=40)
    assert 0 < written.resumed < N
    assert resumed.read_bytes() == whole.read_bytes()
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_a_process_killed_outright_goes_on_to_the_same_bytes(source, tmp_path):
    whole, resumed = tmp_path / "whole.h5", tmp_path / "r.h5"
    relate_to_file(source, whole, anchors=40)
    script = (
        "import os, signal, sys, pathlib\n"
        "import latcomp.relating.filling as filling\n"
        "from latcomp.relating.writing import relate_to_file\n"
        "filling.BLOCK_BYTES, filling.SAFE_BYTES = 8 * 40 * 30, 4 * 40 * 60\n"
        "def kill(step, done, total):\n"
        "    if done > total / 2:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "relate_to_file(sys.argv[1], pathlib.Path(sys.argv[2]), anchors=40, watch=kill)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, source, resumed], env=os.environ)
    assert done.returncode == -signal.SIGKILL
    assert relate_to_file(source, resumed, anchors=40).resumed > 0
    assert resumed.read_bytes() == whole.read_bytes()


def test_other_options_start_anew(source, tmp_path, small_blocks):
    def kill(step, done, total):
        raise Killed

    out = tmp_path / "r.h5"
    with pytest.raises(Killed):
        relate_to_file(source, out, anchors=40, watch=kill)
    assert relate_to_file(source, out, anchors=40, seed=1).resumed == 0
    with h5py.File(out) as file:
        np.testing.assert_array_equal(file["embeddings"][:], relative(source, 40, seed=1))


def test_what_cannot_be_written_is_refused_first(source, tmp_path):
    with pytest.raises(UsageError, match="has an ending that is not written"):
        relate_to_file(source, tmp_path / "r.csv")
    with pytest.raises(UsageError, match="unknown dtype 'int8'"):
        relate_to_file(source, tmp_path / "r.h5", dtype="int8")
    with pytest.raises(InputError, match="there is no folder"):
        relate_to_file(source, tmp_path / "none" / "r.h5", anchors=5)


def test_float64_is_written_with_all_its_digits(tmp_path):
    rows = X.astype(np.float32)
    relate_to_file(rows, tmp_path / "r.npy", anchors=[0, 1, 2], dtype="float64")
    unit = rows / np.linalg.norm(rows.astype(float), axis=1, keepdims=True)
    np.testing.assert_allclose(np.load(tmp_path / "r.npy"), unit @ unit[:3].T, atol=1e-13)
