"""What must hold for every measure and every statistic, whatever it computes."""

from dataclasses import fields, is_dataclass
from functools import cache

import numpy as np
import pytest
import torch

from latcomp import compare
from latcomp.measures import ask
from latcomp.scan import Block, Tile, scan
from latcomp.spaces.pair import Pair
from latcomp.spaces.stored import Stored
from tests.data import rng, rotation, with_duplicates
from tests.measures.conftest import scores
from tests.measures.naive import fifth, some_labels
from tests.reference import REFERENCE

TRANSFORMATIONS = {
    "rotation": lambda x: x @ rotation(x.shape[1], 7),
    "isotropic scale": lambda x: 7.3 * x,
    "permutation": lambda x: x[:, np.roll(np.arange(x.shape[1]), 2)],
    "translation": lambda x: x + 3 * rng(6).standard_normal(x.shape[1]),
    "per-axis scale": lambda x: x * np.geomspace(0.2, 5, x.shape[1]),
    "invertible linear": lambda x: x @ rng(4).standard_normal((x.shape[1],) * 2),
    "row scale": lambda x: x * np.geomspace(0.2, 5, len(x))[rng(5).permutation(len(x)), None],
}
"""Every transformation that a measure may declare to be unmoved by."""

K = 3
N = 100

SMALLER = {"cka-minibatch": "cka-minibatch(batch=16)"}
"""How to ask for a measure whose usual options need more than N items."""


def every_measure(k=K):
    """One of each registered measure, and every variant that the preset `all` names."""
    return [ask([SMALLER.get(str(m), str(m))], k)[0] for m in ask(["all"], k)]


def protocol_measures(k=5):
    """One of each measure that has a naive reference for the whole comparison."""
    return ask(list(REFERENCE), k)


def plain_spaces():
    """Two noisy views of the same hidden directions, off centre."""
    draw = rng(5)
    hidden = draw.standard_normal((N, 4))
    x, y = (
        hidden @ draw.standard_normal((4, 6)) + 0.9 * draw.standard_normal((N, 6)) for _ in "xy"
    )
    return x + 0.3, y - 0.2


def _order():
    """Another order of the rows, in which queries from outside stay in front."""
    first = fifth(N)
    return np.concatenate([rng(7).permutation(first), first + rng(9).permutation(N - first)])


def _relative(x):
    """Cosines to the first ten rows."""
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    return unit @ unit[:10].T


@cache
def run(name):
    """Every measure under one condition: {(label, direction): Score}.

    "plain", "exchanged", "same", "order", "block", "threads", "duplicates", "duplicates in blocks",
    or a transformation and the side it is applied to, as in "rotation x". Measures `across` the
    spaces are run on relative rows.
    """
    x, y = plain_spaces()
    kind, _, side = name.rpartition(" ")
    if kind in TRANSFORMATIONS:
        turn = TRANSFORMATIONS[kind]
        x, y = (turn(x), y) if side == "x" else (x, turn(y))
    if name.startswith("duplicates"):
        x, y = with_duplicates(x, 30), with_duplicates(y, 30)
    if name in ("exchanged", "same"):
        x, y = (y, x) if name == "exchanged" else (x, x)
    order = _order() if name == "order" else np.arange(N)
    block = 11 if "block" in name else None
    torch.set_num_threads(4 if name == "threads" else 1)
    found = {}
    for across in (True, False):
        left, right = (_relative(z) if across else z for z in (x, y))
        asked = [str(m) for m in every_measure() if m.across is across]
        labels = some_labels(N)[order]
        found |= scores(left[order], right[order], asked, K, block, labels)
    torch.set_num_threads(1)
    return found


def value(measure, name="plain", direction="a->b"):
    """The score of one measure in one direction under one condition."""
    return run(name)[str(measure), direction if measure.directed else None].value


def alone(measure):
    """The score of a measure that was asked for by itself."""
    spaces = map(_relative, plain_spaces()) if measure.across else plain_spaces()
    found = scores(*spaces, [str(measure)], K)
    return found[str(measure), "a->b" if measure.directed else None].value


def every_statistic(measures, depth):
    """Every statistic that any of the measures needs, in either direction."""
    needed = [s for m in measures for kind in ("ab", "ba") for s in m.needs(kind, depth)]
    return list(dict.fromkeys(needed))


def pair(x, y):
    return Pair(Stored("a", x), Stored("b", y))


def values(x, y, measures, space=None, **options):
    """{(label, space, direction): value} of a comparison with 20 given anchors."""
    options = {"anchors": list(range(20)), "seeds": 1, "queries": "all"} | options
    report = compare(x, y, measures=[str(m) for m in measures], **options)
    return {
        (s.label, s.space, s.direction): s.value
        for s in report.scores
        if s.value is not None and space in (None, s.space)
    }


def visits(statistic, on, size):
    """The visits that make up one walk over a pair."""
    blocks = [Block(on, at, min(at + size, on.n)) for at in range(0, on.n, size)]
    if statistic.over == "rows":
        return blocks
    return [Tile(one, other) for one in blocks for other in blocks]


def split_and_merged(statistic, on, size, parts, seed):
    """What several walkers learn who share the visits out at random, in random order."""
    walk = visits(statistic, on, size)
    states = [statistic.start(on) for _ in range(parts)]
    for place in rng(seed).permutation(len(walk)):
        statistic.add(states[rng(seed + int(place)).integers(parts)], walk[place])
    merged = states[0]
    for state in states[1:]:
        merged = statistic.merge(merged, state)
    return statistic.finish(merged)


def whole(statistic, on):
    """What one walk learns."""
    return scan(on, [statistic])[statistic]


def assert_same(one, other, where=""):
    """The same answer: whole numbers exactly, others to within the order of summation."""
    if is_dataclass(one):
        for field in fields(one):
            name = f"{where}.{field.name}"
            assert_same(getattr(one, field.name), getattr(other, field.name), name)
    elif isinstance(one, torch.Tensor):
        scale = float(one.double().abs().max()) if one.is_floating_point() and one.numel() else 0
        torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-9 * max(1.0, scale), msg=where)
    elif isinstance(one, dict):
        assert one.keys() == other.keys(), where
        for key in one:
            assert_same(one[key], other[key], f"{where}[{key!r}]")
    elif isinstance(one, (tuple, list)):
        for i, (left, right) in enumerate(zip(one, other, strict=True)):
            assert_same(left, right, f"{where}[{i}]")
    elif isinstance(one, float):
        assert one == pytest.approx(other, rel=1e-9, abs=1e-9), where
    else:
        assert one == other, where


def assert_identical(one, other):
    """The same answer to the last bit, whatever it is made of."""
    if is_dataclass(one):
        for field in fields(one):
            assert_identical(getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, torch.Tensor):
        assert torch.equal(one, other)
    elif isinstance(one, (tuple, list)):
        for left, right in zip(one, other, strict=True):
            assert_identical(left, right)
    else:
        assert one == other


def assert_close(one, other, tolerance=1e-8):
    """The same scores under the same names."""
    assert one.keys() == other.keys()
    for name, value in one.items():
        assert value == pytest.approx(other[name], abs=tolerance), name
