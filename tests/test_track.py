"""Tracking: similarities as compare finds them, correlations as scipy does, each by its name."""

import csv
import json

import h5py
import jsonschema
import numpy as np
import pytest
from scipy import stats

from latcomp import InputError, UsageError, compare, track
from latcomp.gates.rules import conclude, judge, parse_track_rule
from latcomp.tracking.correlating import Series, coefficient, correlate, ranked_interval
from latcomp.tracking.measured import want
from latcomp.tracking.scored import Columns, Known, matched_scores, read_scores, short_names
from latcomp.tracking.tracked import track_schema_text
from tests.data import names, rotation, space

VALIDATOR = jsonschema.Draft202012Validator(json.loads(track_schema_text()))


def checkpoints(count=4, n=150, d=8):
    """A reference, and rotated copies of it with less and less noise."""
    x = space(n, d)
    return x, [
        x @ rotation(d, i) + (2 - 1.9 * i / count) * space(n, d, 50 + i) for i in range(count)
    ]


def series(similarity, known):
    return Series("cosine", "relative", None, tuple(similarity), tuple(known))


def of_runs(count, epochs=6, seed=0, noise=0.05, offset=1.0):
    """Runs whose score goes with similarity but for noise, and whose offsets do not."""
    rng = np.random.default_rng(seed)
    similarity, known = [], []
    for run in range(count):
        lift, level = offset * rng.standard_normal(2)
        for epoch in range(epochs):
            one, other = epoch / epochs + noise * rng.standard_normal(2)
            similarity.append(float(level + one))
            known.append(Known(float(lift + other), str(run), epoch))
    return series(similarity, known)


def test_similarities_are_those_that_compare_finds():
    x, held = checkpoints()
    rows = list(range(40))
    found = track(x, *held, anchors=rows, measures="cosine,mrr,cka,mutual-knn,relative.cka")
    for y, point in zip(held, found.checkpoints, strict=True):
        report = compare(x, y, anchors=rows, measures="cosine,mrr,cka,mutual-knn", queries="all")
        for score in point.scores:
            (wanted,) = report.find(score.label, score.space, score.direction)
            assert score.value == pytest.approx(wanted.value, abs=1e-9)
            assert score.interval == pytest.approx(wanted.interval, abs=1e-9)


def test_a_checkpoint_nearer_to_the_reference_scores_higher():
    x, held = checkpoints()
    found = track(x, *held, x, anchors=40)
    for measure, where in (("cosine", "relative"), ("cka", "absolute")):
        values = [score.value for score in found.find(measure, where)]
        assert values == sorted(values)
        assert values[-1] == pytest.approx(1)


def test_measures_go_to_the_space_where_they_say_something():
    wanted = want("cosine,cka,relative.cka,absolute.cosine,mutual-knn@5", 10)
    assert [str(one) for one in wanted.relative] == ["cosine", "cka"]
    assert [str(one) for one in wanted.absolute] == ["cka", "cosine", "mutual-knn@5"]


def test_within_and_across_runs_are_different_questions():
    """Every run rises with its own score, while what runs end at has nothing to do with it."""
    found = {(c.over, c.coefficient): c for c in correlate(of_runs(60, offset=5.0), None, 0.95, 0)}
    assert found["within-run", "pearson"].value > 0.95
    assert abs(found["across-run", "pearson"].value) < 0.3
    low, high = found["across-run", "pearson"].interval
    assert low < 0 < high


def test_correlations_are_those_of_scipy():
    held = of_runs(7, epochs=5, seed=3)
    by_run = [range(5 * run, 5 * run + 5) for run in range(7)]
    x, y = np.array(held.similarity), np.array([one.score for one in held.known])
    last = [run[-1] for run in by_run]
    for kind, find in (("pearson", stats.pearsonr), ("spearman", stats.spearmanr)):
        within, across = (c for c in correlate(held, None, 0.9, 0) if c.coefficient == kind)
        wanted = np.mean([find(x[list(run)], y[list(run)]).statistic for run in by_run])
        assert (within.value, within.n) == (pytest.approx(wanted), 7)
        assert (across.value, across.n) == (pytest.approx(find(x[last], y[last]).statistic), 7)
        if kind == "pearson":
            bounds = stats.pearsonr(x[last], y[last]).confidence_interval(0.9)
            assert across.interval == pytest.approx(tuple(bounds))


def test_the_interval_of_a_rank_correlation_mostly_holds_the_true_one():
    """Against Spearman's coefficient of the population: 6 / pi asin(r / 2) for normal pairs."""
    rng = np.random.default_rng(0)
    true = 6 / np.pi * np.arcsin(0.7 / 2)
    held = []
    for _ in range(400):
        x, e = rng.standard_normal((2, 30))
        value = coefficient(x.tolist(), (0.7 * x + np.sqrt(1 - 0.49) * e).tolist(), "spearman")
        low, high = ranked_interval(value, 30, 0.95)
        held.append(low <= true <= high)
    assert np.mean(held) > 0.92


def test_the_interval_within_runs_mostly_holds_the_mean_over_many_runs():
    everything = correlate(of_runs(400, seed=1000, noise=0.2), None, 0.95, 0)[0].value
    held = []
    for seed in range(40):
        low, high = correlate(of_runs(15, seed=seed, noise=0.2), None, 0.95, 0)[0].interval
        held.append(low <= everything <= high)
    assert np.mean(held) >= 0.8


def test_few_runs_get_no_interval_and_the_reason():
    for correlation in correlate(of_runs(4), None, 0.95, 0):
        assert correlation.interval is None
        assert "no interval" in correlation.note


def test_runs_that_do_not_reach_a_score_are_left_out():
    held = of_runs(8, seed=2)
    best = {}
    for one in held.known:
        best[one.run] = max(best.get(one.run, -9), one.score)
    middle = sorted(best.values())[4]
    within, across, *_ = correlate(held, middle, 0.95, 0)
    assert (within.n, across.n) == (4, 4)


def test_checkpoints_of_a_run_are_ordered_by_epoch_not_by_row():
    known = [Known(1.0, "r", 3), Known(2.0, "r", 1), Known(3.0, "r", 2), Known(9.0, "q", 1)]
    assert series([0.1, 0.2, 0.3, 0.4], known).runs(None) == [[1, 2, 0], [3]]


def test_a_run_that_never_changes_is_left_out_and_said():
    held = of_runs(6)
    flat = [Known(0.5, "flat", epoch) for epoch in range(6)]
    within, *_ = correlate(
        series([*held.similarity, *range(6)], [*held.known, *flat]), None, 0.95, 0
    )
    assert within.n == 6
    assert within.note == "1 of 7 runs have too few checkpoints, or all alike"


def test_without_runs_every_checkpoint_counts_by_itself():
    within, across, *_ = correlate(series(range(9), [Known(i**2) for i in range(9)]), None, 0.95, 0)
    assert within.value is None
    assert within.reason.startswith("no run has 3 checkpoints")
    assert (across.n, across.value > 0.9) == (9, True)


@pytest.fixture
def files(tmp_path):
    """A reference, five runs of three epochs each as datasets of one file, and their scores."""
    x = space(120, 6)
    with h5py.File(tmp_path / "good.h5", "w") as good, h5py.File(tmp_path / "r.h5", "w") as runs:
        good["embeddings"], good["ids"] = x, names(120)
        runs["ids"] = names(120)
        lines = [["dataset", "val_acc", "run", "epoch"]]
        for run in range(5):
            for epoch in (2, 10, 1):
                noise = 1.0 + run / 3 + 2 / epoch
                runs[f"r{run}/e{epoch}"] = x @ rotation(6, run) + noise * space(120, 6, 99 + epoch)
                lines.append([f"r{run}/e{epoch}", 1 / noise, run, epoch])
    with (tmp_path / "s.csv").open("w", newline="") as file:
        csv.writer(file).writerows(lines)
    return tmp_path


COMMAND = "track good.h5 r.h5::* --scores s.csv --anchors 20"


def test_the_command_shows_checkpoints_and_both_correlations(latcomp_run, files):
    result = latcomp_run(COMMAND + " --plot t.png --json t.json --require 'cosine>=0.9'")
    assert result.exit_code == 1, result.stderr
    for text in ("r0/e1 ", "r4/e10 ", "within-run correlation", "across-run correlation"):
        assert text in result.stdout
    assert (files / "t.png").read_bytes().startswith(b"\x89PNG")
    document = json.loads((files / "t.json").read_text(encoding="utf-8"))
    VALIDATOR.validate(document)
    within = next(c for c in document["correlations"] if c["measure"] == "cosine")
    assert (within["over"], within["n"], within["value"] > 0.9) == ("within-run", 5, True)


def test_the_command_writes_a_page(latcomp_run, files):
    result = latcomp_run(COMMAND + " --html t.html --quiet")
    assert result.exit_code == 0, result.stderr
    assert "within a run" in (files / "t.html").read_text(encoding="utf-8")


def test_equal_commands_give_equal_documents(latcomp_run, files):
    one, other = (json.loads(latcomp_run(COMMAND + " --json -").stdout) for _ in range(2))
    del one["times"], other["times"]
    assert one == other


@pytest.fixture(scope="module")
def tracked():
    x, held = checkpoints(9)
    known = {str(place): Known(place, str(place // 3), place) for place in range(9)}
    return track(x, *held, names=list(known), scores=known, anchors=20)


@pytest.mark.parametrize(
    ("rule", "met"),
    [
        ("cosine>=0.99", False),
        ("cosine<=0.99", True),
        ("cka[8]>=0.9", True),
        ("relative.cosine[0]>=0.9", False),
        ("within-run.cosine>=0.5", True),
        ("across-run.cka[pearson]>=1.5", False),
    ],
)
def test_gates_hold_checkpoints_and_correlations_against_bounds(rule, met, tracked):
    judged = judge(tracked, [parse_track_rule(rule)])
    assert conclude(judged) is met
    VALIDATOR.validate(json.loads(judged.to_json()))


@pytest.mark.parametrize("rule", ["mrr>=0.1", "cosine[nobody]>=0.1", "within-run.mrr>=0"])
def test_a_gate_on_what_was_not_found_cannot_be_judged(rule, tracked):
    with pytest.raises(InputError, match="asks for a score that the report does not have"):
        conclude(judge(tracked, [parse_track_rule(rule)]))


def test_rows_of_scores_may_name_files_or_datasets():
    known = {"a.h5": Known(1), "two": Known(2), "layer1": Known(3), "x.h5::layer2": Known(4)}
    asked = ["runs/a.h5", "runs/two.npy", "runs/x.h5::layer1", "runs/x.h5::layer2"]
    assert [one.score for one in matched_scores(known, asked)] == [1, 2, 3, 4]
    assert short_names(asked) == asked
    with pytest.raises(InputError, match=r"fit runs/a\.h5 in two ways: a and a\.h5"):
        matched_scores({**known, "a": Known(5)}, ["runs/a.h5"])


BAD = {
    "has no column of names; it has: id, score": "id,score\na,1\n",
    "has no column of scores; it has: name, loss": "name,loss\na,1\n",
    "line 3 has 'high' for score; a number was expected": "name,score\na,1\nb,high\n",
    "has two rows for 'a'": "name,score\na,1\na,2\n",
    "holds no rows": "name,score\n",
    "more or fewer fields": "name,score\na,1,2\n",
}


@pytest.mark.parametrize("problem", BAD)
def test_scores_that_cannot_be_read_are_refused_by_name(problem, tmp_path):
    path = tmp_path / "s.csv"
    path.write_text(BAD[problem], encoding="utf-8")
    with pytest.raises(InputError, match=problem):
        read_scores(path, Columns())


def test_wrong_requests_are_refused_by_name():
    x, (y, *_) = checkpoints(2)
    with pytest.raises(UsageError, match="at least one checkpoint"):
        track(x)
    with pytest.raises(UsageError, match="2 names were given for 1 checkpoints"):
        track(x, y, names=["one", "two"])
    with pytest.raises(InputError, match="the scores have no row for 1"):
        track(x, y, anchors=9, scores={"other": 1.0})
