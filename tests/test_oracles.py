"""Every measure against values that other implementations computed."""

import json

import numpy as np
import pytest

from latcomp import compare
from latcomp.measures import MEASURES
from latcomp.registry import parse_request
from tests.measures.naive import NAMES
from tests.oracles import FIXTURES, LINES
from tests.reference import REFERENCE


@pytest.fixture(scope="module")
def values(shared):
    return json.loads((shared / "oracles" / "values.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def spaces(shared):
    def read(fixture):
        with np.load(shared / "oracles" / f"{fixture}.npz") as arrays:
            return arrays["X"], arrays["Y"]

    return {fixture: read(fixture) for fixture in FIXTURES}


@pytest.mark.parametrize("fixture", FIXTURES)
@pytest.mark.parametrize("line", LINES, ids=lambda line: line.asked)
def test_a_measure_meets_its_reference_values(line, fixture, values, spaces):
    x, y = spaces[fixture]
    report = compare(x, y, anchors=list(range(50)), measures=[line.asked], queries="all")
    found = [score for score in report.scores if score.space == line.space]
    wanted = [values[fixture][name] for name in (line.there, line.back) if name]
    for score, entry in zip(found, wanted, strict=True):
        if entry["value"] is None:
            assert score.value is None
            assert score.reason
        else:
            assert score.value == pytest.approx(entry["value"], abs=entry["tolerance"])


def test_every_registered_measure_has_an_independent_check():
    checked = {parse_request(line.asked).name for line in LINES} | set(REFERENCE) | NAMES
    assert set(MEASURES) - checked == set()
