"""What every registered measure declares of itself: held where declared, broken where not."""

import math
from functools import cache

import numpy as np
import pytest

from latcomp.measures import ask
from latcomp.measures.crossing import Cosine, _Crossing
from latcomp.measures.neighbourhood import NeighbourRecall
from tests.measures.conftest import one, scores

K = 3
N = 100
ALL = ask(["all"], K)
SMALL = {"cka-minibatch": "cka-minibatch(batch=16)"}
"""Measures that need more items than these tests have, asked for otherwise."""

MEASURES = [ask([SMALL.get(str(m), str(m))], K)[0] for m in ALL]

BY_ROW_NUMBER = ("r2", "aligned-hit", "aligned-mrr", "cka-minibatch", "domain-auc")
"""Measures whose folds, batches or held-out items follow the row numbers."""

ONE_SIDED = ("hubness",)
"""Figures of one space alone."""

TRANSFORMATIONS = {
    "rotation": lambda x, rng: x @ np.linalg.qr(rng.standard_normal((x.shape[1],) * 2))[0],
    "isotropic scale": lambda x, rng: 7.3 * x,
    "translation": lambda x, rng: x + 3 * rng.standard_normal(x.shape[1]),
    "permutation": lambda x, rng: x[:, np.roll(np.arange(x.shape[1]), 2)],
    "per-axis scale": lambda x, rng: x * np.geomspace(0.2, 5, x.shape[1]),
    "invertible linear": lambda x, rng: x @ rng.standard_normal((x.shape[1],) * 2),
    "row scale": lambda x, rng: x * np.geomspace(0.2, 5, len(x))[rng.permutation(len(x)), None],
}


def spaces():
    rng = np.random.default_rng(5)
    hidden = rng.standard_normal((N, 4))
    x, y = (hidden @ rng.standard_normal((4, 6)) + 0.9 * rng.standard_normal((N, 6)) for _ in "xy")
    return x + 0.3, y - 0.2


def relative(x):
    """Cosines to the first ten rows."""
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    return unit @ unit[:10].T


@cache
def results(name=None, side="x"):
    """Every measure, with one space transformed or not; those across spaces on relative rows."""
    x, y = spaces()
    if name is not None:
        moved = TRANSFORMATIONS[name](x if side == "x" else y, np.random.default_rng(5))
        x, y = (moved, y) if side == "x" else (x, moved)
    across = [str(m) for m in MEASURES if isinstance(m, _Crossing | Cosine | NeighbourRecall)]
    within = [str(m) for m in MEASURES if str(m) not in across]
    return {**scores(x, y, within, K), **scores(relative(x), relative(y), across, K)}


def key(measure, direction="a->b"):
    return str(measure), direction if measure.directed else None


def change(measure, name, side):
    """The larger change of the two directions."""
    changes = []
    for direction in ("a->b", "b->a"):
        at = key(measure, direction)
        before, after = results()[at].value, results(name, side)[at].value
        changes.append(abs(after - before) / max(1.0, abs(before)))
    return max(changes)


@pytest.mark.parametrize("name", TRANSFORMATIONS)
@pytest.mark.parametrize("measure", MEASURES, ids=str)
def test_what_is_declared_to_leave_a_measure_unmoved_does_and_nothing_else(measure, name):
    changes = [change(measure, name, side) for side in "xy"]
    if name in measure.invariances():
        assert max(changes) < 1e-6
    else:
        assert max(changes) > 1e-4


@pytest.mark.parametrize("measure", MEASURES, ids=str)
def test_a_score_keeps_its_range(measure):
    low, high = measure.range
    for found in (results(), results("invertible linear", "y"), results("row scale", "x")):
        assert low <= found[key(measure)].value <= high


@cache
def others():
    x, y = spaces()
    names = [str(m) for m in MEASURES]
    order = np.random.default_rng(7).permutation(N)
    return {
        "plain": scores(x, y, names, K),
        "block": scores(x, y, names, K, block=11),
        "order": scores(x[order], y[order], names, K),
        "exchanged": scores(y, x, names, K),
        "same": scores(x, x, names, K),
    }


@pytest.mark.parametrize("measure", MEASURES, ids=str)
def test_a_measure_alone_is_what_it_is_among_others(measure):
    x, y = spaces()
    alone = one(x, y, str(measure), "a->b" if measure.directed else None, K).value
    assert alone == pytest.approx(others()["plain"][key(measure)].value, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("measure", MEASURES, ids=str)
def test_block_size_never_changes_a_score(measure):
    plain, block = (others()[run][key(measure)].value for run in ("plain", "block"))
    assert block == pytest.approx(plain, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("measure", [m for m in MEASURES if m.name not in BY_ROW_NUMBER], ids=str)
def test_the_order_of_the_rows_never_changes_a_score(measure):
    plain, order = (others()[run][key(measure)].value for run in ("plain", "order"))
    assert order == pytest.approx(plain, rel=1e-6, abs=1e-8)


SYMMETRIC = [m for m in MEASURES if not m.directed and m.name not in ONE_SIDED]


@pytest.mark.parametrize("measure", SYMMETRIC, ids=str)
def test_exchanging_the_spaces_leaves_a_symmetric_measure_alone(measure):
    plain, exchanged = (others()[run][key(measure)].value for run in ("plain", "exchanged"))
    assert exchanged == pytest.approx(plain, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("measure", [m for m in MEASURES if m.directed], ids=str)
def test_a_directed_measure_has_two_values(measure):
    runs = [results(), *(results(name, "y") for name in TRANSFORMATIONS)]
    there, back = (
        [run[key(measure, direction)].value for run in runs] for direction in ("a->b", "b->a")
    )
    assert there != pytest.approx(back, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("measure", [m for m in MEASURES if m.name not in ONE_SIDED], ids=str)
def test_nothing_is_more_alike_than_a_space_and_itself(measure):
    plain, same = (others()[run][key(measure)].value for run in ("plain", "same"))
    sign = 1 if measure.better == "higher" else -1
    assert sign * same >= sign * plain - 1e-9


def test_bures_similarity_is_the_cosine_of_the_procrustes_angle():
    found = results()
    assert found["nbs", None].value == pytest.approx(math.cos(found["procrustes", None].value))


def test_linear_cka_is_whitened_rsa_of_squared_distances():
    x, y = spaces()
    whitened = one(x, y, "rsa(dissimilarity=sqeuclidean,comparison=whitened)").value
    assert whitened == pytest.approx(results()["cka", None].value)


def test_gulp_without_ridge_counts_the_correlations():
    x, y = spaces()
    rho = one(x, y, "cca-squared").value
    assert one(x, y, "gulp(ridge=0)").value == pytest.approx(6 + 6 - 2 * 6 * rho)


def test_the_shape_metric_runs_from_whitened_to_procrustes():
    x, y = spaces()
    assert one(x, y, "shape-metric(alpha=1)").value == pytest.approx(
        results()["procrustes", None].value
    )
    cca = results()["cca", None].value
    assert math.cos(one(x, y, "shape-metric(alpha=0)").value) == pytest.approx(cca)


def test_metrics_obey_the_triangle_inequality():
    rng = np.random.default_rng(11)
    a, b, c = (rng.standard_normal((N, 6)) for _ in range(3))
    names = [str(m) for m in MEASURES if m.metric]
    sides = [scores(*pair, names, K) for pair in ((a, c), (a, b), (b, c))]
    for name in names:
        direct, first, second = (found[name, None].value for found in sides)
        if "squared" not in name:
            assert direct <= first + second + 1e-9
