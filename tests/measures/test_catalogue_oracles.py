"""Every reference value of the shared oracles, where the folder is at hand."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch

import latcomp
from latcomp.measures import topology
from latcomp.scan import scan
from latcomp.spaces.pair import Pair
from latcomp.spaces.stored import Stored
from latcomp.statistics.agreement import RowAgreement
from tests.oracles import LINES
from tests.test_figures import FIGURES

HERE = Path(__file__).resolve()
FOLDER = next(
    (p / "shared" / "oracles" for p in HERE.parents if (p / "shared" / "oracles").is_dir()), None
)
FIXTURES = ("correlated", "wide", "offset", "square")

pytestmark = pytest.mark.skipif(FOLDER is None, reason="the shared oracles are not here")

REQUESTS = {
    "cka_linear": "cka",
    "rv_coefficient": "cka",
    "cka_linear_debiased": "cka-debiased",
    "cka_linear_zero_diagonal": "cka-zero-diagonal",
    "cka_rbf_median": "cka(kernel=rbf)",
    "cka_rbf_median_sq": "cka(kernel=rbf)",
    "distance_correlation": "distance-correlation",
    "distance_correlation_sqr": "distance-correlation-squared",
    "distance_correlation_u": "distance-correlation-debiased",
    "nbs": "nbs",
    "procrustes_nuclear": "nbs",
    "procrustes_angular": "procrustes",
    "procrustes_ding_squared": "procrustes(scale=squared)",
    "procrustes_root": "procrustes(scale=root)",
    "procrustes_size_and_shape": "size-and-shape",
    "bures_distance": "size-and-shape",
    "aligned_cosine": "aligned-cosine",
    "aligned_cosine_centred": "aligned-cosine(center=true)",
    "hard_correlation_match": "hard-match",
    "soft_correlation_match": "soft-match",
    "soft_matching_ot": "transport-match",
    "linear_regression_r2_x_from_y": "r2-in-sample b->a",
    "linear_regression_r2_y_from_x": "r2-in-sample a->b",
    "cca_mean": "cca",
    "cca_mean_squared": "cca-squared",
    "svcca_99": "svcca",
    "svcca_99_squared": "svcca(squared=true)",
    "pwcca_x": "pwcca a->b",
    "pwcca_y": "pwcca b->a",
    "gulp_lambda1": "gulp",
    "gulp_lambda0": "gulp(ridge=0)",
    "eigenspace_overlap": "eigenspace-overlap",
    "rsa_cosine_pearson": "rsa",
    "rsa_cosine_spearman": "rsa(comparison=spearman)",
    "rsa_correlation_pearson": "rsa(dissimilarity=correlation)",
    "rsa_correlation_spearman": "rsa(dissimilarity=correlation,comparison=spearman)",
    "rsa_euclidean_pearson": "rsa(dissimilarity=euclidean)",
    "rsa_euclidean_spearman": "rsa(dissimilarity=euclidean,comparison=spearman)",
    "knn_jaccard_10": "knn-jaccard",
    "knn_overlap_10": "mutual-knn",
    "rank_similarity_10": "rank-similarity",
    "second_order_cosine_10": "second-order-cosine",
    "cknna_10": "cknna a->b",
    "cycle_knn_10_xy": "cycle-knn a->b",
    "cycle_knn_10_yx": "cycle-knn b->a",
    "cycle_knn_3_xy": "cycle-knn@3 a->b",
    "cycle_knn_3_yx": "cycle-knn@3 b->a",
    "cycle_knn_1": "cycle-knn@1 a->b",
    "rbo_10_p09": "rbo",
    "trustworthiness_10": "trustworthiness a->b",
    "continuity_10": "continuity a->b",
    "procrustes_p1_xy": "aligned-hit@1(search=nn,train=1) a->b",
    "procrustes_p1_yx": "aligned-hit@1(search=nn,train=1) b->a",
    "csls_p1_xy": "aligned-hit@1(train=1) a->b",
    "csls_p1_yx": "aligned-hit@1(train=1) b->a",
    "magnitude_difference": "magnitude-difference",
    "concentricity_difference": "concentricity-difference",
    "uniformity_difference": "uniformity-difference",
    "mmd2_rbf_unbiased": "mmd",
    "mmd2_poly3_unbiased": "mmd(kernel=poly)",
    "energy_distance": "energy-distance",
    "frechet_distance": "frechet",
}
"""The request, and where it is directed the direction, that each reference value belongs to."""


@cache
def oracle(fixture):
    with np.load(FOLDER / f"{fixture}.npz") as arrays:
        x, y = arrays["X"], arrays["Y"]
    return x, y, json.loads((FOLDER / "values.json").read_text())[fixture]


def check(found, want, scale=1.0):
    if want["value"] is None:
        assert found.value is None
        assert found.reason
    else:
        assert found.value * scale == pytest.approx(want["value"], rel=0, abs=want["tolerance"])


@pytest.mark.parametrize("fixture", FIXTURES)
@pytest.mark.parametrize("key", REQUESTS)
def test_a_reference_value_is_met(key, fixture, one):
    x, y, values = oracle(fixture)
    request, _, direction = REQUESTS[key].partition(" ")
    check(one(x, y, request, direction or None), values[key])


FIRST_HUNDRED = {
    "rtd_100": "rtd",
    "gromov_wasserstein_100": "gromov-wasserstein(start=product)",
    "gromov_wasserstein_100_paired": "gromov-wasserstein",
}
"""Reference values on rows 0 to 99."""


@pytest.mark.parametrize("fixture", FIXTURES)
@pytest.mark.parametrize("key", FIRST_HUNDRED)
def test_a_reference_value_of_the_first_hundred_rows_is_met(key, fixture, one):
    x, y, values = oracle(fixture)
    check(one(x[:100], y[:100], FIRST_HUNDRED[key]), values[key])


@pytest.mark.parametrize("fixture", FIXTURES)
def test_both_directions_of_the_topology_divergence_are_met(fixture):
    x, y, values = oracle(fixture)
    a, b = (topology.scaled(torch.tensor(z[:100])) for z in (x, y))
    for key, pair in (("rtd_xy_100", (a, b)), ("rtd_yx_100", (b, a))):
        want = values[key]
        assert topology.bars(*pair) == pytest.approx(want["value"], abs=want["tolerance"])


NULLS = {
    "null_p_cka_linear": ("cka", "p"),
    "null_tau_cka_linear": ("cka", "upper"),
    "null_p_distance_correlation_u": ("distance-correlation-debiased", "p"),
}


@pytest.mark.parametrize("fixture", FIXTURES)
def test_the_reference_nulls_are_met(fixture):
    x, y, values = oracle(fixture)
    report = latcomp.compare(
        x, y, anchors=None, permutations=200, measures=sorted({m for m, _ in NULLS.values()})
    )
    for key, (measure, what) in NULLS.items():
        (found,) = report.find(measure, "absolute")
        want = values[key]
        assert found.null[what] == pytest.approx(want["value"], abs=want["tolerance"]), key
    want = values["null_score_cka_linear"]
    (found,) = report.find("cka", "absolute")
    assert found.calibrated == pytest.approx(want["value"], abs=want["tolerance"])


def test_the_reference_null_of_a_wrong_pairing_is_met():
    x, y, values = oracle("correlated")
    rolled = np.roll(y, len(y) // 2, axis=0)
    report = latcomp.compare(x, rolled, anchors=None, permutations=200, measures="cka")
    want = values["null_p_cka_linear_rolled"]
    (found,) = report.find("cka", "absolute")
    assert found.null["p"] == pytest.approx(want["value"], abs=want["tolerance"])


@pytest.mark.parametrize("fixture", FIXTURES)
def test_the_mean_cosine_of_different_rows_is_met(fixture):
    x, y, values = oracle(fixture)
    found = scan(Pair(Stored("a", x), Stored("b", y)), [RowAgreement()])[RowAgreement()]
    for key, cosine in (("mean_cosine_x", found.unrelated_a), ("mean_cosine_y", found.unrelated_b)):
        assert cosine == pytest.approx(values[key]["value"], abs=values[key]["tolerance"])


def test_no_reference_value_is_left_out():
    met = {*REQUESTS, *FIRST_HUNDRED, *NULLS, "lcs_knn_10", "rtd_xy_100", "rtd_yx_100"}
    met |= {"null_score_cka_linear", "null_p_cka_linear_rolled", "mean_cosine_x", "mean_cosine_y"}
    met |= {key for line in LINES for key in (line.there, line.back)}
    met |= {f"{figure}_{side}" for figure in FIGURES for side in "xy"}
    assert {key for fixture in FIXTURES for key in oracle(fixture)[2]} <= met


@pytest.mark.parametrize("fixture", FIXTURES)
def test_the_common_subsequence_is_the_reference_length_over_k(fixture, one):
    x, y, values = oracle(fixture)
    check(one(x, y, "lcs"), values["lcs_knn_10"], scale=10)
