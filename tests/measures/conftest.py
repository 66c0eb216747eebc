"""How a test of measures asks for a score: two arrays, a request, and a direction."""

import numpy as np
import pytest
import torch

from latcomp.measures import ask
from latcomp.scan import scan
from latcomp.scoring.score import Draw, needs, score
from latcomp.spaces import Pair, Stored


def scores(x, y, requests, k=10, block=None):
    """Every score of two arrays in the absolute spaces: {(label, direction): Score}."""
    pair = Pair(Stored("a", np.asarray(x)), Stored("b", np.asarray(y)))
    measures = ask([requests] if isinstance(requests, str) else requests, k)
    found = scan(pair, needs(measures, pair), block)
    draw = Draw(pair, found, *[torch.empty(0, dtype=torch.int64)] * 2)
    return {(s.label, s.direction): s for s in score(measures, {"absolute": [draw]})}


def one(x, y, request, direction=None, k=10, block=None):
    """The only score of a request, in one direction where it has two."""
    (found,) = (
        s for (_, d), s in scores(x, y, request, k, block).items() if direction in (None, d)
    )
    return found


@pytest.fixture(scope="session", name="scores")
def _scores():
    return scores


@pytest.fixture(scope="session", name="one")
def _one():
    return one
