"""The laws, over every measure and every statistic there is."""

import importlib
import inspect
import math
import pkgutil

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import subspace_angles

import latcomp
from latcomp import compare, statistics
from latcomp.measures import ask
from latcomp.scan import Split
from latcomp.scoring.grouping import GroupedMoments
from latcomp.statistics.lengths import RowLengths
from latcomp.statistics.moments import AcrossMoments, OwnMoments
from tests import laws
from tests.data import alike, names, rotation, space, with_duplicates
from tests.measures.conftest import one

MEASURES = laws.every_measure()
PROTOCOL = laws.protocol_measures()
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
def test_block_size_never_changes_a_comparison(block, seed):
    x, y = alike(80, 8, 8, seed=seed)
    laws.assert_close(laws.values(x, y, PROTOCOL, block=block), laws.values(x, y, PROTOCOL))


@few
@given(seed=st.integers(0, 999))
def test_the_row_order_of_a_file_with_ids_never_changes_a_score(seed):
    x, y = alike(80, 8, 8, seed=seed)
    listed = names(80)
    order = np.random.default_rng(seed).permutation(80)
    shuffled = [listed[i] for i in order]
    options = {"anchors": listed[:20]}
    straight = laws.values(x, y, PROTOCOL, ids=listed, **options)
    one = laws.values(x, y[order], PROTOCOL, ids=(listed, shuffled), **options)
    both = laws.values(x[order], y[order], PROTOCOL, ids=shuffled, **options)
    laws.assert_close(one, straight, 0)
    laws.assert_close(both, straight)


@pytest.mark.parametrize("run", ["block", "threads"])
@pytest.mark.parametrize("measure", MEASURES, ids=str)
def test_neither_blocks_nor_threads_change_a_score(measure, run):
    assert laws.value(measure, run) == pytest.approx(laws.value(measure), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("measure", MEASURES, ids=str)
def test_duplicate_rows_score_the_same_at_any_block_size(measure):
    whole, blocks = (laws.value(measure, run) for run in ("duplicates", "duplicates in blocks"))
    assert blocks == pytest.approx(whole, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("measure", [m for m in MEASURES if not m.by_order], ids=str)
def test_the_order_of_the_rows_never_changes_a_score(measure):
    assert laws.value(measure, "order") == pytest.approx(laws.value(measure), rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("name", sorted({m.name for m in MEASURES if m.by_order}))
def test_a_measure_that_says_it_follows_the_order_of_the_rows_does(name):
    variants = [m for m in MEASURES if m.name == name]
    plain, order = ([laws.value(m, run) for m in variants] for run in ("plain", "order"))
    assert order != pytest.approx(plain, rel=1e-9)


@pytest.mark.parametrize("measure", MEASURES, ids=str)
def test_a_measure_scores_alone_as_it_does_among_all(measure):
    assert laws.alone(measure) == pytest.approx(laws.value(measure), rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("name", laws.TRANSFORMATIONS)
@pytest.mark.parametrize("measure", MEASURES, ids=str)
def test_a_measure_is_unmoved_by_what_it_declares_and_by_nothing_else(measure, name):
    """Measures that hold rows of a against rows of b are judged on relative representations."""
    moved, unit = 0.0, min(1.0, measure.range[1] - measure.range[0])
    for side in "xy":
        for direction in ("a->b", "b->a") if measure.directed else ("a->b",):
            before = laws.value(measure, "plain", direction)
            after = laws.value(measure, f"{name} {side}", direction)
            moved = max(moved, abs(after - before) / max(unit, abs(before)))
    if name in measure.invariances():
        assert moved < 1e-6
    else:
        assert moved > 1e-4


@pytest.mark.parametrize("measure", MEASURES, ids=str)
def test_only_known_transformations_are_declared(measure):
    assert measure.invariances() <= set(laws.TRANSFORMATIONS)


PAIRED = [m for m in MEASURES if not m.one_sided]


@pytest.mark.parametrize("measure", [m for m in PAIRED if not m.directed], ids=str)
def test_exchanging_the_spaces_leaves_a_symmetric_measure_alone(measure):
    exchanged = laws.value(measure, "exchanged")
    assert exchanged == pytest.approx(laws.value(measure), rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("measure", [m for m in MEASURES if m.directed], ids=str)
def test_a_directed_measure_has_two_values_which_exchanging_the_spaces_exchanges(measure):
    runs = ["plain", *(f"{name} y" for name in laws.TRANSFORMATIONS)]
    there, back = ([laws.value(measure, r, way) for r in runs] for way in ("a->b", "b->a"))
    assert there != pytest.approx(back, rel=1e-6, abs=1e-6)
    assert laws.value(measure, "exchanged", "b->a") == pytest.approx(there[0], rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("measure", [m for m in MEASURES if m.one_sided], ids=str)
def test_a_measure_of_one_space_does_not_see_the_other(measure):
    changes = [
        abs(laws.value(measure, f"{name} {other}") - laws.value(measure))
        for name in laws.TRANSFORMATIONS
        for other in {"a": "y", "b": "x"}[measure.options()["side"]]
    ]
    assert max(changes) == 0


@pytest.mark.parametrize("measure", MEASURES, ids=str)
def test_a_score_keeps_its_range(measure):
    low, high = measure.range
    for run in ("plain", "same", "duplicates", "invertible linear y", "row scale x"):
        assert low - 1e-9 <= laws.value(measure, run) <= high + 1e-9


@pytest.mark.parametrize("measure", PAIRED, ids=str)
def test_nothing_is_more_alike_than_a_space_and_itself(measure):
    """Not of rows with heavy tails, as in "row scale": unbiased estimates are noisy there."""
    sign = 1 if measure.better == "higher" else -1
    same = sign * laws.value(measure, "same")
    for run in ("plain", "invertible linear y", "order"):
        assert same >= sign * laws.value(measure, run) - 1e-9


@pytest.mark.parametrize("measure", [m for m in MEASURES if m.is_metric()], ids=str)
def test_a_metric_obeys_the_triangle_inequality(measure):
    a, b, c = (np.random.default_rng(seed).standard_normal((80, 6)) for seed in (1, 2, 3))
    sides = [one(*pair, str(measure)).value for pair in ((a, c), (a, b), (b, c))]
    assert sides[0] <= sides[1] + sides[2] + 1e-9


def test_bures_similarity_is_the_cosine_of_the_procrustes_angle():
    assert found("nbs") == pytest.approx(math.cos(found("procrustes")))


def test_linear_cka_is_whitened_rsa_of_squared_distances():
    whitened = found("rsa(dissimilarity=sqeuclidean,comparison=whitened)")
    assert whitened == pytest.approx(found("cka"))


def test_gulp_without_ridge_counts_the_correlations():
    assert found("gulp(ridge=0)") == pytest.approx(6 + 6 - 2 * 6 * found("cca-squared"))


def test_the_shape_metric_runs_from_whitened_to_procrustes():
    assert found("shape-metric(alpha=1)") == pytest.approx(found("procrustes"))
    assert math.cos(found("shape-metric(alpha=0)")) == pytest.approx(found("cca"))


def test_mean_squared_cca_is_the_mean_squared_cosine_of_the_principal_angles():
    x, y = (z - z.mean(0) for z in laws.plain_spaces())
    angles = subspace_angles(x, y)
    assert found("cca-squared") == pytest.approx(np.mean(np.cos(angles) ** 2))
    assert found("principal-angle") == pytest.approx(np.linalg.norm(angles))


def test_the_jaccard_overlap_of_an_item_follows_from_its_overlap():
    mutual, jaccard = ask(["mutual-knn@5", "knn-jaccard@5"], 5)
    lists = [learnt(statistic) for statistic in mutual.needs("ab", 5)]
    overlap = mutual.per_item(*lists)
    assert torch.allclose(jaccard.per_item(*lists), overlap / (2 - overlap))


def test_relative_representations_of_a_rotated_space_are_those_of_the_space():
    x, _ = laws.plain_spaces()
    relative, turned = (latcomp.relative(z, anchors=[0, 1, 2]) for z in (x, x @ rotation(6)))
    assert torch.allclose(relative, turned)


def found(request):
    return one(*laws.plain_spaces(), request).value


def learnt(statistic):
    return laws.whole(statistic, laws.pair(*laws.plain_spaces()))


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
