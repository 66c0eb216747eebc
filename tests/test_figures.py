"""Figures of one space, against the shared oracles, scikit-learn, scipy, and known data."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import stats
from sklearn.neighbors import NearestNeighbors

import latcomp
from latcomp.numerics import figures

FOLDER = next(
    (
        p / "shared" / "oracles"
        for p in Path(latcomp.__file__).resolve().parents
        if (p / "shared" / "oracles").is_dir()
    ),
    None,
)

FIGURES = {
    "effective_rank": figures.effective_rank,
    "rankme": figures.rank_of,
    "participation_ratio": figures.participation_ratio,
    "twonn": figures.intrinsic_dimension,
    "isoscore": figures.isoscore,
}


@pytest.mark.skipif(FOLDER is None, reason="the shared oracles are not here")
@pytest.mark.parametrize("fixture", ["correlated", "wide", "offset", "square"])
@pytest.mark.parametrize("name", FIGURES)
def test_a_reference_value_is_met(name, fixture):
    values = json.loads((FOLDER / "values.json").read_text())[fixture]
    with np.load(FOLDER / f"{fixture}.npz") as arrays:
        for side in "XY":
            want = values[f"{name}_{side.lower()}"]
            found = FIGURES[name](torch.from_numpy(arrays[side]))
            assert found == pytest.approx(want["value"], rel=0, abs=want["tolerance"])


def rows(n=400, d=6, seed=0):
    return np.random.default_rng(seed).standard_normal((n, d))


def test_hubness_is_the_skewness_of_neighbour_counts():
    x = rows() * np.geomspace(1, 5, 400)[:, None] + 0.5
    near = NearestNeighbors(n_neighbors=11, metric="cosine").fit(x).kneighbors(x)[1][:, 1:]
    want = stats.skew(np.bincount(near.ravel(), minlength=len(x)))
    assert figures.hubness(torch.from_numpy(x)) == pytest.approx(want)


def test_the_intrinsic_dimension_of_a_plane_is_two():
    plane = rows(2000, 2) @ rows(2, 9, seed=1)
    assert figures.intrinsic_dimension(torch.from_numpy(plane)) == pytest.approx(2, abs=0.15)


def test_a_thin_space_uses_as_many_dimensions_as_it_has():
    thin = torch.from_numpy(rows(300, 3) @ np.linalg.qr(rows(8, 3, seed=2))[0].T)
    assert figures.participation_ratio(thin) == pytest.approx(3, abs=0.2)
    assert figures.effective_rank(thin) == pytest.approx(3, abs=0.1)


def test_figures_that_rows_do_not_have_are_none():
    same = torch.ones(20, 4)
    assert figures.participation_ratio(same) is None
    assert figures.isoscore(same) is None
    assert figures.intrinsic_dimension(same) is None
    assert figures.hubness(torch.ones(5, 4)) is None
    assert figures.intrinsic_dimension(torch.ones(1, 4)) is None
    assert figures.isoscore(torch.randn(9, 1)) is None
