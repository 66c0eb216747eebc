"""The report: valid, complete, read again, and the same every time."""

import json

import jsonschema
import numpy as np
import pytest

from latcomp import InputError, Report, compare, read_report
from latcomp.report import schema_text
from tests.data import alike, names

SCHEMA = json.loads(schema_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def plain(x, y):
    return compare(x, y, anchors=20, seeds=2)


def of_unequal_widths(x, y):
    return compare(x, y[:, :3], anchors=20, seeds=1, ids=names(60), measures="all", center=True)


def of_drawn_queries(x, y):
    return compare(x, y, anchors=[1, 2, 3], queries=9, exclude_anchors=True, measures="all")


def test_the_schema_is_itself_valid():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("made", [plain, of_unequal_widths, of_drawn_queries])
def test_every_report_is_valid_and_comes_back_as_it_was(made):
    report = made(*alike(60, 5, 5))
    VALIDATOR.validate(json.loads(report.to_json()))
    again = Report.from_json(report.to_json())
    assert again.scores == report.scores
    assert again.to_json() == report.to_json()


def test_what_does_not_apply_has_a_reason_and_no_value():
    x, y = alike(60, 5, 3)
    for score in compare(x, y, anchors=20, seeds=1).scores:
        assert (score.value is None) == (score.reason is not None)


def test_equal_runs_give_equal_bytes_but_for_the_times():
    x, y = alike(60, 5, 5)

    def timeless():
        document = json.loads(compare(x, y, anchors=20, measures="all").to_json())
        del document["times"]
        return json.dumps(document)

    assert timeless() == timeless()


def test_the_times_say_what_was_spent_on_every_statistic_and_measure():
    times = compare(*alike(60, 5, 5), anchors=20, seeds=2, measures="cka,mrr").times
    learnt = {entry["name"] for entry in times["statistics"]}
    assert learnt >= {"Neighbours(kind='ab', depth=10)", "RowAgreement()"}
    assert {entry["name"] for entry in times["measures"]} == {"cka", "mrr@10"}
    spent = sum(entry["seconds"] for kind in ("statistics", "measures") for entry in times[kind])
    assert 0 < spent <= times["seconds"] + 0.01


def test_the_inputs_are_untouched():
    x, y = alike(60, 5, 5)
    before = x.copy(), y.copy()
    compare(x, y, anchors=20, center=True)
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(y, before[1])


def test_intervals_of_drawn_queries_mostly_cover_the_score_of_all_queries():
    options = {"anchors": list(range(20)), "measures": ["mrr", "mutual-knn"]}
    x, y = alike(400, 5, 5, noise=0.8)
    everything = compare(x, y, queries="all", **options).scores
    covered = [
        score.interval[0] <= whole.value <= score.interval[1]
        for seed in range(12)
        for score, whole in zip(
            compare(x, y, queries=100, seed=seed, **options).scores, everything, strict=True
        )
    ]
    assert np.mean(covered) > 0.85


def broken(change):
    x, y = alike(60, 5, 5)
    document = json.loads(compare(x, y, anchors=20, seeds=1, measures=["mrr"]).to_json())
    change(document)
    return json.dumps(document)


def without(part, name):
    return lambda document: part(document).pop(name)


CHANGES = {
    "no valid latcomp report: 'inputs' is a required property": without(lambda d: d, "inputs"),
    "no valid latcomp report: at protocol: 'k' is a required property": without(
        lambda d: d["protocol"], "k"
    ),
    "no valid latcomp report: at scores: 3 is not of type 'array'": (lambda d: d.update(scores=3)),
    "no valid latcomp report: at scores[0]: 'better' is a required property": without(
        lambda d: d["scores"][0], "better"
    ),
    "no valid latcomp report: at scores[0].value: '1' is not of type 'number', 'null'": (
        lambda d: d["scores"][0].update(value="1")
    ),
    "its schema is 'latcomp/report/9'; 'latcomp/report/1' was expected": (
        lambda d: d.update(schema="latcomp/report/9")
    ),
    "it is not a latcomp report": without(lambda d: d, "schema"),
}


@pytest.mark.parametrize("problem", CHANGES)
def test_a_report_that_was_tampered_with_is_refused_by_name(problem, tmp_path):
    path = tmp_path / "r.json"
    path.write_text(broken(CHANGES[problem]), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_report(path)
    assert caught.value.problem == f"{path} cannot be read: {problem}"


def test_a_report_says_how_neighbours_were_selected_beside_its_times():
    x, y = alike(60, 5, 5)
    assert compare(x, y, anchors=20, seeds=2).times["search"] == {
        "relative": "float32",
        "absolute": "float32",
    }
    assert compare(x, y, anchors=20, measures="cka").times["search"] == {}
