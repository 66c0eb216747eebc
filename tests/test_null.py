"""The null is what a random pairing would score, and costs no second search."""

import numpy as np
import pytest
import scipy.stats
import torch

import latcomp
from latcomp.engine.shuffle import Held, shuffled
from latcomp.errors import UsageError
from latcomp.measures import ask
from latcomp.scan import scan
from latcomp.scoring.null import why_none
from latcomp.scoring.score import kinds
from latcomp.spaces.pair import Pair
from latcomp.spaces.stored import Stored
from latcomp.statistics.agreement import RowAgreement
from latcomp.statistics.moments import CentredMoments
from latcomp.statistics.neighbours import Neighbours
from latcomp.statistics.ranks import TrueRank
from tests.simulations import CORE, alike, entries, independent, p_values


def pair_of(a, b, queries=None):
    return Pair(Stored("a", a), Stored("b", b)).asking(queries)


@pytest.fixture(params=[None, 30])
def world(request):
    """A pair, a permutation of its pairing, and the pair that was really re-paired so."""
    a, b = alike(1, 80)
    queries = None if request.param is None else torch.arange(0, 80, 2)[: request.param]
    pair = pair_of(a, b, queries)
    keys = torch.rand(80, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    shuffle = shuffled(keys, pair, torch.tensor([0, 5, 7]), Held(pair))
    return pair, shuffle, pair_of(a, b[shuffle.to.numpy()], queries)


def both(world, statistic):
    pair, shuffle, really = world
    found = statistic.permuted(scan(pair, [statistic])[statistic], shuffle)
    return found, scan(really, [statistic])[statistic]


@pytest.mark.parametrize("kind", ["aa", "bb", "ab", "ba"])
def test_renumbered_lists_are_those_of_a_new_search(world, kind):
    cheap, searched = both(world, Neighbours(kind, 6))
    assert torch.equal(cheap.columns, searched.columns)
    assert torch.equal(cheap.rows, searched.rows)


def test_permuted_moments_are_those_of_a_new_scan(world):
    cheap, scanned = both(world, CentredMoments())
    torch.testing.assert_close(cheap.xy, scanned.xy)
    torch.testing.assert_close(cheap.xx, scanned.xx)
    assert cheap.norms_xy == pytest.approx(scanned.norms_xy)


def test_permuted_cosines_are_those_of_a_new_scan(world):
    cheap, scanned = both(world, RowAgreement())
    torch.testing.assert_close(cheap.cosines, scanned.cosines)
    assert cheap.unrelated == pytest.approx(scanned.unrelated, abs=1e-9)


NULLED = [
    (measure, kind)
    for measure in ask(["all", "rsa(comparison=kendall)"], 5)
    if why_none(measure) is None and not measure.outside
    for kind in kinds(measure)
]
"""Measures that have a null, and the directions they are scored in."""


@pytest.mark.parametrize(("measure", "kind"), NULLED, ids=str)
def test_a_score_of_another_pairing_is_that_of_a_new_scan(measure, kind):
    pair = pair_of(*alike(1, 80))
    keys = torch.rand(80, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    shuffle = shuffled(keys, pair, torch.tensor([0, 5, 7]), Held(pair))
    really = pair_of(pair.a.rows(0, 80).numpy(), pair.b.rows(0, 80)[shuffle.to].numpy())
    needed = measure.needs(kind, 5)
    found, new = (scan(each, needed) for each in (pair, really))
    cheap = measure.score(*(need.permuted(found[need], shuffle) for need in needed))
    assert cheap == pytest.approx(measure.score(*(new[need] for need in needed)), abs=1e-9)


@pytest.mark.parametrize("kind", ["ab", "ba"])
def test_permuted_ranks_of_few_items_are_those_of_a_new_scan(world, kind):
    cheap, scanned = both(world, TrueRank(kind))
    assert torch.equal(cheap, scanned)


@pytest.mark.parametrize("kind", ["ab", "ba"])
def test_permuted_ranks_of_many_items_are_near_those_of_a_new_scan(kind):
    a, b = independent(1, 3000)
    pair = pair_of(a, b, torch.arange(0, 3000, 3))
    keys = torch.rand(3000, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    shuffle = shuffled(keys, pair, torch.tensor([0, 6, 7]), Held(pair))
    world = pair, shuffle, pair_of(a, b[shuffle.to.numpy()], pair.query_rows)
    cheap, scanned = both(world, TrueRank(kind))
    off = (cheap - scanned).double() / 3000
    assert int(cheap.min()) >= 1
    assert int(cheap.max()) <= 3000
    assert float(off.abs().max()) < 0.15  # the share in a sample of 272: .03 as standard error
    assert float(off.mean().abs()) < 0.004  # of 1,000 such
    same = shuffle.to[pair.query_rows] == pair.query_rows
    assert torch.equal(cheap[same], scanned[same])


@pytest.mark.parametrize("kind", ["ab", "ba"])
def test_permuted_ranks_among_equal_rows_are_on_average_those_of_new_scans(kind):
    a, b = independent(1, 200)
    b[:100] = b[0]
    cheap, scanned = [], []
    for seed in range(10):
        keys = torch.rand(200, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
        pair = pair_of(a, b)
        shuffle = shuffled(keys, pair, torch.tensor([0]), Held(pair))
        world = pair, shuffle, pair_of(a, b[shuffle.to.numpy()])
        ranks = both(world, TrueRank(kind))
        cheap.append(float(ranks[0].double().mean()))
        scanned.append(float(ranks[1].double().mean()))
    assert np.mean(cheap) == pytest.approx(np.mean(scanned), abs=3)


def test_anchors_keep_their_partner_and_queries_stay_queries(world):
    pair, shuffle, _ = world
    assert shuffle.to[[0, 5, 7]].tolist() == [0, 5, 7]
    assert set(shuffle.to[pair.query_rows].tolist()) == set(pair.query_rows.tolist())
    assert sorted(shuffle.to.tolist()) == list(range(80))


@pytest.fixture(scope="module")
def null_runs():
    reports = (
        latcomp.compare(
            *independent(seed, 100), anchors=10, seeds=2, seed=100 * seed, k=5, measures=CORE,
            permutations=39, queries=70,
        )
        for seed in range(60)
    )  # fmt: skip
    return entries(reports)


def test_p_values_of_unrelated_spaces_are_uniform(null_runs):
    for (space, label, _), scores in null_runs.items():
        p = p_values(scores)
        assert scipy.stats.kstest(p, "uniform").pvalue > 0.002, (space, label)
        assert all(score.null["p"] >= one for score, one in zip(scores, p, strict=True))


def test_unrelated_spaces_are_calibrated_to_nothing(null_runs):
    for scores in null_runs.values():
        assert np.mean([score.calibrated == 0 for score in scores]) > 0.8


def test_a_rotated_copy_is_calibrated_to_one():
    a, _ = alike(2)
    turn = np.linalg.qr(np.random.default_rng(0).standard_normal((8, 8)))[0]
    report = latcomp.compare(a, a @ turn, anchors=20, seeds=2, permutations=19)
    for score in report.scores:
        if score.space == "relative":
            assert score.calibrated == pytest.approx(1)
            assert score.null["p"] == pytest.approx(1 / 20)


def test_the_null_of_debiased_cka_is_centred_at_its_chance_level():
    report = latcomp.compare(*alike(3), anchors=10, seeds=1, measures="cka,cka-debiased",
                             permutations=99)  # fmt: skip
    for score in report.find("cka", "absolute") + report.find("cka-debiased", "absolute"):
        assert score.null["mean"] == pytest.approx(score.chance, abs=0.01)


def test_anchors_among_the_scored_items_lift_the_null_of_relative_spaces():
    report = latcomp.compare(*alike(4), anchors=50, seeds=1, permutations=19, measures="mrr")
    for score in report.find("mrr"):
        assert score.null["mean"] > 4 * score.chance


def test_where_every_item_is_an_anchor_no_null_is_drawn():
    report = latcomp.compare(*alike(5), anchors=150, seeds=1, permutations=5, measures="mrr")
    assert report.find("mrr")[0].null is None
    expected = "no null was drawn for mrr@10 in the relative spaces: every item is an anchor"
    assert expected in report.warnings


def test_a_number_of_permutations_is_not_negative():
    with pytest.raises(UsageError, match="permutations must not be negative"):
        latcomp.compare(*alike(5), anchors=9, permutations=-1)


def test_no_p_value_is_below_what_so_few_pairings_can_give():
    reports = (
        latcomp.compare(
            *independent(seed, 5), anchors=3, seeds=1, seed=seed, k=1, permutations=199,
            measures="cka,cka-debiased,nbs,procrustes,cca,cosine",
        )
        for seed in range(10)
    )  # fmt: skip
    scores = [score for report in reports for score in report.scores]
    found = [s.null["p"] for s in scores if s.space == "relative" and s.null]
    assert len(found) > 30
    assert min(found) > 0.3  # two items are free: one pairing in two is the one that was observed


def test_p_does_not_depend_on_the_size_of_the_scores():
    x, y = alike(1, 80)
    ordinary, tiny = (
        latcomp.compare(
            size * x, size * y, anchors=None, measures="size-and-shape", permutations=39
        ).scores[0]
        for size in (1.0, 1e-12)
    )
    assert tiny.null["p"] == ordinary.null["p"] < 1
