"""Hard data: offsets, tiny and huge scales, half precision, few items, flat and repeated rows."""

import math

import numpy as np
import pytest

from latcomp.measures import ask
from tests.measures import naive
from tests.measures.conftest import scores

K = 3
MEASURES = ask(["all", "gulp(ridge=0)", "rsa(dissimilarity=correlation)"], K)
NAMES = [str(m) for m in MEASURES]


def spaces(n=70, d=7, e=7):
    rng = np.random.default_rng(4)
    hidden = rng.standard_normal((n, 4))
    return tuple(
        hidden @ rng.standard_normal((4, w)) + 0.5 * rng.standard_normal((n, w)) for w in (d, e)
    )


X, Y = spaces()


def flat_column(x):
    out = x.copy()
    out[:, 3] = 7.1
    return out


def repeated(x):
    out = x.copy()
    out[20:35] = out[5]
    return out


def thin(x):
    return x[:, :2] @ np.array([[1.0, 2, 3, 4, 5, 6, 7], [0, 1, 0, -1, 2, 0, 1]])


HARD = {
    "more dimensions than items": spaces(20, 40, 30),
    "four items": tuple(z[:4, :3] for z in (X, Y)),
    "four items of many dimensions": spaces(4, 30, 30),
    "a constant column": (flat_column(X), Y),
    "repeated rows": (repeated(X), Y),
    "repeated rows in both": (repeated(X), repeated(Y)),
    "low rank": (thin(X), Y),
    "one dimension": (X[:, :1] + 3, Y[:, :1] + 3),
}


@pytest.mark.parametrize("case", HARD)
def test_a_score_is_a_number_in_its_range_or_null_with_a_reason(case):
    x, y = HARD[case]
    for found in scores(x, y, NAMES, 2 if len(x) < 5 else K).values():
        if found.value is None:
            assert found.reason
        else:
            assert math.isfinite(found.value)
            assert found.range[0] - 1e-9 <= found.value <= found.range[1] + 1e-9


DEFINITE = ("more dimensions than items", "a constant column", "low rank")
"""Hard data without ties, on which the naive implementations are right too."""


@pytest.mark.parametrize("case", DEFINITE)
def test_hard_data_score_what_an_independent_implementation_says_or_nothing(case):
    x, y = HARD[case]
    measures = ask(["all"], naive.K)
    found = scores(x, y, [str(m) for m in measures], naive.K)
    wrong = {}
    for measure in measures:
        score = found[str(measure), "a->b" if measure.directed else None]
        if score.value is not None:
            want = float(naive.NAIVE[str(measure)](x, y))
            if not math.isclose(score.value, want, rel_tol=1e-5, abs_tol=1e-6):
                wrong[str(measure)] = score.value, want
    assert wrong == {}


SCALED = {
    "tiny and huge": (X * 1e-6, Y * 1e6, X, Y),
    "half precision": (
        np.float16(X),
        np.float16(Y),
        *(np.float16(z).astype(float) for z in (X, Y)),
    ),
    "single precision, tiny": (*(np.float32(1e-6 * z) for z in (X, Y)),) * 2,
    "single precision, huge": (*(np.float32(1e6 * z) for z in (X, Y)),) * 2,
    "an offset in double precision": (X + 1e4, Y - 1e4, X, Y),
    "an offset in single precision": (*(np.float32(z + 1e4) for z in (X, Y)),) * 2,
}
"""What is scored, and what it must agree with once that is float64."""


CLOSE = {"rel_tol": 2e-5, "abs_tol": 2e-6}


def sees(measure, case):
    """Whether a measure has the same value on both sides of a case."""
    unmoved = measure.invariances()
    if case == "tiny and huge":
        return "isotropic scale" in unmoved
    if case == "an offset in double precision":
        return "translation" in unmoved
    if case == "an offset in single precision":
        return "row scale" not in unmoved
    return True


@pytest.mark.parametrize("case", SCALED)
def test_precision_and_scale_cost_no_more_than_they_must(case):
    x, y, wide_x, wide_y = SCALED[case]
    names = [str(m) for m in MEASURES if sees(m, case)]
    found = scores(x, y, names, K)
    want = scores(np.float64(wide_x), np.float64(wide_y), names, K)
    wrong = {
        key: (one.value, want[key].value)
        for key, one in found.items()
        if (one.value is None) != (want[key].value is None)
        or (one.value is not None and not math.isclose(one.value, want[key].value, **CLOSE))
    }
    assert wrong == {}
