"""Compiled loops against numpy."""

import os
import sys

import numpy as np
import pytest
import torch

pytest.importorskip("numba")

from latcomp.engine import compiled, loops
from latcomp.engine.loops import compiling
from latcomp.engine.selection import Best
from latcomp.errors import InputError
from latcomp.scan import scan
from latcomp.spaces.pair import Pair
from latcomp.spaces.stored import Stored
from latcomp.statistics.agreement import RowAgreement
from latcomp.statistics.moments import CentredMoments

KEPT = 7


@pytest.fixture(params=[1, 3], ids=["one-thread", "three-threads"])
def threads(request, monkeypatch):
    """Small work shared by so many threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    monkeypatch.setattr(compiling, "FEWEST_NUMBERS", 1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def _always(monkeypatch):
    monkeypatch.setattr(compiled, "FEWEST_SCORES", 0)
    monkeypatch.setattr(compiled, "FEWEST_NUMBERS", 0)


def scores(queries, columns, distinct):
    random = np.random.default_rng(0).integers(-distinct, distinct, (queries, columns))
    return torch.from_numpy((random / 3).astype(np.float32))


@pytest.mark.usefixtures("threads")
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("distinct", [3, 10**6], ids=["ties", "few-ties"])
@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize(("queries", "columns"), [(200, 331), (64, 128), (5, 700), (130, KEPT)])
def test_the_best_scores_are_kept(queries, columns, transposed, distinct, dtype):
    wanted = scores(queries, columns, distinct).to(dtype)
    best = Best(queries, KEPT, torch.device("cpu"), columns)
    for column in range(0, columns, 130):
        for query in range(0, queries, 70):
            tile = wanted[query : query + 70, column : column + 130]
            best.offer(tile.T.contiguous().T if transposed else tile, query, column)
    highest = wanted.float().sort(dim=1, descending=True).values[:, :KEPT]
    assert torch.equal(best.scores, highest)
    assert torch.equal(wanted.float().gather(1, best.columns.long()), highest)
    assert all(len(set(row)) == KEPT for row in best.columns.tolist())


@pytest.mark.usefixtures("threads")
def test_products_are_those_of_the_rows_that_are_named():
    draw = np.random.default_rng(1)
    left, right = (draw.standard_normal((n, 77)).astype(np.float32) for n in (20, 300))
    queries, columns = draw.integers(0, 20, 50), draw.integers(0, 300, (50, 9))
    counts = draw.integers(0, 10, 50)
    given = (torch.from_numpy(part) for part in (left, right, queries, columns, counts))
    found = loops.products(*given).numpy()
    wanted = np.einsum("qd,qcd->qc", left[queries].astype(float), right[columns].astype(float))
    looked_at = np.arange(9) < counts[:, None]
    np.testing.assert_allclose(found[looked_at], wanted[looked_at], atol=1e-4)
    assert (found[~looked_at] == -np.inf).all()


@pytest.mark.usefixtures("threads")
@pytest.mark.parametrize("stored", [torch.float32, torch.float64])
@pytest.mark.parametrize("rounded", [torch.float32, torch.float64])
def test_shifted_rows_are_rounded_once(stored, rounded):
    rows, shift = torch.randn(50, 33, dtype=stored), torch.randn(33).double()
    moved, squares = loops.shifted(rows, shift, rounded)
    assert moved.dtype == rounded
    assert torch.equal(moved, (rows.double() - shift).to(rounded))
    np.testing.assert_allclose(squares, (moved.numpy().astype(float) ** 2).sum(1), rtol=1e-14)


@pytest.mark.usefixtures("threads")
@pytest.mark.parametrize("width", [21, 33])
def test_agreement_is_that_of_numpy(width):
    a, b = torch.randn(50, 33), torch.randn(50, width).double()
    norms_a, norms_b, total_a, total_b, dots = (part.numpy() for part in loops.agreement(a, b))
    x, y = a.numpy().astype(float), b.numpy()
    for norms, total, rows in ((norms_a, total_a, x), (norms_b, total_b, y)):
        np.testing.assert_allclose(norms, np.linalg.norm(rows, axis=1), rtol=1e-14)
        np.testing.assert_allclose(total, (rows / norms[:, None]).sum(0), atol=1e-13)
    np.testing.assert_allclose(dots, (x[:, :width] * y).sum(1), atol=1e-13)


@pytest.mark.parametrize(
    "statistic", [RowAgreement(), CentredMoments(), CentredMoments(exact=True)]
)
@pytest.mark.parametrize("width", [19, 24])
def test_row_statistics_are_those_of_torch(statistic, width, monkeypatch):
    pair = Pair(*(Stored("", torch.randn(300, d).add(3).numpy()) for d in (24, width)))
    looped = scan(pair, [statistic], block=64)[statistic]
    monkeypatch.setattr(compiled, "FEWEST_NUMBERS", 2**60)
    found = scan(pair, [statistic], block=64)[statistic]
    for name, value in vars(found).items():
        if value is not None:
            np.testing.assert_allclose(getattr(looped, name), value, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("exact", [False, True])
def test_products_of_wide_rows_are_symmetric_and_those_of_numpy(exact):
    x = np.random.default_rng(2).standard_normal((700, 600)).astype(np.float32)
    found = scan(Pair(Stored("", x), Stored("", x)), [CentredMoments(exact)], block=300)
    moments = found[CentredMoments(exact)]
    wanted = np.cov(x.astype(float), rowvar=False, ddof=0) * len(x)
    np.testing.assert_allclose(moments.xx, wanted, atol=1e-9 if exact else 1e-3)
    assert torch.equal(moments.xx, moments.xx.T)


def test_a_row_of_length_zero_is_named():
    rows = torch.randn(300, 8).numpy()
    rows[170] = 0
    with pytest.raises(InputError, match="row 170 has length zero"):
        scan(Pair(Stored("a", rows), Stored("b", rows)), [RowAgreement()], block=64)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_process_has_threads_of_its_own(monkeypatch):
    monkeypatch.setattr(compiling, "FEWEST_NUMBERS", 1)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    seen = []
    compiling.share(lambda *part: seen.append(part), 10, 10)
    child = os.fork()
    if not child:
        compiling.share(lambda *part: seen.append(part), 10, 10)
        os._exit(0 if sorted(seen) == [(0, 5), (0, 5), (5, 10), (5, 10)] else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_a_failure_in_a_thread_is_not_lost(monkeypatch):
    monkeypatch.setattr(compiling, "FEWEST_NUMBERS", 1)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)

    def fail(start, stop):
        if start:
            raise MemoryError

    with pytest.raises(MemoryError):
        compiling.share(fail, 10, 10)


def test_torch_selects_where_numba_is_not_installed(monkeypatch):
    monkeypatch.setattr(compiled, "find_spec", lambda _: None)
    assert compiled._loops.__wrapped__() is None


def test_a_numba_that_cannot_be_imported_is_named_and_not_used(monkeypatch):
    monkeypatch.setitem(sys.modules, "latcomp.engine.loops", None)
    with pytest.warns(RuntimeWarning, match="numba is not used: .*loops"):
        assert compiled._loops.__wrapped__() is None
