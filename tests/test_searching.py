"""Rough products select the very lists that float64 would: near ties, common means, duplicates."""

import numpy as np
import pytest
import torch

from latcomp.engine import searching
from latcomp.recipes import parse_recipe
from latcomp.scan import scan
from latcomp.spaces import Pair, Stored
from latcomp.statistics.neighbours import Neighbours
from latcomp.statistics.ranks import TrueRank

KINDS = ("aa", "bb", "ab", "ba")
N, D, K = 300, 24, 7


def rows(seed, n=N, d=D):
    return np.random.default_rng(seed).standard_normal((n, d)).astype(np.float32)


def near_ties(seed):
    """Few directions, each held by many rows that differ in the last digits of float32."""
    return rows(seed, 12)[np.arange(N) % 12] + 1e-6 * rows(seed + 1)


def common_mean(seed):
    return rows(seed) + 100


def duplicates(seed):
    return rows(seed, N // 10)[np.arange(N) % (N // 10)]


def tiny_norms(seed):
    return rows(seed) * np.geomspace(1e-30, 1e30, N, dtype=np.float32)[:, None]


ADVERSARIES = [rows, near_ties, common_mean, duplicates, tiny_norms]


def naive(queries, database, depth):
    """Neighbour lists from float64 cosines of the unit rows as they are held, ties by row."""
    scores = (queries.double()[:, None] * database.double()[None]).sum(-1).numpy()
    columns = np.broadcast_to(np.arange(scores.shape[1]), scores.shape)
    return np.lexsort((columns, -scores), axis=1)[:, :depth]


@pytest.fixture(params=["float32", "bfloat16"])
def search(request, monkeypatch):
    monkeypatch.setattr(searching, "coarse_pays", lambda *_: request.param == "bfloat16")
    return request.param


@pytest.mark.parametrize("make", ADVERSARIES)
@pytest.mark.parametrize("asked", [None, torch.tensor([3, 50, 51, 120, 299])])
def test_lists_are_those_of_float64_whatever_selects(search, make, asked):
    pair = Pair(Stored("a", make(0)), Stored("b", make(10))).asking(asked)
    found = scan(pair, [Neighbours(kind, K) for kind in KINDS], block=64)
    chosen = slice(None) if asked is None else asked
    for kind in KINDS:
        wanted = naive(pair.unit(kind[0]).rows(0, N)[chosen], pair.unit(kind[1]).rows(0, N), K)
        np.testing.assert_array_equal(found[Neighbours(kind, K)].columns, wanted, err_msg=kind)


@pytest.mark.parametrize("make", ADVERSARIES)
def test_relative_lists_with_more_anchors_than_dimensions_are_those_of_float64(search, make):
    a, b = Stored("a", make(0)), Stored("b", make(10))
    anchors = torch.arange(0, N, 3)
    fitted = [parse_recipe("cosine").fit(space.take(anchors).double()) for space in (a, b)]
    pair = Pair(a, b).relative(fitted[0], fitted[1], len(anchors))
    found = scan(pair, [Neighbours(kind, K) for kind in KINDS])
    for kind in KINDS:
        sides = [pair.unit(side, across=kind[0] != kind[1]).rows(0, N) for side in kind]
        np.testing.assert_array_equal(
            found[Neighbours(kind, K)].columns, naive(*sides, K), err_msg=kind
        )


def test_what_a_rough_score_leaves_out_never_beats_its_bound():
    pair = Pair(Stored("a", common_mean(0)), Stored("b", rows(10)))
    rough = searching.Bfloat16Search(pair)
    for kind in KINDS:
        scores = rough.scores(kind, slice(0, N), slice(0, N)).float()
        exact = pair.unit(kind[0]).rows(0, N).double() @ pair.unit(kind[1]).rows(0, N).double().T
        assert bool((exact <= rough.bound(kind, scores)).all()), kind


def test_a_statistic_that_needs_cosines_forbids_rough_search(monkeypatch):
    seen = []
    monkeypatch.setattr(searching, "coarse_pays", lambda *_: seen.append(True) or True)
    pair = Pair(Stored("a", rows(0)), Stored("b", rows(10)))
    scan(pair, [Neighbours("ab", K), TrueRank("ab")])
    assert seen == []
    scan(pair, [Neighbours("ab", K)])
    assert seen == [True]
