"""Compiled loops against numpy."""

import os
import sys

import numpy as np
import pytest
import torch

pytest.importorskip("numba")

from latcomp.engine import compiled, loops
from latcomp.engine.selection import Best

KEPT = 7


@pytest.fixture(params=[1, 3], ids=["one-thread", "three-threads"])
def threads(request, monkeypatch):
    """Small work shared by so many threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    monkeypatch.setattr(loops, "FEWEST_NUMBERS", 1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def _always(monkeypatch):
    monkeypatch.setattr(compiled, "FEWEST_SCORES", 0)


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


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_process_has_threads_of_its_own(monkeypatch):
    monkeypatch.setattr(loops, "FEWEST_NUMBERS", 1)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    seen = []
    loops._share(lambda *part: seen.append(part), 10, 10)
    child = os.fork()
    if not child:
        loops._share(lambda *part: seen.append(part), 10, 10)
        os._exit(0 if sorted(seen) == [(0, 5), (0, 5), (5, 10), (5, 10)] else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_a_failure_in_a_thread_is_not_lost(monkeypatch):
    monkeypatch.setattr(loops, "FEWEST_NUMBERS", 1)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)

    def fail(start, stop):
        if start:
            raise MemoryError

    with pytest.raises(MemoryError):
        loops._share(fail, 10, 10)


def test_torch_selects_where_numba_is_not_installed(monkeypatch):
    monkeypatch.setattr(compiled, "find_spec", lambda _: None)
    assert compiled._loops.__wrapped__() is None


def test_a_numba_that_cannot_be_imported_is_named_and_not_used(monkeypatch):
    monkeypatch.setitem(sys.modules, "latcomp.engine.loops", None)
    with pytest.warns(RuntimeWarning, match="numba is not used: .*loops"):
        assert compiled._loops.__wrapped__() is None
