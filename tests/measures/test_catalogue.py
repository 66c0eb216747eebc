"""Every registered measure against an independent implementation; a measure without one fails."""

import numpy as np
import pytest

from latcomp.measures import ask
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
