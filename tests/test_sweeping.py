"""Sweeping: the values of `compare`, against the number of anchors and against strategies."""

import json
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from latcomp import compare
from latcomp.cli.app import app, load_commands
from latcomp.errors import InputError, UsageError
from latcomp.picking.sweeping import sweep_anchors
from latcomp.picking.tabled import sweep_legend

load_commands()

RNG = np.random.default_rng(0)
N = 300
X = RNG.standard_normal((N, 8)).astype(np.float32)
Y = (X @ RNG.standard_normal((8, 8)) + 0.1 * RNG.standard_normal((N, 8))).astype(np.float32)


@pytest.mark.parametrize("queries", [70, "all"])
@pytest.mark.parametrize("strategy", ["farthest", "uniform"])
def test_a_setting_is_what_compare_says(strategy, queries):
    options = {"seeds": 3, "seed": 4, "queries": queries}
    found = sweep_anchors(X, Y, counts=[10, 40], strategies=[strategy], **options)
    report = compare(X, Y, anchors=40, strategy=strategy, **options)
    setting = found.settings[1]
    assert (setting.strategy, setting.count, setting.seeds) == (strategy, 40, 3)
    for score in report.find("mrr"):
        assert setting.values[f"mrr@10 {score.direction}"] == score.value
        assert setting.spreads[f"mrr@10 {score.direction}"] == score.over_seeds["std"]


def test_enough_is_the_smallest_number_that_reaches_the_best():
    found = sweep_anchors(X, X * 2, counts=[2, 10, 20, 999], strategies=["uniform", "top"])
    assert [(s.strategy, s.count) for s in found.settings][:3] == [
        ("uniform", 2),
        ("uniform", 10),
        ("uniform", 20),
    ]
    assert found.enough["mrr@10 a->b"] == {"uniform": 2, "top": 2}


def test_numbers_that_cannot_be_tried_are_refused():
    with pytest.raises(UsageError, match=r"counts must be positive numbers, found \[0\]"):
        sweep_anchors(X, Y, counts=[0])
    with pytest.raises(InputError, match="999 anchors were asked for, and 300 items are known"):
        sweep_anchors(X, Y, counts=[999])
    with pytest.raises(UsageError, match="queries must be a positive number or 'all', found 0"):
        sweep_anchors(X, Y, queries=0)


def test_enough_goes_by_what_is_better():
    """Where lower is better, the fewest anchors within reach of the lowest score are enough."""
    found = sweep_anchors(X, Y, counts=[5, 40], measures="rsa,procrustes", seeds=2)
    for label, by_strategy in found.enough.items():
        few, many = (setting.values[label] for setting in found.settings)
        spread = max(setting.spreads[label] for setting in found.settings)
        if abs(few - many) > 2 * max(0.01, spread):
            lower = label.startswith("procrustes")
            assert by_strategy["uniform"] == (5 if (few < many) == lower else 40), label


def test_what_is_enough_is_said_only_below_the_most_tried():
    found = sweep_anchors(X, X, counts=[5, 40], strategies=["uniform"], seeds=2)
    known = replace(found, enough={"one": {"uniform": 5}, "two": {"uniform": 40}, "none": {}})
    assert list(sweep_legend(known)) == [
        "one: enough with 5 uniform",
        "two: 40 uniform, the most tried, may not be enough",
        "none: does not apply here",
    ]
    single = replace(found, settings=found.settings[:1])
    [line] = sweep_legend(single)
    assert "several --counts" in line


def test_the_command_shows_writes_and_draws(tmp_path):
    np.save(tmp_path / "x.npy", X)
    file = str(tmp_path / "x.npy")
    command = ["anchors", "sweep", file, file, "--counts", "5,20", "--strategies", "uniform,top"]
    outputs = ["--json", str(tmp_path / "s.json"), "--plot", str(tmp_path / "s.svg")]
    done = CliRunner().invoke(app, [*command, *outputs])
    assert done.exit_code == 0, done.output
    assert "mrr@10 a->b: enough with 5 uniform, 5 top" in done.stdout
    assert json.loads((tmp_path / "s.json").read_text())["schema"] == "latcomp/sweep/1"
    assert (tmp_path / "s.svg").read_text().startswith("<?xml")
    for name in ("s.png", "s.pdf"):
        assert (
            CliRunner().invoke(app, [*command, "-q", "--plot", str(tmp_path / name)]).exit_code == 0
        )
        assert (tmp_path / name).stat().st_size > 1000


def test_a_plot_of_another_kind_is_refused_before_any_work(tmp_path):
    done = CliRunner().invoke(app, ["anchors", "sweep", "none", "none", "--plot", "s.txt"])
    assert done.exit_code == 2
    assert "s.txt must end in .png, .svg or .pdf" in done.stderr
    done = CliRunner().invoke(app, ["anchors", "sweep", "none", "none", "--counts", "a"])
    assert done.exit_code == 2
