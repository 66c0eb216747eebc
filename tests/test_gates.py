"""Rules on a report, and on a report against a baseline, decide the exit code."""

import json
import math
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest

import latcomp
from latcomp.errors import InputError, UsageError
from latcomp.gates.baseline import Shared, against, differences, parse_max_drop
from latcomp.gates.rules import conclude, judge, parse_rule
from latcomp.gates.rulesfile import read_rules
from latcomp.report import Report, read_report, schema_text
from tests.commands import latcomp_command
from tests.simulations import alike, before_and_after, compare_alike

OLD = Path(__file__).parent / "report_0_1.json"
"""Written by version 0.1.0 at its first commit, before intervals had kinds and gates details."""


@pytest.fixture(scope="module")
def report():
    return compare_alike(0, ["jaccard", "mrr", "cosine", "cka"])


@pytest.fixture
def saved(report, tmp_path):
    path = tmp_path / "report.json"
    path.write_text(report.to_json())
    return path


def changed(report, name, by):
    """The report with every score of one measure moved."""
    scores = (replace(s, value=s.value + by) if s.measure == name else s for s in report.scores)
    return replace(report, scores=tuple(scores))


def worse_direction(report, name):
    return min(score.value for score in report.find(name))


def test_a_report_of_an_earlier_version_still_reads_shows_and_gates():
    old = read_report(OLD)
    assert old.find("jaccard")[0].interval_both is None
    jsonschema.validate(json.loads(OLD.read_text()), json.loads(schema_text()))
    assert Report.from_json(old.to_json()) == old
    for form in ("terminal", "markdown", "junit", "csv", "latex", "github", "jsonlines", "json"):
        shown = latcomp_command("show", OLD, "--format", form)
        assert shown.exit_code == 0, shown.stderr
    gated = latcomp_command("gate", OLD, "--baseline", OLD, "--max-drop", "mrr=0.02")
    assert gated.exit_code == 0


def test_a_judged_report_is_valid_and_reads_again(report):
    judged = judge(report, [parse_rule("mrr>=2"), parse_rule("rsa>=0")], confident=True)
    jsonschema.validate(json.loads(judged.to_json()), json.loads(schema_text()))
    assert Report.from_json(judged.to_json()) == judged


def test_all_rules_are_judged_before_any_stops():
    rules = [parse_rule(text) for text in ("mrr>=2", "rsa>=0", "mrr>=0")]
    judged = judge(read_report(OLD), rules)
    assert [gate["met"] for gate in judged.gates[-3:]] == [False, False, True]
    with pytest.raises(InputError) as raised:
        conclude(judged)
    assert str(raised.value) == (
        "'rsa>=0' asks for a score that the report does not have\n\n"
        "hint: its relative scores are: jaccard@5, mrr@5, cosine, cka"
    )


@pytest.mark.parametrize("name", ["mrrr", "mrr-full"])
def test_a_rule_on_a_missing_score_costs_no_result(tmp_path, name):
    for file, vectors in zip("ab", alike(0, 40), strict=True):
        np.save(tmp_path / f"{file}.npy", vectors)
    asked = ["compare", tmp_path / "a.npy", tmp_path / "b.npy", "--anchors", 10]
    result = latcomp_command(*asked, "--require", f"{name}>=0.1", "--json", tmp_path / "r.json")
    assert result.exit_code == 3
    assert "jaccard@10" in result.stdout
    assert read_report(tmp_path / "r.json").gates[0]["met"] is False
    assert result.stderr == (
        f"error: '{name}>=0.1' asks for a score that the report does not have\n\n"
        "hint: its relative scores are: jaccard@10, mrr@10, cosine, hit@1, mutual-knn@10, cka\n"
    )


def test_a_directed_measure_is_judged_by_its_worse_direction(report):
    gate = judge(report, [parse_rule("jaccard>=0")]).gates[0]
    assert gate["value"] == worse_direction(report, "jaccard")
    named = judge(report, [parse_rule("relative.jaccard@5[b->a]>=0")]).gates[0]
    assert named["value"] == report.find("jaccard", direction="b->a")[0].value


def test_confidence_demands_the_end_of_the_interval(report):
    low, high = report.find("cosine")[0].interval_both
    middle = report.find("cosine")[0].value
    rule = parse_rule(f"cosine>={(low + middle) / 2}")
    assert judge(report, [rule]).gates[0]["met"]
    confident = judge(report, [rule], confident=True).gates[0]
    assert not confident["met"]
    assert confident["value"] == low
    upper = judge(report, [parse_rule("cosine<=1")], confident=True).gates[0]
    assert upper["value"] == high


def test_a_drop_fails_only_beyond_the_tolerance_and_the_noise(report):
    def met(drop, tolerance):
        rule = parse_max_drop(f"mrr={tolerance}")
        return against(on_other_items(changed(report, "mrr", -drop)), report, [rule])[0].met

    assert met(drop=0.001, tolerance=0.0)
    assert met(drop=0.1, tolerance=0.2)
    assert not met(drop=0.2, tolerance=0.1)
    assert met(drop=-0.5, tolerance=0.0)


def test_a_verdict_on_a_drop_says_what_it_is_made_of(report):
    verdict = against(changed(report, "cka", -0.3), report, [parse_max_drop("cka=0.1")])[0]
    now, before = (r.find("cka")[0].value for r in (changed(report, "cka", -0.3), report))
    assert verdict.rule == "cka drops by at most 0.1"
    assert verdict.detail.startswith(f"{before:.4f} to {now:.4f}, dropped 0.3000, noise 0.")


DIFFERENT = [
    ({"k": 4}, "k: 4 against 5"),
    ({"n": 140}, "items: 140 against 150"),
    ({"center": False}, "similarity: cosine against cosine(center)"),
    ({"anchors": 30}, "anchors: 30 uniform against 20 uniform"),
    ({"strategy": "farthest"}, "anchors: 20 farthest against 20 uniform"),
    ({"seeds": 3}, "draws of anchors: 3 against 4"),
    ({"queries": 50}, "queries: 50 against 150"),
    ({"exclude_anchors": True}, "anchors scored: False against True"),
]


@pytest.mark.parametrize(("options", "words"), DIFFERENT, ids=lambda value: str(value)[:20])
def test_reports_that_were_not_made_alike_are_not_compared(report, options, words):
    other = compare_alike(0, ["mrr"], **options)
    assert words in differences(other, report)


def test_other_draws_of_anchors_are_alike_but_one_other_draw_is_not(report):
    a, b = alike(0)
    asked = {"measures": "mrr", "anchors": 20, "center": True, "k": 5}
    assert differences(compare_alike(0, ["mrr"]), report) == []
    one, other = (latcomp.compare(a, b, seeds=1, seed=s, **asked) for s in (1, 2))
    expected = "anchors: other items, drawn once, so that their noise is unknown"
    assert differences(one, other) == [expected]


CODES = [
    (["--require", "mrr>=0", "--require", "cka>=0"], 0),
    (["--require", "mrr>=2", "--require", "cka>=0"], 1),
    (["--require", "mrr>2 or so"], 2),
    (["--max-drop", "mrr=0.1"], 2),
    (["--format", "word"], 2),
    ([], 2),
    (["--require", "rsa>=0"], 3),
    (["--baseline", "nowhere.json", "--max-drop", "mrr=0.1"], 3),
]


@pytest.mark.parametrize(("arguments", "code"), CODES, ids=lambda value: str(value))
def test_exit_codes_are_apart(saved, monkeypatch, arguments, code):
    monkeypatch.chdir(saved.parent)
    assert latcomp_command("gate", saved, *arguments).exit_code == code


def test_incomparable_reports_are_refused_unless_told_to(saved, tmp_path):
    other = tmp_path / "other.json"
    other.write_text(compare_alike(0, ["mrr"], k=4).to_json())
    asked = ["gate", other, "--baseline", saved, "--max-drop", "mrr=0.5"]
    refused = latcomp_command(*asked)
    assert refused.exit_code == 3
    assert "were not made alike: k: 4 against 5" in refused.stderr
    assert latcomp_command(*asked, "--anyway").exit_code == 0


def test_rules_come_from_the_pyproject_of_the_folder(saved, monkeypatch):
    monkeypatch.chdir(saved.parent)
    Path("pyproject.toml").write_text('[tool.latcomp]\nrequire = ["mrr>=2", "cka>=0"]\n')
    result = latcomp_command("gate", saved)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0].startswith("NOT MET  mrr>=2  (found ")
    assert result.stdout.splitlines()[1].startswith("met  cka>=0  (found ")


def test_a_tolerated_drop_of_a_file_names_the_file_where_there_is_no_baseline(saved, monkeypatch):
    monkeypatch.chdir(saved.parent)
    Path("pyproject.toml").write_text("[tool.latcomp]\nmax-drop = { mrr = 0.02 }\n")
    result = latcomp_command("gate", saved)
    assert result.exit_code == 2
    assert "max-drop in pyproject.toml needs a report to compare with" in result.stderr


def test_rules_come_from_a_file_of_their_own(saved, tmp_path):
    rules = tmp_path / "gates.toml"
    rules.write_text('confident = true\nmax-drop = { mrr = 0.02, "jaccard[a->b]" = 0.1 }\n')
    asked = ["gate", saved, "--rules", rules, "--baseline", saved]
    assert latcomp_command(*asked).exit_code == 0


WRONG_RULES = [
    ("require = 'mrr>=1'", "require must be a list of texts"),
    ("max-drop = { mrr = 'a' }", "max-drop must be a table of numbers"),
    ("confident = 1", "confident must be true or false"),
    ("max_drop = {}", "unknown key 'max_drop'"),
    ("max-drop = { mrr = -1 }", "cannot read the tolerance 'mrr=-1'"),
]


@pytest.mark.parametrize(("text", "words"), WRONG_RULES)
def test_a_wrong_rules_file_is_a_usage_error(tmp_path, text, words):
    path = tmp_path / "gates.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=words):
        read_rules(path)


def test_a_rules_file_that_is_not_toml_is_an_input_error(tmp_path):
    path = tmp_path / "gates.toml"
    path.write_text("mrr >= 1")
    with pytest.raises(InputError, match=r"gates\.toml is not TOML"):
        read_rules(path)


MEASURES = ["jaccard", "mrr", "cosine", "mutual-knn", "cka-debiased"]


def on_other_items(report):
    return replace(report, matching={**report.matching, "digest": "sha256:other"})


def drops(now, then, name):
    return not against(now, then, [parse_max_drop(f"{name}=0")])[0].met


def noise(now, then, name):
    return float(against(now, then, [parse_max_drop(f"{name}=0")])[0].detail.rpartition(" ")[2])


def test_a_small_change_of_one_model_shows_on_the_same_items_and_drowns_between_others():
    pairs = [before_and_after(seed, 0.15, 200) for seed in range(6)]
    for name in MEASURES:
        same = [noise(now, then, name) for then, now in pairs]
        apart = [noise(on_other_items(now), then, name) for then, now in pairs]
        assert np.mean(same) < 0.75 * np.mean(apart), name
        caught = sum(drops(now, then, name) for then, now in pairs)
        assert caught > sum(drops(on_other_items(now), then, name) for then, now in pairs), name


@pytest.mark.parametrize("both", [0.02, 0.03])
def test_between_other_items_and_anchors_the_noise_is_that_of_both_reports(report, both):
    """Also where the error over both is no larger than that over items."""
    errors = {"items": 0.02, "anchors": 0.01, "both": both}
    one = replace(report, scores=tuple(replace(s, errors=errors) for s in report.scores))
    other = replace(on_other_items(one), anchors={**one.anchors, "digests": ["sha256:other"] * 4})
    at_least, at_most = (z * math.sqrt(2) * both for z in (1.645, 2.2))  # t of 3 draws or more
    assert at_least - 1e-4 <= noise(one, other, "jaccard[a->b]") <= at_most


def test_a_change_that_makes_nothing_worse_is_rarely_a_drop_on_the_same_items():
    pairs = [
        [before_and_after(seed, change, 200)[1] for change in (0.4, -0.4)] for seed in range(10)
    ]
    for name in MEASURES:
        assert sum(drops(now, then, name) for then, now in pairs) <= 3, name


def test_the_gate_rarely_fails_two_draws_of_one_thing_and_catches_a_real_drop():
    asked = {"measures": ["jaccard", "mutual-knn"], "n": 200}
    pairs = [(compare_alike(s, **asked), compare_alike(s + 500, **asked)) for s in range(20)]
    worse = [compare_alike(s + 900, noise=0.9, **asked) for s in range(20)]
    for name in ("jaccard", "mutual-knn"):
        drop = sum(
            one.find(name)[0].value - bad.find(name)[0].value
            for (one, _), bad in zip(pairs, worse, strict=True)
        ) / len(worse)
        rule = [parse_max_drop(f"{name}={drop / 2}")]
        any_drop = [parse_max_drop(f"{name}=0")]
        false = sum(not against(two, one, any_drop)[0].met for one, two in pairs)
        caught = sum(
            not against(bad, one, rule)[0].met for (one, _), bad in zip(pairs, worse, strict=True)
        )
        assert false <= 3
        assert caught >= 18


@pytest.mark.parametrize("silent", ["-q", "--json -"])
def test_a_gate_that_is_not_met_is_named_where_no_table_names_it(latcomp_run, tmp_path, silent):
    np.save(tmp_path / "a.npy", alike(0, 60)[0])
    result = latcomp_run(f"compare a.npy a.npy --anchors 9 --seeds 1 --require 'mrr>=2' {silent}")
    assert result.exit_code == 1
    assert "NOT MET  mrr>=2  (found 1.0000)" in result.stderr


def test_anchors_of_other_files_take_no_share_of_the_items():
    x, y = alike(0, 300)
    options = {"anchors_from": (x[100:], y[100:]), "seeds": 4, "measures": "mrr", "k": 5}
    report = latcomp.compare(x[:100], y[:100], anchors=99, **options)
    assert Shared.by(report, report).share == 0
