"""Every device does the same through the same interface."""

import numpy as np
import pytest
import torch

from latcomp import compare, kernel
from latcomp.scan import scan
from latcomp.spaces.pair import Pair
from latcomp.spaces.stored import Stored
from latcomp.statistics.neighbours import Neighbours
from latcomp.statistics.ranks import TrueRank
from tests.data import alike
from tests.reference import REFERENCE, nearest, paper, true_ranks, unit
from tests.test_protocol import draws

DEVICES = [
    "cpu",
    pytest.param(
        "cuda",
        marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here"),
    ),
]


@pytest.fixture(params=DEVICES)
def device(request):
    return torch.device(request.param)


def spaces():
    return [x.astype(np.float32) for x in alike(300, 24, 24)]


@pytest.mark.parametrize("asked", [None, torch.tensor([3, 50, 299])])
def test_neighbours_and_ranks_are_those_of_float64(device, asked):
    x, y = spaces()
    pair = Pair(Stored("a", x, device=device), Stored("b", y, device=device)).asking(asked)
    wanted = [Neighbours("ab", 7), TrueRank("ab")]
    found = scan(pair, wanted, block=64)
    rows = slice(None) if asked is None else asked.numpy()
    scores = unit(x.astype(float)) @ unit(y.astype(float)).T
    np.testing.assert_array_equal(found[wanted[0]].columns, nearest(scores, 7)[rows])
    ranks = true_ranks(x.astype(float), y.astype(float))
    np.testing.assert_array_equal(found[wanted[1]], ranks[rows])


@pytest.mark.parametrize("center", [False, True])
def test_a_comparison_is_that_of_the_naive_protocol(device, center):
    x, y = (rows[:60] for rows in spaces())
    report = compare(
        x, y, anchors=20, seeds=2, measures=list(REFERENCE), k=5, center=center,
        block=23, device=str(device),
    )  # fmt: skip
    assert report.environment["device"] == str(device)
    wanted = paper(x.astype(float), y.astype(float), draws(x, 20, 2), 5, center)
    for score in report.scores:
        value = wanted[score.measure, score.space, score.direction or "a->b"]
        assert score.value == pytest.approx(value, abs=1e-5), score.label


@pytest.mark.skipif(
    not hasattr(torch.backends.cuda.matmul, "fp32_precision"), reason="torch is older than 2.9"
)
@pytest.mark.parametrize("setting", ["legacy", "new"])
def test_full_precision_holds_inside_and_gives_back_what_was_set(setting):
    holders = torch.backends.cuda.matmul, torch.backends.mkldnn.matmul
    if setting == "legacy":
        torch.set_float32_matmul_precision("medium")
    else:
        for holder in holders:
            holder.fp32_precision = "tf32"
    before = [holder.fp32_precision for holder in holders]
    assert before[0] == "tf32"
    try:
        with kernel.full_precision():
            assert [holder.fp32_precision for holder in holders] == ["ieee", "ieee"]
        assert [holder.fp32_precision for holder in holders] == before
    finally:
        for holder in holders:
            holder.fp32_precision = "ieee"
        torch.set_float32_matmul_precision("highest")
