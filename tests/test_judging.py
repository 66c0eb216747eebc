"""Judging a set of anchors: figures whose answers are known before running."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from latcomp.cli.app import app, load_commands
from latcomp.errors import InputError
from latcomp.picking.judging import check_anchors

load_commands()

RNG = np.random.default_rng(0)
N = 400
X = RNG.standard_normal((N, 10))
TURN = np.linalg.qr(RNG.standard_normal((10, 10)))[0]


def test_a_rotated_copy_sees_every_anchor_alike():
    found = check_anchors(X, 5 * X @ TURN + 7, anchors=50)
    assert found.agreement == pytest.approx(1)
    assert found.a.effective_rank == pytest.approx(found.b.effective_rank)
    assert found.a.condition == pytest.approx(found.b.condition)
    assert found.a.nearest == pytest.approx(found.b.nearest)
    assert found.verdict == ("good: the two spaces see the anchors alike (correlation 1.00)",)


def test_a_shuffled_copy_is_poor():
    found = check_anchors(X, X[RNG.permutation(N)], anchors=50)
    assert abs(found.agreement) < 0.1
    assert found.verdict[0].startswith("poor: the two spaces see these anchors differently")


def test_the_anchor_that_moved_is_named():
    other = X @ TURN
    other[17] = -other[17]
    found = check_anchors(X, other, anchors=list(range(40)))
    assert found.worst[0][0] == "row 17"
    assert found.worst[0][1] < 0 < found.worst[1][1]


def test_figures_are_their_plain_formulas():
    rows = X[:30] - X[:30].mean(0)
    unit = rows / np.linalg.norm(rows, axis=1)[:, None]
    items = X - X[:30].mean(0)
    near = ((items / np.linalg.norm(items, axis=1)[:, None]) @ unit.T).max(1)
    values = np.linalg.eigvalsh(unit @ unit.T)[::-1][:10]
    shares = values / values.sum()
    gram = unit @ unit.T - 2 * np.eye(30)
    side = check_anchors(X, X, anchors=list(range(30))).a
    assert side.nearest == pytest.approx(near.mean())
    assert side.nearest_low == pytest.approx(np.sort(near)[N // 20 - 1])
    assert side.coherence == pytest.approx(gram.max())
    assert side.condition == pytest.approx(values[0] / values[-1])
    assert side.effective_rank == pytest.approx(np.exp(-(shares * np.log(shares)).sum()))
    assert side.full_rank == 10
    assert side.uncovered[0] == f"row {near.argmin()}"


def test_twins_and_a_narrow_set_are_called_redundant():
    narrow = X.copy()
    narrow[:40, 1:] *= 1e-3
    found = check_anchors(narrow, narrow, anchors=list(range(40)))
    text = " ".join(found.verdict)
    assert "nearly the same axis in a: one of them is wasted" in text
    assert "directions in b: try --strategy farthest or kmeans" in text
    copies = np.concatenate([X[:3], X[:3], X])
    assert check_anchors(copies, copies, anchors=list(range(6))).a.condition is None


def test_items_of_another_domain_are_far_from_every_anchor():
    anchors = np.eye(200)[:5] + 0.01 * RNG.standard_normal((5, 200))
    items = RNG.standard_normal((N, 200))
    found = check_anchors(items, items, anchors="all", anchors_from=(anchors, anchors))
    assert "far from every anchor" in found.verdict[-1]
    assert found.anchors == 5


def test_fewer_than_three_anchors_cannot_be_judged():
    with pytest.raises(InputError, match="at least 3 anchors are needed to judge them, found 2"):
        check_anchors(X, X, anchors=[0, 1])


def test_the_command_shows_a_table_and_writes_json(tmp_path):
    np.save(tmp_path / "x.npy", X)
    command = ["anchors", "check", str(tmp_path / "x.npy"), str(tmp_path / "x.npy"), "--anchors"]
    shown = CliRunner().invoke(app, [*command, "20"])
    assert shown.exit_code == 0, shown.output
    assert "good: the two spaces see the anchors alike (correlation 1.00)" in shown.stdout
    written = CliRunner().invoke(app, [*command, "20", "-q", "--json", str(tmp_path / "c.json")])
    assert written.exit_code == 0
    document = json.loads((tmp_path / "c.json").read_text())
    assert document["schema"] == "latcomp/anchors-check/1"
    assert document["agreement"] == pytest.approx(1)


def test_the_blocks_read_do_not_change_the_judgement(monkeypatch):
    whole = check_anchors(X, X @ TURN, anchors=20)
    monkeypatch.setattr("latcomp.spaces.space.READ_BYTES", 10 * 8 * 7)
    assert check_anchors(X, X @ TURN, anchors=20).a.nearest == pytest.approx(whole.a.nearest)


def test_equal_anchors_span_one_direction():
    items = np.random.default_rng(0).standard_normal((60, 5))
    items[:10] = items[0]
    found = check_anchors(items, items, anchors=list(range(10)))
    assert found.a.effective_rank == 1
    json.loads(found.to_json())
