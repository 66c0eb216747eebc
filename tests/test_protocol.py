"""The whole comparison against the protocol of the paper, written naively in float64."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from latcomp import compare
from latcomp.anchors import Pool, ask
from latcomp.draws import permutation
from latcomp.measures import MEASURES
from latcomp.spaces.stored import Stored
from tests.data import alike, with_duplicates
from tests.measures.naive import NAMES as NAIVE_NAMES
from tests.reference import REFERENCE, paper

NAMES = list(REFERENCE)


def draws(x, count, seeds, seed=0):
    pool = Pool(Stored("x", x))
    return [ask("uniform")(pool, count, seed + i).numpy() for i in range(seeds)]


def assert_equals_reference(report, wanted, tolerance=1e-9):
    assert report.scores
    for score in report.scores:
        if score.value is None:
            continue
        value = wanted[score.measure, score.space, score.direction or "a->b"]
        where = (score.label, score.space, score.direction)
        assert score.value == pytest.approx(value, abs=tolerance), where


@pytest.mark.parametrize("center", [False, True])
@pytest.mark.parametrize("exclude", [False, True])
@pytest.mark.parametrize("block", [None, 23])
def test_a_comparison_equals_the_naive_protocol(center, exclude, block):
    x, y = alike(60, 12, 12)
    report = compare(
        x, y, anchors=20, seeds=2, measures=NAMES, center=center, exclude_anchors=exclude, k=5,
        block=block,
    )  # fmt: skip
    wanted = paper(x, y, draws(x, 20, 2), 5, center, exclude)
    assert_equals_reference(report, wanted)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    n=st.integers(12, 40),
    d=st.integers(2, 9),
    e=st.integers(2, 9),
    k=st.integers(1, 9),
    seed=st.integers(0, 2**16),
    block=st.integers(9, 50),
    copies=st.integers(0, 6),
)
def test_any_sizes_equal_the_naive_protocol(n, d, e, k, seed, block, copies):
    x, y = alike(n, d, e, seed=seed)
    if copies:
        x, y = with_duplicates(x, copies), with_duplicates(y, copies)
    report = compare(x, y, anchors=10, seeds=1, measures=NAMES, k=k, block=block)
    assert_equals_reference(report, paper(x, y, draws(x, 10, 1), k), 1e-8)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_a_smaller_dtype_moves_no_score_by_more_than_rounding(dtype):
    x, y = (space.astype(dtype) for space in alike(60, 12, 12))
    report = compare(x, y, anchors=20, seeds=2, measures=NAMES)
    wanted = paper(x.astype(float), y.astype(float), draws(x, 20, 2))
    assert_equals_reference(report, wanted, 1e-5)


def test_drawn_queries_are_searched_for_in_the_whole_database():
    x, y = alike(60, 12, 12)
    report = compare(
        x, y, anchors=20, seeds=2, measures=["jaccard", "mrr", "mutual-knn"], queries=30
    )
    assert report.protocol["queries"] == 30
    assert report.protocol["database"] == 60
    asked = permutation(60, 0, "queries")[:30].sort().values.numpy()
    assert_equals_reference(report, paper(x, y, draws(x, 20, 2), queries=asked))
    assert {score.items for score in report.scores} == {30}


def test_the_item_itself_counts_among_the_neighbours_of_the_paper():
    x = np.eye(6)[[0, 1, 2, 3, 4, 5, 0]]
    first, *_ = compare(x, x, anchors=list(range(6)), k=1, measures=["hit"], queries="all").scores
    assert first.value == pytest.approx(6 / 7)  # row 6 equals row 0, and row 0 comes first


def test_own_neighbours_never_name_the_item_itself_even_among_its_duplicates():
    x = np.vstack([np.eye(4), np.eye(4)])
    scores = compare(x, x, anchors=list(range(4)), k=1, measures=["mutual-knn"]).scores
    assert [score.value for score in scores] == [1.0, 1.0]


def test_every_measure_of_the_core_has_a_naive_reference():
    core = {"latcomp.measures.crossing", "latcomp.measures.neighbourhood"}
    assert {n for n, m in MEASURES.items() if m.__module__ in core} <= set(REFERENCE) | NAIVE_NAMES
