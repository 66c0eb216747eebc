"""Every registered measure against an independent implementation; a measure without one fails."""

import numpy as np
import pytest

import latcomp
from latcomp.errors import InputError
from latcomp.measures import ask
from latcomp.statistics.moments import CentredMoments
from tests.measures.naive import NAIVE, K


def spaces(n, d, e, seed):
    """Two noisy views of the same five hidden directions, off centre."""
    rng = np.random.default_rng(seed)
    hidden = rng.standard_normal((n, 5))
    x = hidden @ rng.standard_normal((5, d)) + 0.5 * rng.standard_normal((n, d)) + 0.2
    y = hidden @ rng.standard_normal((5, e)) + 0.5 * rng.standard_normal((n, e)) - 0.1
    return x, y


ALL = ask(["all"], K)


@pytest.fixture(scope="module")
def equal(scores):
    """Two spaces of equal width, small enough that no sample leaves anything out."""
    x, y = spaces(90, 8, 8, seed=0)
    return x, y, scores(x, y, "all", K)


@pytest.mark.parametrize("measure", ALL, ids=str)
def test_a_measure_is_what_an_independent_implementation_says(measure, equal, one):
    x, y, found = equal
    if str(measure) == "cka-minibatch":
        x, y = spaces(600, 8, 8, seed=0)
        value = one(x, y, "cka-minibatch").value
    else:
        value = found[str(measure), "a->b" if measure.directed else None].value
    want = NAIVE[str(measure)](x, y)
    assert value == pytest.approx(float(want), rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("measure", [m for m in ALL if m.directed], ids=str)
def test_the_other_direction_is_the_first_with_the_spaces_exchanged(measure, equal, one):
    x, y, found = equal
    assert found[str(measure), "b->a"].value == pytest.approx(
        one(y, x, str(measure), "a->b", K).value, abs=1e-9
    )


@pytest.mark.parametrize("measure", [m for m in ALL if not m.equal_width], ids=str)
def test_widths_may_differ_where_a_measure_does_not_refuse(measure, scores):
    x, y = spaces(90, 7, 11, seed=1)
    if str(measure) in ("cosine", "cka-minibatch"):
        pytest.skip("no value for two widths, or for so few items")
    found = scores(x, y, str(measure), K)[str(measure), "a->b" if measure.directed else None]
    assert found.value == pytest.approx(float(NAIVE[str(measure)](x, y)), rel=1e-6, abs=1e-7)


def test_equal_widths_are_asked_for_by_name(scores):
    x, y = spaces(60, 7, 11, seed=1)
    for measure in ALL:
        if measure.equal_width:
            found = scores(x, y, str(measure), K)
            assert {score.reason for score in found.values()} == {
                "needs equal dimensions: 7 and 11"
            }


def test_few_items_have_a_debiased_value_and_no_interval():
    x, y = spaces(4, 5, 5, seed=0)
    [found] = latcomp.compare(x, y, measures="cka-debiased", anchors=None, k=1).scores
    assert found.value is not None
    assert found.interval is None


@pytest.mark.parametrize("request_", ["aligned-hit(train=0.004)", "aligned-mrr(train=0.001)"])
def test_a_rotation_is_not_fitted_on_nothing(one, request_):
    x, y = spaces(100, 5, 5, seed=0)
    assert one(x, y, request_, "a->b").reason.startswith("a rotation is fitted on 2 items or more")


@pytest.mark.parametrize("comparison", ["spearman", "kendall"])
def test_equal_rows_are_tied_by_rank(one, comparison):
    copies = np.arange(60) % 2
    x, y = (side[copies] for side in spaces(2, 32, 32, seed=1))
    found = one(x, y, f"rsa(dissimilarity=euclidean,comparison={comparison})")
    assert found.value == pytest.approx(1)


OF_MOMENTS = [
    measure
    for measure in ALL
    if CentredMoments() in measure.needs("ab", K) and "isotropic scale" in measure.invariances()
]


@pytest.mark.parametrize("factor", [1e-25, 3e-23, 1e12, 1e25])
def test_numbers_that_float32_barely_holds_are_multiplied_all_the_same(factor):
    x, y = (side.astype(np.float32) for side in spaces(90, 8, 8, seed=0))
    options = {"measures": [str(measure) for measure in OF_MOMENTS], "anchors": None}
    options["permutations"] = 9
    plain, scaled = (
        latcomp.compare(*sides, **options).scores
        for sides in ((x, y), (x * np.float32(factor), y * np.float32(factor)))
    )
    for one, other in zip(plain, scaled, strict=True):
        assert other.value == pytest.approx(one.value, rel=1e-4, abs=1e-5), other.reason
        assert other.null["mean"] == pytest.approx(one.null["mean"], rel=1e-3, abs=1e-4)


def test_numbers_whose_products_nothing_holds_are_refused():
    x, y = spaces(90, 8, 8, seed=0)
    with pytest.raises(InputError, match=r"coordinates near \d+e\+8\d cannot be multiplied"):
        latcomp.compare(x * 1e80, y, measures="cka", anchors=None)


def test_least_squares_of_more_dimensions_than_items_are_the_smallest(one):
    x, y = spaces(40, 60, 8, seed=0)
    turn = np.linalg.qr(np.random.default_rng(1).standard_normal((60, 60)))[0]
    wanted = one(x, y, "r2(ridge=1e-10)", "a->b").value
    for rows in (x, x @ turn):
        assert one(rows, y, "r2(ridge=0)", "a->b").value == pytest.approx(wanted, rel=1e-5)
