"""Rough products select the very lists that float64 would: near ties, common means, duplicates."""

from functools import partial

import numpy as np
import pytest
import torch

from latcomp.engine import choosing, compiled, searching, selection, trial, truncation
from latcomp.engine.rounding import BFLOAT16, FLOAT32
from latcomp.recipes import parse_recipe
from latcomp.scan import scan
from latcomp.spaces.pair import Pair
from latcomp.spaces.stored import Stored
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


def far_offset(seed):
    """Cosines that differ by 1e-8: no float32 product of these rows tells them apart."""
    return rows(seed) + np.float32(1e4)


def small(seed):
    return np.float32(1e-6) * (rows(seed) + 3)


def large(seed):
    return np.float32(1e6) * near_ties(seed)


ADVERSARIES = [rows, near_ties, common_mean, duplicates, tiny_norms, far_offset, small, large]

TIE = 2.0**-42


def unit(x):
    x = np.asarray(x, np.float64)
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def naive(queries, database, depth):
    """Neighbour lists from float64 cosines of the rows as they are stored, ties by row."""
    scores = np.einsum("id,jd->ij", unit(queries), unit(database))
    scores = np.round(scores / TIE)
    columns = np.broadcast_to(np.arange(scores.shape[1]), scores.shape)
    return np.lexsort((columns, -scores), axis=1)[:, :depth]


def assert_nearest(found, queries, database, depth):
    """The lists are the naive ones, but for cosines that differ by float64's own rounding."""
    wanted = naive(queries, database, depth)
    differing = (found.numpy() != wanted).any(1)
    scores = np.einsum("id,jd->ij", unit(queries), unit(database))[differing]
    np.testing.assert_allclose(
        np.take_along_axis(scores, found.numpy()[differing], 1),
        np.take_along_axis(scores, wanted[differing], 1),
        rtol=0, atol=2 * TIE,
    )  # fmt: skip
    assert differing.mean() < 0.1


NAMES = ["float32", "bfloat16", "leading"]


@pytest.fixture(params=[*NAMES, "float32 in fixed shapes", *(f"{name} in loops" for name in NAMES)])
def search(request, monkeypatch):
    """Each search in turn, however many candidates it leaves, and each way to select them."""
    name, _, selected = request.param.partition(" in ")
    monkeypatch.setattr(choosing, "coarse_pays", lambda *_: name == "bfloat16")
    monkeypatch.setattr(trial.Trial, "few", lambda *_: True)
    if name == "leading":
        monkeypatch.setattr(truncation, "FEWEST_ROWS", 0)
        monkeypatch.setattr(truncation, "WIDTHS", (5,))
    if selected == "fixed shapes":
        monkeypatch.setattr(selection, "GROUP", 2)
        monkeypatch.setattr(selection, "shapes_are_fixed", lambda _: True)
    if selected == "loops":
        pytest.importorskip("numba")
        monkeypatch.setattr(compiled, "FEWEST_SCORES", 0)
    return name


@pytest.fixture
def cuda():
    """A GPU on which float32 products are allowed to be rough."""
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device here")
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("high")
    yield torch.device("cuda")
    torch.set_float32_matmul_precision(before)


@pytest.mark.parametrize("make", ADVERSARIES)
@pytest.mark.parametrize("asked", [None, torch.tensor([3, 50, 51, 120, 299])])
def test_lists_are_those_of_float64_whatever_selects(search, make, asked):
    x = {"a": make(0), "b": make(10)}
    pair = Pair(Stored("a", x["a"]), Stored("b", x["b"])).asking(asked)
    found = scan(pair, [Neighbours(kind, K) for kind in KINDS], block=64)
    assert search in pair.searched
    chosen = slice(None) if asked is None else asked.numpy()
    for kind in KINDS:
        assert_nearest(found[Neighbours(kind, K)].columns, x[kind[0]][chosen], x[kind[1]], K)


@pytest.mark.parametrize("make", ADVERSARIES)
def test_a_gpu_finds_the_lists_of_float64(cuda, make):
    x = {"a": make(0), "b": make(10)}
    pair = Pair(Stored("a", x["a"], device=cuda), Stored("b", x["b"], device=cuda))
    for block in (64, 100, None):
        found = scan(pair, [Neighbours(kind, K) for kind in KINDS], block=block)
        for kind in KINDS:
            assert_nearest(found[Neighbours(kind, K)].columns, x[kind[0]], x[kind[1]], K)
    assert torch.get_float32_matmul_precision() == "high"


@pytest.mark.parametrize("make", ADVERSARIES)
def test_true_ranks_are_those_of_float64(make):
    x, y = make(0), make(0) + make(10) * 0.1
    pair = Pair(Stored("a", x), Stored("b", y))
    scores = np.round(np.einsum("id,jd->ij", unit(x), unit(y)) / TIE)
    true, columns = scores.diagonal()[:, None], np.arange(N)
    ahead = (scores > true) | ((scores == true) & (columns < columns[:, None]))
    found = scan(pair, [TrueRank("ab")], block=64)[TrueRank("ab")].numpy()
    assert np.mean(found != ahead.sum(1) + 1) < 0.02


@pytest.mark.parametrize("count", [N // 3, 10], ids=["more-anchors", "fewer-anchors"])
@pytest.mark.parametrize("recipe", ["cosine", "cosine(center)"])
@pytest.mark.parametrize("make", ADVERSARIES)
def test_relative_lists_are_those_of_float64(search, make, recipe, count):
    if (make is tiny_norms and "center" in recipe) or (
        make is far_offset and "center" not in recipe
    ):
        pytest.skip("float64 itself does not tell these relative rows apart")
    x = {"a": make(0), "b": make(10)}
    a, b = Stored("a", x["a"]), Stored("b", x["b"])
    anchors = 29 * torch.arange(count) % N
    fitted = [parse_recipe(recipe).fit(space.take(anchors).double()) for space in (a, b)]
    relative = {side: related(x[side], anchors.numpy(), "center" in recipe) for side in "ab"}
    pair = Pair(a, b).relative(fitted[0], fitted[1], len(anchors))
    found = scan(pair, [Neighbours(kind, K) for kind in KINDS])
    for kind in KINDS:
        columns = found[Neighbours(kind, K)].columns
        assert_nearest(columns, relative[kind[0]], relative[kind[1]], K)


def related(x, anchors, center):
    x = x.astype(np.float64)
    x = x - x[anchors].mean(0) if center else x
    return unit(x) @ unit(x[anchors]).T


def test_a_search_that_keeps_no_rows_finds_the_same(monkeypatch):
    pair = Pair(Stored("a", near_ties(0)), Stored("b", far_offset(10)))
    wanted = [Neighbours(kind, K) for kind in KINDS] + [TrueRank("ab")]
    kept = scan(pair, wanted, block=64)
    monkeypatch.setattr("latcomp.spaces.unit.KEPT_BYTES", 0)
    streamed = scan(pair, wanted, block=50)
    for kind in KINDS:
        np.testing.assert_array_equal(
            streamed[Neighbours(kind, K)].columns, kept[Neighbours(kind, K)].columns
        )
    np.testing.assert_array_equal(streamed[TrueRank("ab")], kept[TrueRank("ab")])


def leading(width):
    """Made by directions that lead nowhere: the bounds must hold for any."""
    basis = torch.linalg.qr(torch.from_numpy(rows(20, D).astype(np.float64))).Q[:, : width - 1]
    return lambda pair: truncation.TruncatedSearch(pair, basis, 4)


SEARCHES = {
    "float32": searching.Float32Search,
    **{to.name: partial(searching.CentredSearch, rounding=to) for to in (BFLOAT16, FLOAT32)},
    **{f"leading-{width}": leading(width) for width in (2, 5, D)},
}


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize("make", ADVERSARIES)
def test_no_exact_cosine_is_outside_the_bounds_of_its_score(make, search):
    x = {"a": make(0), "b": rows(10)}
    rough = SEARCHES[search](Pair(Stored("a", x["a"]), Stored("b", x["b"])))
    for kind in KINDS:
        scores = rough.scores(kind, slice(0, N), slice(0, N)).float()
        exact = torch.from_numpy(unit(x[kind[0]]) @ unit(x[kind[1]]).T)
        assert bool((exact <= rough.bound(kind, scores)).all()), kind
        assert bool((exact >= rough.least(kind, scores)).all()), kind


MANY = 2000


def few_directions(seed):
    """Rows of which few directions hold nearly everything."""
    mixed = rows(seed, MANY, 64) * np.geomspace(1, 1e-3, 64, dtype=np.float32)
    return mixed @ np.linalg.qr(rows(99, 64, 64))[0]


def test_few_directions_are_searched_in_few_coordinates(monkeypatch):
    monkeypatch.setattr(truncation, "FEWEST_ROWS", MANY)
    x = {"a": few_directions(0), "b": few_directions(1)}
    pair = Pair(Stored("a", x["a"]), Stored("b", x["b"]))
    found = scan(pair, [Neighbours(kind, K) for kind in KINDS])
    assert pair.searched == "32 leading coordinates"
    for kind in KINDS:
        assert_nearest(found[Neighbours(kind, K)].columns, x[kind[0]], x[kind[1]], K)


def test_rows_that_fill_all_directions_are_searched_in_all_coordinates(monkeypatch):
    monkeypatch.setattr(truncation, "FEWEST_ROWS", MANY)
    monkeypatch.setattr(choosing, "coarse_pays", lambda *_: False)
    pair = Pair(Stored("a", rows(0, MANY, 64)), Stored("b", rows(1, MANY, 64)))
    scan(pair, [Neighbours("ab", K)])
    assert pair.searched.startswith("float32")


def test_a_rough_search_that_leaves_too_many_candidates_is_not_taken(monkeypatch):
    monkeypatch.setattr(choosing, "coarse_pays", lambda *_: True)
    crowded = rows(0, 3)[np.arange(N) % 3] + 1e-6 * rows(1)  # 100 rows within rounding of each
    pair = Pair(Stored("a", crowded), Stored("b", rows(10)))
    scan(pair, [Neighbours("aa", K)])
    assert pair.searched.startswith("float32")


def test_what_is_not_searched_for_is_computed_in_float32():
    pair = Pair(Stored("a", rows(0)), Stored("b", rows(10)))
    scan(pair, [TrueRank("ab")])
    assert pair.searched.startswith("float32")


def test_a_statistic_that_needs_cosines_forbids_rough_search(monkeypatch):
    seen = []
    monkeypatch.setattr(choosing, "coarse_pays", lambda *_: seen.append(True) or True)
    pair = Pair(Stored("a", rows(0)), Stored("b", rows(10)))
    scan(pair, [Neighbours("ab", K), TrueRank("ab")])
    assert seen == []
    scan(pair, [Neighbours("ab", K)])
    assert seen == [True]
