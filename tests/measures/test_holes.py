"""The living times of holes on clouds whose holes are known.

gamma = 3 was chosen after looking at other values: with the usual 1/128 the hole of a circle of 300
items is there for .27 of the run, not for most of it.
"""

import numpy as np
import pytest
import torch

from latcomp.measures.holes import GeometryScore

MEASURE = GeometryScore(landmarks=32, gamma=3.0, draws=4, items=300)


def clouds():
    """A noisy circle, another of it, two circles side by side, and a disc."""
    draw = np.random.default_rng(0)
    angles = draw.uniform(0, 2 * np.pi, (4, 300))
    ring, other, pair, full = np.stack([np.cos(angles), np.sin(angles)], -1)
    ring, other, pair = (z + 0.02 * draw.standard_normal(z.shape) for z in (ring, other, pair))
    pair[150:, 0] += 2.6
    full = full * np.sqrt(draw.uniform(0, 1, (300, 1)))
    return {"one": ring, "another": other, "two": pair, "none": full}


@pytest.mark.parametrize(("cloud", "holes"), [("one", 1), ("another", 1), ("two", 2), ("none", 0)])
def test_a_cloud_has_as_many_holes_for_longest_as_it_was_made_with(cloud, holes):
    times = MEASURE.living(torch.tensor(clouds()[cloud]), 0)
    assert times.argmax() == holes
    assert times[holes] > 0.6
    assert times.sum() <= 1 + 1e-12


def test_two_circles_are_nearer_than_a_circle_and_a_disc():
    one, another, none = (torch.tensor(clouds()[name]) for name in ("one", "another", "none"))
    assert MEASURE.one(one, another) < 0.02
    assert MEASURE.one(one, none) > 0.5
