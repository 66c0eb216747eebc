"""Every way to choose anchors: distinct, deterministic, and choosing what it says."""

import numpy as np
import pytest
import torch

from latcomp import compare
from latcomp.anchors import STRATEGIES, Pool, ask
from latcomp.errors import InputError, UsageError
from latcomp.spaces.stored import Stored

N = 200
X = np.random.default_rng(0).standard_normal((N, 5)).astype(np.float32)
TURN = np.linalg.qr(np.random.default_rng(1).standard_normal((5, 5)))[0].astype(np.float32)
LABELS = [["a", "a", "a", "b", "c"][row % 5] for row in range(N)]
POOL = Pool(Stored("x", X), Stored("y", X @ TURN), LABELS)
NAMES = list(STRATEGIES)


def test_the_strategies_of_the_literature_are_there():
    expected = {"uniform", "top", "first", "farthest", "kmeans", "kmeans-mean", "stratified"}
    assert {*expected, "aligned", "coverage"} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_chooses_the_same_distinct_items(name):
    first, again = (ask(name)(POOL, 40, 3) for _ in range(2))
    assert torch.equal(first, again)
    assert len(first) == 40
    if first.ndim == 1:
        assert len(set(first.tolist())) == 40
    assert 0 <= int(first.min()) <= int(first.max()) < N


@pytest.mark.parametrize("name", [name for name in NAMES if STRATEGIES[name].seeded])
def test_another_seed_chooses_other_items(name):
    if name in ("aligned", "coverage"):
        pytest.skip("a space this small is not sampled, so every seed sees all of it")
    assert not torch.equal(ask(name)(POOL, 40, 0), ask(name)(POOL, 40, 1))


@pytest.mark.parametrize("name", [n for n in NAMES if n != "kmeans-mean"])
def test_all_items_can_be_anchors(name):
    request = f"first@{N}" if name == "first" else name
    assert sorted(ask(request)(POOL, N, 0).tolist()) == list(range(N))


def test_first_draws_from_the_first_items_only():
    assert int(ask("first@50")(POOL, 40, 0).max()) < 50


def test_stratified_gives_every_label_its_share():
    chosen = [LABELS[row] for row in ask("stratified")(POOL, 50, 0).tolist()]
    assert {label: chosen.count(label) for label in "abc"} == {"a": 30, "b": 10, "c": 10}


def test_stratified_leaves_no_label_out_while_there_is_room():
    rare = Pool(POOL.space, labels=["rare", *["often"] * (N - 1)])
    assert 0 in ask("stratified")(rare, 2, 0).tolist()


def test_farthest_takes_the_outliers_first():
    far = X * 0.01 + 1
    far[[7, 70]] = [[1, -1, 0, 0, 0], [0, 0, 1, -1, 0]]
    chosen = ask("farthest")(Pool(Stored("far", far)), 3, 0).tolist()
    assert {7, 70} <= set(chosen)


@pytest.mark.parametrize("name", ["kmeans", "coverage"])
def test_one_anchor_per_clear_cluster(name):
    centres = np.eye(5, dtype=np.float32)
    clusters = Pool(Stored("clusters", centres[np.arange(N) % 5] + X * 0.01))
    assert {row % 5 for row in ask(name)(clusters, 5, 0).tolist()} == set(range(5))


def test_coverage_is_the_plain_greedy_choice():
    unit = torch.nn.functional.normalize(torch.from_numpy(X), dim=1)
    likeness = unit @ unit.T
    covered, chosen = torch.full((N,), -1.0), []
    for _ in range(20):
        gains = (likeness - covered).clamp(min=0).sum(1)
        chosen.append(int(gains.argmax()))
        covered = torch.maximum(covered, likeness[chosen[-1]])
    assert ask("coverage")(POOL, 20, 0).tolist() == chosen


def test_aligned_passes_over_items_that_the_spaces_see_differently():
    other = X @ TURN
    other[:20] = np.random.default_rng(2).standard_normal((20, 5))
    chosen = ask("aligned")(Pool(POOL.space, Stored("y", other)), 50, 0)
    assert int(chosen.min()) >= 20


def test_kmeans_mean_gives_the_items_that_each_anchor_is_the_mean_of():
    assert ask("kmeans-mean@7")(POOL, 12, 0).shape == (12, 7)
    report = compare(X, X @ TURN, anchors=12, strategy="kmeans-mean@7", seeds=2, measures="mrr")
    assert [score.value for score in report.find("mrr")] == pytest.approx([1, 1])


def test_slow_strategies_say_how_far_they_are():
    for name in ("farthest", "coverage", "aligned"):
        told = []
        pool = Pool(POOL.space, POOL.other, watch=lambda *step, told=told: told.append(step))
        ask(name)(pool, 5, 0)
        assert told[-1][1] == told[-1][2]


ERRORS = [
    ("uniforn", POOL, UsageError, "unknown strategy 'uniforn'"),
    ("uniform@3", POOL, UsageError, "uniform takes no @3"),
    ("uniform(a=1)", POOL, UsageError, "uniform has no option 'a'"),
    ("kmeans-mean@0", POOL, UsageError, "kmeans-mean needs at least @1, found @0"),
    ("first@3", POOL, UsageError, "first@3 cannot give 5 anchors"),
    ("stratified", Pool(POOL.space), InputError, "x has no labels to stratify by"),
    (
        "aligned",
        Pool(POOL.space),
        InputError,
        "aligned anchors look at both spaces, and one was given",
    ),
]


@pytest.mark.parametrize(("text", "pool", "kind", "problem"), ERRORS)
def test_a_strategy_that_cannot_choose_says_why(text, pool, kind, problem):
    with pytest.raises(kind) as caught:
        ask(text)(pool, 5, 0)
    assert caught.value.problem == problem
