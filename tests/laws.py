"""What must hold for every measure and every statistic, whatever it computes."""

from dataclasses import fields, is_dataclass

import numpy as np
import pytest
import torch

from latcomp import compare
from latcomp.measures import ask
from latcomp.scan import Block, Tile, scan
from latcomp.spaces import Pair, Stored
from tests.data import rng, rotation
from tests.reference import REFERENCE

TRANSFORMATIONS = {
    "rotation": lambda x: x @ rotation(x.shape[1], 7),
    "isotropic scale": lambda x: 3.7 * x,
    "permutation": lambda x: x[:, rng(3).permutation(x.shape[1])],
    "translation": lambda x: x + np.linspace(1, 2, x.shape[1]),
    "per-axis scale": lambda x: x * np.geomspace(0.05, 20, x.shape[1]),
    "invertible linear": lambda x: x @ (rng(4).standard_normal((x.shape[1],) * 2) ** 3),
    "row scale": lambda x: x * np.geomspace(0.05, 20, len(x))[rng(5).permutation(len(x)), None],
}
"""Every transformation that a measure may declare to be unmoved by."""


def every_measure(k=5):
    """One of each measure that has a naive reference for the whole comparison.

    The laws of the other registered ones are in tests/measures/test_catalogue_laws.py.
    """
    return ask(list(REFERENCE), k)


def every_statistic(measures, depth):
    """Every statistic that any of the measures needs, in either direction."""
    needed = [s for m in measures for kind in ("ab", "ba") for s in m.needs(kind, depth)]
    return list(dict.fromkeys(needed))


def pair(x, y):
    return Pair(Stored("a", x), Stored("b", y))


def declared(measure):
    """What the measure says leaves it unmoved."""
    return measure.unmoved_by


def crosses(measure):
    """Whether it holds rows of one space against rows of the other, coordinate by coordinate."""
    return measure.refuses(pair(np.ones((50, 2)), np.ones((50, 3)))) is not None


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
