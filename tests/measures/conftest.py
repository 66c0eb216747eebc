"""How a test of measures asks for a score: two arrays, a request, and a direction."""

import numpy as np
import pytest
import torch

from latcomp.measures import ask
from latcomp.scan import scan
from latcomp.scoring.score import Draw, needs, score
from latcomp.spaces.pair import Pair
from latcomp.spaces.stored import Stored
from tests.measures.naive import fifth, some_labels


def scores(x, y, requests, k=10, block=None, labels=None):
    """Every score of two arrays in the absolute spaces: {(label, direction): Score}.

    Where measures ask queries from outside, the first fifth of the rows are those queries and the
    others the corpus. Items have one of four ``labels``, drawn by row number unless given.
    """
    measures = ask([requests] if isinstance(requests, str) else requests, k)
    found = []
    for outside in (False, True):
        asked = [measure for measure in measures if measure.outside is outside]
        found += _scored(_pair(x, y, outside, labels), asked, block) if asked else []
    return {(s.label, s.direction): s for s in found}


def _scored(pair, measures, block):
    learnt = scan(pair, needs(measures, pair), block)
    draw = Draw(pair, learnt, *[torch.empty(0, dtype=torch.int64)] * 2)
    return score(measures, {"absolute": [draw]})


def _pair(x, y, outside, labels):
    x, y = np.asarray(x), np.asarray(y)
    named = some_labels(len(x)) if labels is None else labels
    if not outside:
        return Pair(Stored("a", x, labels=list(named)), Stored("b", y))
    first = fifth(len(x))
    corpus = Pair(Stored("a", x[first:]), Stored("b", y[first:]))
    return corpus.asked_by(Stored("queries of a", x[:first]), Stored("queries of b", y[:first]))


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
