"""Measures of a few samples of the items."""

from collections import Counter

import pytest

from latcomp.measures.distributions import EnergyDistance
from latcomp.pipeline import compare
from tests.data import space


@pytest.mark.parametrize("repeats", [1, 3])
def test_every_sample_is_scored_once_although_both_mean_and_spread_are_told(repeats, monkeypatch):
    counted = Counter()
    one = EnergyDistance.one

    def counting(self, x, y):
        counted[x] += 1
        return one(self, x, y)

    monkeypatch.setattr(EnergyDistance, "one", counting)
    measure = f"energy-distance(items=50,repeats={repeats})"
    report = compare(space(120, 4, 0), space(120, 4, 1), anchors=None, measures=measure)
    assert report.find("energy-distance", "absolute")[0].over_samples["n"] == repeats
    assert sorted(counted.values()) == [1] * repeats
