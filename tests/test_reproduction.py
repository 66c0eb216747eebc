"""The experiments' bookkeeping: verdicts by their rule, intervals, what is kept, the page."""

import importlib
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import stats

from tests.reproduction import claims
from tests.reproduction.__main__ import NAMES, main
from tests.reproduction.claims import Estimate, judge, over_runs, over_splits, overall, row
from tests.reproduction.tables import Found, keep, page, read
from tests.reproduction.training import Lab, fit_classifier, seeded

DOCS = Path(__file__).parents[1] / "docs" / "reproduction"
HELD, WEAK, LOST = (
    row(name, "", Estimate(value, (value - 0.2, value + 0.2)), above=0.5)
    for name, value in (("held", 0.9), ("weak", 0.6), ("lost", 0.4))
)


@pytest.mark.parametrize(
    ("value", "interval", "rule", "verdict"),
    [
        (0.9, (0.8, 1.0), {"above": 0.5}, claims.HOLDS),
        (0.6, (0.4, 0.8), {"above": 0.5}, claims.WEAKLY),
        (0.4, (0.2, 0.6), {"above": 0.5}, claims.FAILS),
        (0.5, (0.5, 0.5), {"above": 0.5}, claims.FAILS),
        (0.1, (0.0, 0.2), {"below": 0.5}, claims.HOLDS),
        (0.4, (0.2, 0.6), {"below": 0.5}, claims.WEAKLY),
        (0.6, (0.4, 0.8), {"below": 0.5}, claims.FAILS),
        (0.9, None, {"above": 0.5}, claims.WEAKLY),
        (0.9, (0.8, 1.0), {}, claims.SHOWN),
    ],
)
def test_a_claim_holds_where_its_whole_interval_keeps_the_bound(value, interval, rule, verdict):
    assert judge(Estimate(value, interval), **rule) == verdict


def test_an_experiment_holds_where_every_row_does():
    shown = row("shown", "", Estimate(0.0))
    assert overall([HELD, HELD, shown]) == claims.HOLDS
    assert overall([HELD, WEAK]) == claims.WEAKLY
    assert overall([HELD, LOST]) == claims.WEAKLY
    assert overall([HELD, LOST, LOST]) == claims.FAILS


def test_the_interval_over_runs_is_that_of_the_t_test():
    values = np.random.default_rng(0).normal(size=7)
    found = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert over_runs(values).interval == pytest.approx((found.low, found.high))


def test_the_interval_over_splits_that_share_nothing_is_that_over_runs():
    values = np.random.default_rng(0).normal(size=7)
    assert over_splits(values, 0.0).interval == pytest.approx(over_runs(values).interval)
    shared, free = (np.ptp(over_splits(values, share).interval) for share in (1.0, 0.0))
    assert shared / free == pytest.approx(np.sqrt(1 + 7))


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.1234, "0.123"), (1.234, "1.23"), (-12.34, "-12.3"), (1234.5, "1234"), (0.0, "0.000")],
)
def test_a_figure_has_three_digits_that_count(value, text):
    assert claims.figure(value) == text


def test_what_was_trained_is_made_once_and_its_time_is_counted(tmp_path):
    made = []

    def make():
        made.append(1)
        return {"vectors": np.eye(2)}

    for spared in (False, True):
        lab = Lab(tmp_path, tmp_path / "kept")
        np.testing.assert_array_equal(lab.keep("encoder", make)["vectors"], np.eye(2))
        assert (lab.spared > 0) == spared
    assert made == [1]


def test_training_is_seeded_and_leaves_the_random_state_alone():
    x, y = torch.randn(64, 3), torch.arange(64) % 2

    def train():
        return fit_classifier(torch.nn.Linear(3, 2), x, y, epochs=2).weight.detach()

    before = torch.get_rng_state()
    one, same, other = (seeded(train, seed) for seed in (1, 1, 2))
    torch.testing.assert_close(one, same)
    assert not torch.allclose(one, other)
    torch.testing.assert_close(torch.get_rng_state(), before)


def test_results_of_one_experiment_replace_only_its_own(tmp_path):
    for name, rows in (("one", [LOST]), ("two", [HELD]), ("one", [WEAK])):
        keep(Found(name, f"Claim {name}.\n\nHow.\n", rows, 60.0), tmp_path)
    kept = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert [one["rows"][0]["claim"] for one in kept.values()] == ["weak", "held"]
    shown = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "| Claim one. | **holds weakly** | 0, 1, 0 | 1.0 |" in shown
    assert "| all | | | 2.0 |" in shown


@pytest.mark.parametrize("name", NAMES)
def test_every_experiment_states_its_claim(name):
    module = importlib.import_module(f"tests.reproduction.experiments.{name}")
    assert callable(module.run)
    assert module.__doc__.split("\n\n", 1)[0].endswith(".")


def test_the_page_is_made_of_the_results_that_are_kept():
    assert (DOCS / "README.md").read_text(encoding="utf-8") == page(read(DOCS / "results.json"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["table9"], "no experiment 'table9'"), (["--data", "nowhere"], "make reproduce DATA=")],
)
def test_what_cannot_be_run_is_said(arguments, said, capsys):
    with pytest.raises(SystemExit):
        main(arguments)
    assert said in capsys.readouterr().err


def test_a_real_pair_goes_through_an_experiment(shared):
    from tests.reproduction.data import word_pair
    from tests.reproduction.experiments import table1

    a, b = word_pair(shared / "data", "pair_glove300_googlenews300_nouns", "glove", "word2vec")
    rows = table1.against_the_table(
        "nouns", table1.compare(a, b, True, "uniform", "mrr,cosine,jaccard")
    )
    verdicts = {one.claim: one.verdict for one in rows}
    assert verdicts["nouns: relative mrr a->b"] == claims.HOLDS
    assert verdicts["nouns: absolute mrr a->b"] == claims.HOLDS
