"""Growing anchors: from a few true pairs to many, most of them true."""

import json
import sys

import h5py
import numpy as np
import pytest
import torch
from scipy.optimize import linear_sum_assignment
from typer.testing import CliRunner

from latcomp import compare
from latcomp.cli.app import app, load_commands
from latcomp.errors import InputError, UsageError
from latcomp.picking.growing import grow_anchors
from latcomp.picking.pairing import PAIRINGS, SMOOTHING, by_transport

load_commands()

RNG = np.random.default_rng(0)
N = 400
X = RNG.standard_normal((N, 20))
Y = X @ np.linalg.qr(RNG.standard_normal((20, 20)))[0] + 0.2 * RNG.standard_normal((N, 20))
ORDER = RNG.permutation(N)
KNOWN = [(f"a{row}", f"b{row}") for row in range(15)]


@pytest.fixture
def files(tmp_path):
    for name, vectors, ids in (
        ("a", X, [f"a{row}" for row in range(N)]),
        ("b", Y[ORDER], [f"b{row}" for row in ORDER]),
    ):
        with h5py.File(tmp_path / f"{name}.h5", "w") as file:
            file["embeddings"] = vectors
            file["ids"] = ids
    return tmp_path / "a.h5", tmp_path / "b.h5"


def precision(pairs):
    return np.mean([one[1:] == other[1:] for one, other in pairs])


@pytest.mark.parametrize("by", PAIRINGS)
def test_fifteen_pairs_grow_to_a_hundred_true_ones(files, by):
    grown = grow_anchors(*files, KNOWN, count=100, by=by)
    assert grown.pairs[:15] == KNOWN
    assert len(grown.pairs) == len({one for one, _ in grown.pairs}) == 100
    assert len({other for _, other in grown.pairs}) == 100
    assert precision(grown.pairs) > 0.95
    assert grow_anchors(*files, KNOWN, count=100, by=by) == grown


def test_a_smoothed_transport_is_as_good_as_the_best_assignment_but_for_its_entropy():
    cosines = torch.from_numpy(RNG.uniform(-1, 1, (30, 30)))
    best = cosines.numpy()[linear_sum_assignment(-cosines.numpy())].mean()
    plan = by_transport(cosines)
    for side in (0, 1):
        torch.testing.assert_close(
            plan.sum(side), torch.full((30,), 1 / 30).double(), rtol=0.02, atol=0
        )
    assert best - SMOOTHING * np.log(30) < (plan * cosines).sum().item() < best + 1e-3


def test_transport_without_its_package_gives_the_install_line(files, monkeypatch):
    monkeypatch.setitem(sys.modules, "ot", None)
    with pytest.raises(InputError) as caught:
        grow_anchors(*files, KNOWN, by="transport")
    assert caught.value.problem == (
        "growing by transport needs the package ot, which is not installed"
    )
    assert caught.value.hint == "pip install 'latcomp[transport]'"


def test_unrelated_spaces_grow_pairs_no_better_than_chance(files, tmp_path):
    with h5py.File(files[1], "r+") as file:
        file["embeddings"][:] = RNG.standard_normal((N, 20))
    grown = grow_anchors(*files, KNOWN, count=100)
    assert precision(grown.pairs[15:]) < 0.1


def test_only_candidates_and_known_items_are_paired(files):
    known = [(f"a{row}", f"b{row}") for row in range(N - 15, N)]
    grown = grow_anchors(*files, known, count=60, candidates=80)
    rows = [int(one[1:]) for one, _ in grown.pairs[15:]]
    assert max(rows) < 80


def test_what_was_grown_serves_as_anchors(files, tmp_path):
    table, out = tmp_path / "known.csv", tmp_path / "grown.json"
    table.write_text("".join(f"{one},{other}\n" for one, other in KNOWN))
    command = ["anchors", "grow", *map(str, files), "--known", str(table), "-n", "80"]
    done = CliRunner().invoke(app, [*command, "-o", str(out)])
    assert done.exit_code == 0, done.output
    assert "80 pairs grown from 15" in done.stderr
    assert json.loads(out.read_text())["strategy"] == "grown"
    mapping = [(f"a{row}", f"b{row}") for row in range(N)]
    options = {"mapping": mapping, "center": True, "measures": "hit@1"}
    few = compare(*files, anchors=table, **options).find("hit")[0].value
    many = compare(*files, anchors=out, **options).find("hit")[0].value
    assert many > few


ERRORS = [
    (KNOWN[:2], {}, InputError, "2 of the 2 known pairs are in both files; at least 3 are needed"),
    (KNOWN, {"by": "magic"}, UsageError, "unknown way of pairing 'magic'"),
    (KNOWN, {"count": 0}, UsageError, "count and candidates must be positive, found 0 and 5000"),
]


@pytest.mark.parametrize(("known", "options", "kind", "problem"), ERRORS)
def test_what_cannot_grow_says_why(files, known, options, kind, problem):
    with pytest.raises(kind) as caught:
        grow_anchors(*files, known, **options)
    assert caught.value.problem == problem


def test_files_without_ids_are_refused():
    with pytest.raises(InputError, match="a has no ids to pair by"):
        grow_anchors(X, Y, KNOWN)
