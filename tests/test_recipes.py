"""The grammar of similarities, and their values against plain formulas."""

import numpy as np
import pytest
import torch
from sklearn.manifold import Isomap

from latcomp import compare, relative
from latcomp.errors import InputError, UsageError
from latcomp.recipes import parse_recipe

X = np.random.default_rng(0).standard_normal((60, 6)) + 0.3
A = X[:20]
C = A.mean(0)


def related(text, x=X, anchors=A):
    recipe = parse_recipe(text)
    held = torch.from_numpy(anchors)
    recipe.check(held)
    return recipe.fit(held)(torch.from_numpy(x)).numpy()


def cosines(x, a):
    return (x / np.linalg.norm(x, axis=1)[:, None]) @ (a / np.linalg.norm(a, axis=1)[:, None]).T


def gaps(x, a, order):
    return np.linalg.norm(x[:, None] - a[None], ord=order, axis=2)


INVERSE_ROOT = (lambda v, e: (e / np.sqrt(v)) @ e.T)(*np.linalg.eigh(np.cov(A.T, bias=True)))

VALUES = {
    "cosine": cosines(X, A),
    "cosine(center)": cosines(X - C, A - C),
    "angular": 1 - 2 / np.pi * np.arccos(cosines(X, A).clip(-1, 1)),
    "euclidean": gaps(X, A, 2),
    "l1": gaps(X, A, 1),
    "linf": gaps(X, A, np.inf),
    "inner": X @ A.T,
    "basis": np.linalg.lstsq(A.T, X.T, rcond=None)[0].T,
    "inner(standardize)": ((X - C) / A.std(0)) @ ((A - C) / A.std(0)).T,
    "inner(whiten)": (X - C) @ INVERSE_ROOT @ INVERSE_ROOT @ (A - C).T,
    "euclidean(scale)": gaps(X, A, 2) / np.linalg.norm(A, axis=1).mean(),
    "inner(unit)": cosines(X, A),
    "cosine(bin=0.25)": np.round(cosines(X, A) * 4) / 4,
}


@pytest.mark.parametrize("text", VALUES)
def test_a_similarity_is_its_plain_formula(text):
    np.testing.assert_allclose(related(text), VALUES[text], atol=2e-8)


def test_joined_similarities_weigh_alike():
    cosine, euclidean = np.split(related("cosine,euclidean"), 2, axis=1)
    assert np.sqrt((cosine[:20] ** 2).mean()) == pytest.approx(1)
    np.testing.assert_allclose(
        euclidean / euclidean[0, 1], VALUES["euclidean"] / gaps(A, A, 2)[0, 1]
    )


def test_an_item_is_at_distance_zero_from_itself_far_from_the_origin():
    assert (np.diag(related("euclidean", A + 1e6, A + 1e6)) == 0).all()


def test_geodesic_distances_between_anchors_are_those_of_isomap():
    ours = related("geodesic(k=8)", A)
    theirs = Isomap(n_neighbors=8).fit(A).dist_matrix_
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_geodesic_joins_islands_and_bears_duplicates():
    islands = np.concatenate([A, A, A + 100])
    assert np.isfinite(related("geodesic(k=2)", X, islands)).all()


def test_clusters_merge_what_is_near_and_leave_the_rest():
    anchors = np.array([[0.0, 0], [0.1, 0], [5, 5]])
    rows = np.array([[0.2, 0.0], [3.0, 3.0]])
    found = related("inner(clusters=0.5)", rows, anchors)
    np.testing.assert_allclose(found, [[0.0025, 0.0025, 0.25], [0.15, 0.15, 30.0]])


ERRORS = [
    ("", UsageError, "a similarity is needed"),
    ("cosin", UsageError, "unknown similarity 'cosin'"),
    ("cosine(centre)", UsageError, "cosine has no option 'centre'"),
    ("cosine@5", UsageError, "cosine takes no @5"),
    ("cosine(center=3)", UsageError, "cannot read center=3"),
    ("cosine(clusters)", UsageError, "cannot read clusters=true"),
    ("cosine(clusters=0)", UsageError, "clusters needs a threshold above 0, found 0"),
    ("cosine(bin=x)", UsageError, "bin needs a number, found 'x'"),
    ("cosine(bin=0)", UsageError, "bin needs a width above 0, found 0"),
    ("geodesic(k=x)", UsageError, "k needs a whole number, found 'x'"),
    ("geodesic(k=0)", UsageError, "geodesic needs k of at least 1, found 0"),
]


@pytest.mark.parametrize(("text", "kind", "problem"), ERRORS)
def test_a_recipe_that_cannot_be_read_says_why(text, kind, problem):
    with pytest.raises(kind) as caught:
        parse_recipe(text)
    assert caught.value.problem == problem


FLAT = np.concatenate([A[:, :5], np.ones((20, 1))], axis=1)

REFUSALS = [
    ("cosine", np.zeros((2, 6)), "anchor 0 has a vector of length zero, so it has no cosine"),
    (
        "inner(unit)",
        np.zeros((2, 6)),
        "anchor 0 has length zero, so it cannot be made a unit vector",
    ),
    (
        "l1(scale)",
        np.zeros((2, 6)),
        "every anchor has length zero, so there is no scale to divide by",
    ),
    ("basis", np.zeros((2, 6)), "every anchor has length zero, so they are no basis"),
    ("geodesic", A[:1], "geodesic needs at least 2 anchors, found 1"),
    (
        "cosine(standardize)",
        FLAT,
        "dimension 5 is the same for every anchor, so it cannot be standardised",
    ),
    (
        "cosine(whiten)",
        A[:5],
        "the 5 anchors span 4 of 6 dimensions around their mean, so they cannot be whitened",
    ),
]


@pytest.mark.parametrize(("text", "anchors", "problem"), REFUSALS)
def test_anchors_that_cannot_serve_are_refused_by_name(text, anchors, problem):
    with pytest.raises(InputError) as caught:
        related(text, X, anchors)
    assert caught.value.problem == problem


def test_the_report_says_the_whole_recipe():
    report = compare(X, X, anchors=15, k=3, similarity="geodesic(scale,k=4,bin=0.5)", center=True)
    assert report.similarity == {
        "name": "geodesic(center,scale,k=4,bin=0.5)",
        "center": True,
        "parts": [
            {
                "name": "geodesic",
                "options": {"k": 4},
                "prepare": [{"step": "center"}, {"step": "scale"}],
                "bin": 0.5,
            }
        ],
    }


def test_relative_gives_every_part_its_columns():
    assert relative(X, list(range(20)), similarity="cosine,l1").shape == (60, 40)


@pytest.mark.parametrize("text", ["cosine(center)", "inner(standardize)", "basis"])
def test_with_more_anchors_than_dimensions_the_factors_give_the_same_products(text):
    rows, held = torch.from_numpy(X), torch.from_numpy(A)
    fitted = parse_recipe(text).fit(held)
    narrow, basis = fitted.factors()
    assert basis.shape == (20, 6)
    torch.testing.assert_close(narrow(rows) @ basis.T, fitted(rows))
    torch.testing.assert_close(basis.T @ basis, torch.eye(6, dtype=torch.float64))


@pytest.mark.parametrize("text", ["angular", "cosine(bin=0.1)", "cosine,inner", "euclidean"])
def test_what_is_not_linear_has_no_factors(text):
    assert parse_recipe(text).fit(torch.from_numpy(A)).factors() is None
