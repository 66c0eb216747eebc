"""The laws, over every measure and every statistic there is."""

import importlib
import inspect
import pkgutil

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from latcomp import compare, statistics
from latcomp.measures import ask
from latcomp.scan import Split
from latcomp.scoring.grouping import GroupedMoments
from latcomp.statistics.lengths import RowLengths
from latcomp.statistics.moments import AcrossMoments, OwnMoments
from tests import laws
from tests.data import alike, names, rotation, space, with_duplicates

MEASURES = laws.every_measure()
STATISTICS = [
    *laws.every_statistic(ask(["all"], 5), 6),
    RowLengths(),
    OwnMoments(),
    AcrossMoments(),
]

few = settings(max_examples=8, deadline=None)


@pytest.mark.parametrize("statistic", STATISTICS, ids=str)
@few
@given(size=st.integers(7, 40), parts=st.integers(1, 4), seed=st.integers(0, 999))
def test_any_split_and_merge_of_a_walk_learns_the_same(statistic, size, parts, seed):
    on = laws.pair(*alike(64, 8, 8, seed=seed))
    together = laws.split_and_merged(statistic, on, size, parts, seed)
    laws.assert_same(together, laws.whole(statistic, on))


@pytest.mark.parametrize("statistic", STATISTICS, ids=str)
def test_duplicate_rows_learn_the_same_however_the_walk_is_split(statistic):
    on = laws.pair(*(with_duplicates(x, 20) for x in alike(64, 8, 8)))
    whole = laws.whole(statistic, on)
    for size, parts in ((9, 3), (33, 2), (64, 1)):
        laws.assert_same(laws.split_and_merged(statistic, on, size, parts, size), whole)


SPLIT = [s for s in (*STATISTICS, GroupedMoments()) if isinstance(s, Split)]


@pytest.mark.parametrize("statistic", SPLIT, ids=str)
def test_parts_learnt_apart_and_joined_learn_the_same_to_the_last_bit(statistic):
    x, y = alike(90, 8, 8)
    parts = statistic.parts(laws.pair(x, y))
    alone = {"a": laws.pair(x, x), "b": laws.pair(y, y)}
    own = {side: laws.whole(part, alone[side]) for side, part in parts.own.items()}
    across = parts.across and laws.whole(parts.across, laws.pair(x, y))
    whole = laws.whole(statistic, laws.pair(x, y))
    laws.assert_identical(statistic.joined(own, across), whole)


def test_every_statistic_of_the_package_is_under_the_laws():
    modules = [
        importlib.import_module(f"latcomp.statistics.{module.name}")
        for module in pkgutil.iter_modules(statistics.__path__)
    ]
    defined = {
        member
        for module in modules
        for _, member in inspect.getmembers(module, inspect.isclass)
        if member.__module__ == module.__name__ and hasattr(member, "over")
    }
    assert defined == {type(statistic) for statistic in STATISTICS}


@few
@given(block=st.integers(8, 90), seed=st.integers(0, 999))
def test_block_size_never_changes_a_score(block, seed):
    x, y = alike(80, 8, 8, seed=seed)
    laws.assert_close(laws.values(x, y, MEASURES, block=block), laws.values(x, y, MEASURES))


@few
@given(seed=st.integers(0, 999))
def test_the_row_order_of_a_file_with_ids_never_changes_a_score(seed):
    x, y = alike(80, 8, 8, seed=seed)
    listed = names(80)
    order = np.random.default_rng(seed).permutation(80)
    shuffled = [listed[i] for i in order]
    options = {"anchors": listed[:20]}
    straight = laws.values(x, y, MEASURES, ids=listed, **options)
    one = laws.values(x, y[order], MEASURES, ids=(listed, shuffled), **options)
    both = laws.values(x[order], y[order], MEASURES, ids=shuffled, **options)
    laws.assert_close(one, straight, 0)
    laws.assert_close(both, straight)


def test_duplicate_rows_score_the_same_at_any_block_size():
    x, y = (with_duplicates(s, 30) for s in alike(80, 8, 8))
    straight = laws.values(x, y, MEASURES)
    for block in (11, 40):
        laws.assert_close(laws.values(x, y, MEASURES, block=block), straight)


def test_thread_count_never_changes_a_score():
    x, y = (with_duplicates(s.astype(np.float32), 30) for s in alike(200, 8, 8))
    alone = laws.values(x, y, MEASURES)
    torch.set_num_threads(4)
    try:
        several = laws.values(x, y, MEASURES)
    finally:
        torch.set_num_threads(1)
    laws.assert_close(several, alone)


@pytest.mark.parametrize("measure", MEASURES, ids=str)
def test_a_measure_scores_alone_as_it_does_among_all(measure):
    x, y = alike(80, 8, 8)
    together = laws.values(x, y, MEASURES)
    alone = laws.values(x, y, [measure])
    laws.assert_close(alone, {name: together[name] for name in alone}, 1e-12)
    assert alone


@pytest.mark.parametrize("name", laws.TRANSFORMATIONS)
@pytest.mark.parametrize("measure", MEASURES, ids=str)
def test_a_measure_is_unmoved_by_what_it_declares_and_by_nothing_else(measure, name):
    """Measures that hold rows of a against rows of b are judged on relative representations."""
    on = "relative" if laws.crosses(measure) else "absolute"
    transform = laws.TRANSFORMATIONS[name]
    moved = 0.0
    for seed in range(3):
        x, y = alike(100, 6, 6, noise=0.3, seed=10 * seed)
        before = laws.values(x, y, [measure], on)
        for one, other in ((transform(x), y), (x, transform(y))):
            after = laws.values(one, other, [measure], on)
            assert after.keys() == before.keys()
            moved = max(moved, *(abs(after[key] - before[key]) for key in before))
    if name in laws.declared(measure):
        assert moved < 1e-6
    else:
        assert moved > 1e-3


@pytest.mark.parametrize("measure", MEASURES, ids=str)
def test_only_known_transformations_are_declared(measure):
    assert laws.declared(measure) <= set(laws.TRANSFORMATIONS)


@pytest.mark.parametrize("measure", MEASURES, ids=str)
def test_a_measure_is_directed_or_symmetric_as_it_says(measure):
    x, y = alike(100, 8, 8, noise=1.0)
    there = laws.values(x, y, [measure], "relative")
    back = laws.values(y, x, [measure], "relative")
    if measure.directed:
        forth, other = (
            next(v for k, v in there.items() if k[2] == way) for way in ("a->b", "b->a")
        )
        assert abs(forth - other) > 1e-6
        assert next(v for k, v in back.items() if k[2] == "b->a") == pytest.approx(forth)
    else:
        assert list(there.values()) == pytest.approx(list(back.values()), abs=1e-9)


@pytest.mark.parametrize("measure", MEASURES, ids=str)
@few
@given(seed=st.integers(0, 999), noise=st.sampled_from([0.01, 0.5, 5.0]))
def test_scores_keep_to_their_range_and_identity_is_the_best(measure, seed, noise):
    x, y = alike(60, 8, 8, noise=noise, seed=seed)
    low, high = measure.range
    best = laws.values(x, x, [measure])
    for key, value in laws.values(x, y, [measure]).items():
        assert low is None or value >= low - 1e-9
        assert high is None or value <= high + 1e-9
        assert (
            value <= best[key] + 1e-9 if measure.better == "higher" else value >= best[key] - 1e-9
        )


COPY_SCORES_ONE = ("jaccard@10", "mrr@10", "cosine", "mutual-knn@10", "cka")


def test_a_rotated_and_rescaled_copy_scores_one():
    x = space(200, 16)
    report = compare(x, 2.5 * x @ rotation(16), measures=list(COPY_SCORES_ONE), anchors=40, seeds=2)
    for score in report.scores:
        if score.space == "relative" or score.measure in ("mutual-knn", "cka"):
            assert score.value == pytest.approx(1, abs=1e-9), score


def test_a_shuffled_copy_scores_chance():
    """Anchors are left out: each has cosine 1 with itself in both spaces, whatever the pairing."""
    x = space(400, 16)
    shuffled = x[np.random.default_rng(1).permutation(400)] @ rotation(16)
    report = compare(
        x, shuffled, measures=["paper", "cka-debiased", "hit"], anchors=60, seeds=4,
        exclude_anchors=True,
    )  # fmt: skip
    for score in report.scores:
        if score.chance is not None:
            assert score.value == pytest.approx(score.chance, abs=0.02), score


@pytest.mark.parametrize("measure", [m for m in MEASURES if m.over is None], ids=str)
def test_a_measure_that_is_no_mean_over_items_gives_no_item_scores(measure):
    with pytest.raises(TypeError, match="not a mean over items"):
        measure.per_item()
