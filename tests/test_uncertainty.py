"""Intervals hold what they say, and the naive ones do not."""

import math
from functools import partial

import numpy as np
import pytest
import scipy.stats
import torch

import latcomp
from latcomp.errors import UsageError
from latcomp.measures.crossing import FullReciprocalRank
from latcomp.measures.kernels import CKA, DebiasedCKA
from latcomp.measures.neighbourhood import MutualNeighbours
from latcomp.numerics.overlap import Added, added_by_entries, added_by_neighbours, shared
from latcomp.scan import scan
from latcomp.scoring import score
from latcomp.scoring.grouping import GroupedMoments, groups
from latcomp.scoring.uncertainty import (
    Error,
    certain,
    in_both,
    interval,
    jackknife,
    of_mean,
    of_neighbours,
    over_anchors,
    over_draws,
    paired,
    quantile,
    together,
)
from latcomp.spaces.pair import Pair
from latcomp.spaces.stored import Stored
from latcomp.statistics.moments import CentredMoments
from latcomp.statistics.neighbours import Neighbours
from tests.simulations import (
    LISTS,
    alike,
    bootstrap,
    compare_alike,
    coverage,
    entries,
    independent,
    nearly_alike,
)

RUNS = 60


@pytest.fixture(scope="module")
def runs():
    asked = ["jaccard", "mrr", "hit@1", "cosine", "mutual-knn", "knn-jaccard", "cka-debiased"]
    return entries(compare_alike(seed, asked, n=120) for seed in range(RUNS))


def test_intervals_over_items_and_anchors_cover_the_expected_score(runs):
    relative = {
        key: coverage(s, "interval_both") for key, s in runs.items() if key[0] != "absolute"
    }
    assert min(relative.values()) >= 0.85
    assert np.mean(list(relative.values())) >= 0.92


def test_intervals_over_items_cover_where_there_are_no_anchors(runs):
    for name in ("mutual-knn@5", "knn-jaccard@5", "cka-debiased", "cosine"):
        assert coverage(runs["absolute", name, None], "interval") >= 0.85


def test_the_standard_error_of_per_item_scores_alone_is_too_small_for_own_neighbours():
    scores, naive, whole = [], [], []
    for seed in range(80):
        pair = Pair(*(Stored(name, x) for name, x in zip("ab", alike(seed, 120), strict=True)))
        lists = [Neighbours("aa", 6), Neighbours("bb", 6)]
        found = [scan(pair, lists)[each] for each in lists]
        measure = MutualNeighbours(5)
        each = measure.per_item(*found)
        scores.append(float(each.mean()))
        naive.append(of_mean(each[None], torch.ones(1, 120, dtype=torch.bool)).size)
        added = measure.neighbourly(*found)
        whole.append(of_neighbours(added, each, groups(120, 20)).size)
    spread = np.std(scores)
    assert np.mean(naive) < 0.9 * spread
    assert 0.85 * spread < np.mean(whole) < 1.2 * spread


@pytest.mark.parametrize("draw", [partial(alike, n=120), nearly_alike])
def test_errors_of_lists_of_neighbours_are_the_spread_over_draws_of_items(draw):
    asked = {"anchors": None, "k": 5, "measures": LISTS}
    found = entries(latcomp.compare(*draw(seed), **asked) for seed in range(120))
    assert len(found) == 10
    for scores in found.values():
        spread = np.std([score.value for score in scores])
        assert 0.85 * spread < np.mean([score.errors["items"] for score in scores]) < 1.2 * spread


def test_a_bootstrap_over_rows_excludes_the_overlap_it_is_about():
    score, values = bootstrap(*alike(0, 150), "mutual-knn")
    assert score.value < np.quantile(values, 0.025)
    assert score.interval[0] < score.value < score.interval[1]


def test_a_bootstrap_over_rows_finds_cka_where_there_is_none():
    score, values = bootstrap(*independent(0, 60), "cka-debiased")
    assert score.interval[0] < 0 < score.interval[1]
    assert np.quantile(values, 0.025) > 0


def moments(seed, n):
    pair = Pair(*(Stored(name, x) for name, x in zip("ab", alike(seed, n), strict=True)))
    return pair, scan(pair, [GroupedMoments()])


@pytest.mark.parametrize("measure", [CKA(), DebiasedCKA()])
def test_the_jackknife_from_group_sums_is_the_jackknife_of_scores_without_each_group(measure):
    pair, found = moments(3, 90)
    of = groups(90, 20)
    replicates = []
    for group in range(20):
        rows = of != group
        left = Pair(*(Stored("x", pair.side(s).rows(0, 90)[rows].numpy()) for s in "ab"))
        replicates.append(measure.score(scan(left, [CentredMoments()])[CentredMoments()]))
    expected = math.sqrt(19 / 20 * np.sum((np.array(replicates) - np.mean(replicates)) ** 2))
    assert jackknife(measure, "ab", 1, found).size == pytest.approx(expected, rel=1e-6)


def test_moments_of_all_groups_are_the_moments_of_all_items():
    pair, found = moments(4, 70)
    one = scan(pair, [CentredMoments()])[CentredMoments()]
    torch.testing.assert_close(found[GroupedMoments()].whole.xy, one.xy)
    assert found[GroupedMoments()].whole.norms_xy == pytest.approx(one.norms_xy)


def test_block_size_changes_no_interval():
    a, b = alike(5, 100)
    reports = [latcomp.compare(a, b, anchors=10, seeds=2, block=block) for block in (17, 64)]
    for one, other in zip(*(report.scores for report in reports), strict=True):
        assert one.interval == pytest.approx(other.interval, abs=1e-9)
        assert one.interval_both == pytest.approx(other.interval_both, abs=1e-9)


def test_a_wilson_interval_of_hits_is_the_one_of_scipy():
    hits, n = 93, 100
    error = Error(math.sqrt(0.93 * 0.07 / n), math.inf)
    expected = scipy.stats.binomtest(hits, n).proportion_ci(0.95, method="wilson")
    assert interval(0.93, error, 0.95, (0, 1), n) == pytest.approx(tuple(expected))


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_an_interval_at_the_end_of_the_range_still_has_width(value):
    expected = scipy.stats.binomtest(int(50 * value), 50).proportion_ci(0.9, method="wilson")
    found = interval(value, Error(0.0, math.inf), 0.9, (0, 1), 50)
    assert found == pytest.approx(tuple(expected))


@pytest.mark.parametrize("n", [100, 300, 1000])
@pytest.mark.parametrize("enriched", [1, 1.3, 2, 6])
def test_intervals_of_reciprocal_ranks_hold_whether_or_not_some_item_is_first(n, enriched):
    rng = np.random.default_rng(n)
    scores = 1 / np.ceil(n * rng.random((1000, n)) ** enriched)
    places = np.arange(n + 1) / n
    expected = np.diff(places ** (1 / enriched)) @ (1 / np.arange(1, n + 1))
    counted = torch.ones(1, n, dtype=torch.bool)
    held = 0
    for each in torch.from_numpy(scores):
        low = certain(each[None], counted, FullReciprocalRank.certain_below)
        error = of_mean(each[None], counted)
        low, high = interval(float(each.mean()), error, 0.95, (low, 1.0), n)
        held += low <= expected <= high
    assert 0.92 <= held / 1000 <= 0.98


def test_a_score_without_an_upper_bound_gets_its_error_to_both_sides():
    z = scipy.stats.norm.ppf(0.975)
    found = interval(1.0, Error(1.0, math.inf), 0.95, (0, math.inf), 10)
    assert found == pytest.approx((0.0, 1 + z))


def test_more_confidence_is_a_wider_interval():
    a, b = alike(6, 100)
    wide, narrow = (
        latcomp.compare(a, b, anchors=10, seeds=2, confidence=c).find("mrr")[0] for c in (0.99, 0.5)
    )
    assert wide.interval_both[0] < narrow.interval_both[0] <= narrow.value
    assert narrow.value <= narrow.interval_both[1] < wide.interval_both[1]


@pytest.mark.parametrize("confidence", [0, 1, 1.5, -0.2])
def test_confidence_is_a_share(confidence):
    with pytest.raises(UsageError, match="confidence must lie between 0 and 1"):
        latcomp.compare(*alike(0), confidence=confidence)


def test_quantiles_are_those_of_student():
    assert quantile(0.95, 7) == pytest.approx(scipy.stats.t.ppf(0.975, 7))


def test_independent_errors_add_as_squares():
    both = together([Error(3.0, 10), Error(4.0, 20)])
    assert both.size == pytest.approx(5)
    assert 10 < both.freedom < 30


def test_what_items_score_under_single_draws_counts_once():
    """Against the variance of the mean of a two-way layout that is drawn again and again."""
    rng = np.random.default_rng(2)
    s, n = 6, 40
    counted = torch.ones(s, n, dtype=torch.bool)
    means, variances, sums = [], [], []
    for _ in range(3000):
        drawn = 0.1 * rng.standard_normal((s, 1)) + 0.3 * rng.standard_normal((1, n))
        table = torch.from_numpy(drawn + 2 * rng.standard_normal((s, n)))
        errors = [of_mean(table, counted), over_anchors(table.mean(1).tolist())]
        means.append(float(table.mean()))
        sums.append(together(errors).size ** 2)
        variances.append(together(errors, in_both(table, counted)).size ** 2)
    assert np.var(means) == pytest.approx(0.1**2 / s + (0.3**2 + 2**2 / s) / n, rel=0.1)
    assert np.mean(sums) / np.var(means) > 1.5
    assert 0.9 < np.mean(variances) / np.var(means) < 1.3  # never below the larger error


def test_an_item_that_some_draw_leaves_out_tells_nothing_of_single_draws():
    table = torch.tensor([[1.0, 2.0, 9.0], [2.0, 3.0, -9.0]])
    counted = torch.tensor([[True, True, True], [True, True, False]])
    assert in_both(table, counted) == pytest.approx(0.0)
    assert in_both(table[:1], counted[:1]) == 0.0


def test_contributions_by_group_add_up_to_the_error_they_are_part_of():
    rng = np.random.default_rng(1)
    each, other = torch.from_numpy(rng.standard_normal((2, 1, 4000)))
    counted = torch.ones(1, 4000, dtype=torch.bool)
    one, two, difference = (
        of_mean(x, counted, groups(4000, 20)) for x in (each, each + 0.1 * other, 0.1 * other)
    )
    assert paired(one.by_group, [0.0] * 20).size == pytest.approx(one.size, rel=0.4)
    assert paired(two.by_group, one.by_group).size == pytest.approx(difference.size, rel=0.4)
    assert paired(one.by_group, one.by_group).size == 0


def test_draws_that_share_items_err_together():
    assert over_anchors([1.0, 2.0, 3.0]).size == pytest.approx(1 / math.sqrt(3))
    assert over_anchors([1.0, 2.0, 3.0], 0.1).size > over_anchors([1.0, 2.0, 3.0]).size
    assert over_anchors([1.0]) is None


def added_by_chance(seed, n=200, c=6):
    rng = np.random.default_rng(seed)
    columns = torch.from_numpy((np.arange(n)[:, None] + rng.integers(1, n, size=(n, c))) % n)
    amounts = torch.from_numpy(rng.standard_normal((n, c)))
    return Added(torch.arange(n), columns, amounts)


def test_neighbours_add_what_they_share_and_keep_others_out():
    def amounts(left, right):
        lists = torch.tensor([left]), torch.tensor([right])
        added = added_by_neighbours(torch.tensor([0]), *lists, lambda common: common)
        return added.amounts.tolist()[0]

    # The last of four entries is not shared, so nothing shared moves up; the query is its own.
    assert amounts([0, 1, 2, 3], [0, 1, 4, 5]) == [0, 1, 0, 0, 0, 0, 0, 0]
    # The last of two is shared, and the same in both lists: who moves up is shared with itself.
    assert amounts([1, 2], [3, 2]) == [-1, 0, -1, 0]
    # Lists that agree lose nothing by one neighbour less: the next one is as good.
    assert amounts([1, 2], [1, 2]) == [0, 0, 0, 0]


@pytest.mark.parametrize("of", [lambda c: c / 6, lambda c: c / (12 - c)])
def test_neighbours_of_overlaps_add_what_leaving_each_out_shows(of):
    rng = np.random.default_rng(0)
    lists = [torch.from_numpy(rng.random((300, 15)).argsort(1)[:, :6]) for _ in "ab"]
    lists[1][:150] = lists[0][:150].flip(1)
    rows = torch.arange(300) % 15
    quick = added_by_neighbours(rows, *lists, of)
    by_one = added_by_entries(rows, *lists, lambda left, right: of(shared(left, right)))
    assert torch.equal(quick.columns, by_one.columns)
    torch.testing.assert_close(quick.amounts, by_one.amounts)


def error_over(draws):
    scores = torch.stack([draw.amounts.sum(1) for draw in draws])
    return of_neighbours(
        *over_draws(draws, scores, torch.ones_like(scores).bool()), groups(200, 20)
    ).size


def test_a_draw_seen_twice_errs_as_once():
    draw = added_by_chance(0)
    assert error_over([draw, draw]) == pytest.approx(error_over([draw]))


def test_what_each_draw_shows_by_itself_averages_out():
    draws = [added_by_chance(seed) for seed in range(16)]
    alone = np.mean([error_over([draw]) for draw in draws])
    assert error_over(draws) == pytest.approx(alone / 4, rel=0.2)


def test_queries_count_under_the_draws_that_score_them():
    one, other = added_by_chance(0), added_by_chance(1)
    scores = torch.stack([one.amounts.sum(1), other.amounts.sum(1)])
    counted = torch.ones(2, 200, dtype=torch.bool)
    counted[0, :50], counted[:, 7] = False, False
    mean, per_item = over_draws([one, other], scores, counted)
    assert mean.rows.tolist() == [row for row in range(200) if row != 7]
    assert torch.allclose(per_item[:49], other.amounts.sum(1)[:50][torch.arange(50) != 7])
    assert torch.allclose(per_item[49:], scores[:, 50:].mean(0))
    assert torch.allclose(per_item, mean.amounts.sum(1))


def test_following_neighbours_under_fewer_draws_makes_no_error_smaller(monkeypatch):
    x = np.random.default_rng(0).standard_normal((2, 300, 16))
    asked = {"anchors": 9, "seeds": 9, "measures": "mutual-knn"}
    nine = latcomp.compare(x[0], x[0] + x[1], **asked).scores[0]
    monkeypatch.setattr(score, "MOST_ADDED", 1)
    one = latcomp.compare(x[0], x[0] + x[1], **asked).scores[0]
    assert nine.value == one.value
    assert nine.errors["items"] < one.errors["items"]
