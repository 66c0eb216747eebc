"""Many spaces at once: the scores of compare, each space looked at once, resumable."""

import json

import jsonschema
import numpy as np
import pytest

import latcomp
from latcomp import InputError, Matrix, compare, matrix
from latcomp.matrices import sharing
from latcomp.matrices.document import whole_schema
from tests.data import alike, names, rng, rotation, space, with_duplicates

VALIDATOR = jsonschema.Draft202012Validator(whole_schema())

OPTIONS = {"anchors": 20, "seeds": 2}


def family(n=90):
    """Four spaces of a common origin: of three widths, two dtypes, one with duplicate rows."""
    x, y = alike(n, 8, 8)
    z = alike(n, 8, 5, noise=0.2)[1]
    return [x.astype("f4"), with_duplicates(y), z.astype("f4"), (x + y)[:, :8].astype("f4")]


def several():
    """Measures of every statistic that splits, and some that do not."""
    return [
        "paper", "mrr-full", "knn-jaccard", "rank-similarity", "cka-debiased", "procrustes", "nbs",
        "cca", "r2", "rsa", "cka(kernel=rbf)", "hubness", "trustworthiness", "energy-distance",
    ]  # fmt: skip


def assert_scores_are_those_of_compare(found, spaces, **options):
    for pair in found.pairs:
        report = compare(spaces[pair.a], spaces[pair.b], **options)
        assert pair.scores == report.scores


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"measures": several(), "queries": "all"},
        {"queries": 30, "seed": 3, "center": True, "exclude_anchors": True},
        {"measures": "mrr,cka", "similarity": "euclidean(center,scale)", "permutations": 20},
        {"anchors": None, "measures": "mutual-knn@5,cka,procrustes"},
        {"anchors": 40, "measures": "jaccard,cka", "similarity": "cosine(whiten),l1", "block": 17},
    ],
    ids=["default", "several", "queries", "null", "absolute", "recipes"],
)
def test_scores_are_those_of_separate_runs_to_the_last_bit(more):
    spaces, options = family(), {**OPTIONS, **more}
    found = matrix(spaces, **options)
    assert len(found.pairs) == 6
    assert_scores_are_those_of_compare(found, spaces, **options)


def test_what_a_space_tells_by_itself_is_found_once(monkeypatch):
    walked = []

    def counted(jobs, *arguments):
        walked.append({(pair.a is pair.b, len(statistics)) for pair, statistics in jobs})
        return scan(jobs, *arguments)

    scan = sharing.scan_together
    monkeypatch.setattr(sharing, "scan_together", counted)
    matrix([space(60, 6, seed) for seed in range(5)], **OPTIONS)
    alone = [jobs for jobs in walked if (True, 0) not in jobs and any(own for own, _ in jobs)]
    assert len(alone) == 5
    assert len(walked) == 5 + 5 * 4 // 2


def test_directed_measures_are_right_in_both_directions():
    x, y, z = family()[:3]
    found = matrix({"x": x, "y": y, "z": z}, measures="mrr,cka", **OPTIONS)
    for a, one in enumerate((x, y, z)):
        for b, other in enumerate((x, y, z)):
            if a != b:
                forth = compare(one, other, measures="mrr", **OPTIONS).find(
                    "mrr", "relative", "a->b"
                )
                assert found.find(a, b, "mrr@10", "relative").value == forth[0].value
    assert found.find(0, 1, "cka", "relative") is found.find(1, 0, "cka", "relative")
    assert found.find(1, 1, "cka", "relative") is None


def test_two_families_make_a_rectangle_and_a_space_in_both_meets_itself_nowhere():
    a, b, c, d = family()
    found = matrix({"a": a, "b": b}, against={"b": b, "c": c, "d": d}, measures="mrr", **OPTIONS)
    assert (found.rows, found.columns, found.square) == ((0, 1), (1, 2, 3), False)
    assert [(pair.a, pair.b) for pair in found.pairs] == [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3)]


def test_items_are_those_that_every_space_has_in_the_order_of_the_first():
    x = space(60, 6)
    ids = names(60)
    turned = rng(4).permutation(60)
    parts = {"all": slice(0, 60), "most": slice(5, 60), "turned": turned}
    spaces = {name: x[part] @ rotation(6, 1) for name, part in parts.items()}
    listed = [[ids[i] for i in np.arange(60)[part]] for part in parts.values()]
    found = matrix(spaces, ids=tuple(listed), measures="mrr", **OPTIONS)
    assert found.matching["items"] == 55
    assert [one["dropped"] for one in found.spaces] == [5, 0, 5]
    assert {round(pair.scores[0].value, 9) for pair in found.pairs} == {1.0}
    assert "5 of the 60 items of turned have no match and were dropped" in found.warnings


def test_files_that_are_streamed_give_the_same_scores(tmp_path, monkeypatch):
    spaces = dict(zip("abc", family()[:3], strict=True))
    for name, rows in spaces.items():
        np.save(tmp_path / f"{name}.npy", rows)
    whole = matrix(spaces, **OPTIONS)
    for name, size in {"stored.HELD": 0, "unit.KEPT": 0, "space.READ": 999}.items():
        monkeypatch.setattr(f"latcomp.spaces.{name}_BYTES", size)
    streamed = matrix({name: tmp_path / f"{name}.npy" for name in spaces}, **OPTIONS)
    assert [pair.scores for pair in streamed.pairs] == [pair.scores for pair in whole.pairs]


def test_a_matrix_is_valid_and_comes_back_as_it_was():
    x, y, z = family()[:3]
    found = matrix([x, y, z], measures=several(), **OPTIONS)
    VALIDATOR.validate(json.loads(found.to_json()))
    again = Matrix.from_json(found.to_json())
    assert again.pairs == found.pairs
    assert again.to_json() == found.to_json()


def test_what_is_no_matrix_is_refused_by_name(tmp_path):
    path = tmp_path / "m.json"
    text = matrix(family()[:2], measures="mrr", **OPTIONS).to_json()
    for broken, problem in (
        (text.replace('"columns"', '"colums"', 1), "no valid latcomp matrix"),
        (text.replace("matrix/1", "matrix/9"), "its schema is 'latcomp/matrix/9'"),
        ("[]", "it is not a latcomp matrix"),
    ):
        path.write_text(broken, encoding="utf-8")
        with pytest.raises(InputError, match=problem):
            latcomp.read_matrix(path)


class StoppedError(Exception):
    """A run is killed."""


def stopping(after):
    def watch(step, done, total):
        if step == "pairs" and done == after:
            raise StoppedError

    return watch


def timeless(found):
    document = json.loads(found.to_json())
    del document["times"]
    return json.dumps(document)


@pytest.mark.parametrize("cut", [0, 7], ids=["between pairs", "in the middle of a line"])
def test_a_killed_run_goes_on_and_gives_the_same_bytes(tmp_path, cut):
    spaces, journal = family(), tmp_path / ".m.json.partial"
    whole = matrix(spaces, **OPTIONS)
    with pytest.raises(StoppedError):
        matrix(spaces, journal=journal, watch=stopping(4), **OPTIONS)
    text = journal.read_bytes()
    journal.write_bytes(text[: len(text) - cut])
    steps = []
    again = matrix(
        spaces, journal=journal, watch=lambda step, *_: steps.append(step), block=None, **OPTIONS
    )
    assert timeless(again) == timeless(whole)
    assert steps.count("rows") < 6 * 2


def test_a_journal_of_other_inputs_or_options_is_refused_by_what_differs(tmp_path):
    spaces, journal = family(), tmp_path / "journal"
    with pytest.raises(StoppedError):
        matrix(spaces, journal=journal, watch=stopping(2), measures="mrr", **OPTIONS)
    for other, more, differs in (
        (spaces, {"measures": "cka"}, "measures"),
        (spaces, {"measures": "mrr", "seed": 1, "queries": 50}, "anchors, protocol"),
        ([spaces[0] + 1, *spaces[1:]], {"measures": "mrr"}, "spaces"),
    ):
        with pytest.raises(InputError, match=f"holds 2 pairs of a run with other {differs}"):
            matrix(other, journal=journal, **{**OPTIONS, **more})
    journal.write_text("nonsense\n", encoding="utf-8")
    with pytest.raises(InputError, match="is not the journal of a matrix"):
        matrix(spaces, journal=journal, measures="mrr", **OPTIONS)
