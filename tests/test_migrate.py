"""Migration: constructed cases whose verdict is known, and numbers that plain numpy finds, too."""

import json

import h5py
import jsonschema
import numpy as np
import pytest
import torch

from latcomp.draws import permutation
from latcomp.errors import InputError, UsageError
from latcomp.findings import schema_text
from latcomp.migration.migrate import migrate
from latcomp.migration.verdict import Thresholds
from latcomp.numerics.chance import expected_reciprocal
from latcomp.numerics.lookup import look, nearest
from latcomp.numerics.retrieval import Held
from tests.commands import latcomp_command
from tests.data import names, rng, rotation, space, with_duplicates

N, D = 400, 8
OLD = space(N, D)


def found(old, new, **options):
    return migrate(old, new, **{"anchors": 50, "queries": 60, "methods": "ortho,affine", **options})


def recall(findings, way):
    return findings.find("recall", way)[0].value


def bent(x, seed=5):
    """The same neighbours in part only: a random layer with a kink."""
    return np.maximum(x @ rng(seed).standard_normal((x.shape[1], 40)), 0)


@pytest.mark.parametrize(
    ("new", "word", "best"),
    [
        (2 * OLD, "query the old index as it is", "unchanged"),
        (OLD + 0.01 * space(N, D, 3), "query the old index as it is", "unchanged"),
        (3 * OLD @ rotation(D), "translate the queries", "ortho"),
        (OLD @ np.linalg.qr(space(20, D, 7))[0].T, "translate the queries", "ortho"),
        (space(N, D, 9), "re-embed", None),
        (bent(OLD), "re-embed", None),
    ],
    ids=["rescaled", "jittered", "rotated", "embedded in more dimensions", "independent", "bent"],
)
def test_the_verdict_fits_what_was_done(new, word, best):
    findings = found(OLD, new)
    assert findings.verdict["word"] == word
    assert recall(findings, "re-embedded") == 1
    if best is not None:
        assert findings.usual == best
        assert recall(findings, best) > 0.9


def test_an_independent_model_is_at_chance_and_said_to_be():
    findings = found(OLD, space(N, D, 9), queries=80)
    for score in findings.scores:
        if score.measure == "recall" and score.space not in ("re-embedded",):
            assert abs(score.value - score.chance) < 0.05
    lines = [text for text in findings.verdict["because"] if "not met" in text]
    assert len(lines) == 4
    assert all("no better than chance" in text for text in lines)


def test_a_relative_index_sees_through_a_rotation():
    findings = found(OLD, 3 * OLD @ rotation(D), anchors=150)
    assert recall(findings, "relative") > 0.7
    assert recall(findings, "unchanged") < 0.2


def test_widths_that_differ_leave_no_way_unchanged():
    findings = found(OLD, space(N, 5, 2))
    score = findings.find("recall", "unchanged")[0]
    assert (score.value, score.reason) == (None, "needs equal dimensions: 8 and 5")


def test_queries_of_files_are_searched_as_numpy_does():
    corpus, asked = space(300, D), space(30, D, 1)
    turn = rotation(D)
    new, q = corpus @ turn + 0.3 * space(300, D, 2), asked @ turn
    findings = found(corpus, new, queries_new=q, queries_old=asked, fit_on=100, k=5)
    assert not findings.protocol["held_out"]
    unit = [each / np.linalg.norm(each, axis=1, keepdims=True) for each in _index(corpus, new)]
    u_asked, u_q = (each / np.linalg.norm(each, axis=1, keepdims=True) for each in (asked, q))
    truth = np.argsort(-(u_q @ unit[1].T), axis=1)[:, :5]
    for way, scores in (("today", u_asked @ unit[0].T), ("unchanged", u_q @ unit[0].T)):
        got = np.argsort(-scores, axis=1)
        share = np.mean([len(set(a[:5]) & set(b)) / 5 for a, b in zip(got, truth, strict=True)])
        assert recall(findings, way) == pytest.approx(share)
        ranks = [list(a).index(b[0]) + 1 for a, b in zip(got, truth, strict=True)]
        assert findings.find("mrr", way)[0].value == pytest.approx(np.mean(1 / np.array(ranks)))


def _index(corpus, new):
    """The rows that no map is fitted on, as `migrate` draws them for seed 0 and --fit-on 100."""
    rows = permutation(len(corpus), 0, "migrated")[100:].sort().values.numpy()
    return corpus[rows], new[rows]


def test_relevant_items_are_what_should_be_found_where_they_are_given():
    pairs = [(f"item-{i:03}", f"item-{i + 1:03}") for i in range(0, 100, 2)]
    findings = migrate_with_ids(pairs)
    assert findings.protocol["truth"] == "the items that are given as relevant"
    assert recall(findings, "re-embedded") < 1


def migrate_with_ids(pairs):
    with h5py.File("corpus.h5", "w") as file:
        file["embeddings"], file["ids"] = OLD, names(N)
    with h5py.File("asked.h5", "w") as file:
        file["embeddings"], file["ids"] = OLD[:100:2], names(N)[:100:2]
    return found("corpus.h5", "corpus.h5", queries_new="asked.h5", relevant=pairs)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("old.npy", OLD)
    np.save("new.npy", 3 * OLD @ rotation(D))
    np.save("wide.npy", space(20, D + 1))
    return tmp_path


def test_thresholds_are_printed_and_adjustable():
    new = 3 * OLD @ rotation(D) + 0.5 * space(N, D, 8)
    share = recall(found(OLD, new), "ortho")
    assert 0.2 < share < 0.9
    strict, lax = (found(OLD, new, thresholds=Thresholds(least)) for least in (0.9, share - 0.01))
    assert strict.verdict["word"] == "re-embed"
    assert lax.verdict["word"] == "translate the queries"
    assert any("not met: at least 0.900" in text for text in strict.verdict["because"])


def test_the_command_gates_and_writes_valid_json(folder):
    command = ["migrate", "old.npy", "new.npy", "--anchors", "50", "--json", "m.json"]
    run = latcomp_command(*command, "--require", "recall@10>=0.9", "--require", "mrr>=0.9")
    assert run.exit_code == 0, run.stderr
    assert "verdict: translate the queries" in run.stdout
    assert "today" in run.stdout
    document = json.loads((folder / "m.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(json.loads(schema_text())).validate(document)
    failed = latcomp_command(*command, "--require", "unchanged.recall@10>=0.5", "--quiet")
    assert (failed.exit_code, failed.stdout) == (1, "")


@pytest.mark.parametrize(
    ("arguments", "code", "problem"),
    [
        (["--queries-new", "wide.npy"], 3, "wide.npy has 9 dimensions and new.npy has 8"),
        (["--queries-old", "old.npy"], 2, "--queries-old needs the same queries as --queries-new"),
        (["--truth", "both"], 2, "the truth is new or old, found 'both'"),
        (["--fit-on", "400"], 2, "maps cannot be fitted on 400 of 320 items and leave an index"),
        (["-k", "200"], 3, "k = 200 needs more items in the index than 160"),
        (["--threshold", "recal=1"], 2, "unknown threshold 'recal'"),
        (["--relevant", "gone.csv"], 3, "gone.csv cannot be read: No such file or directory"),
        (["--queries-new", "new.npy", "--truth", "old"], 2, "the old model's results need its"),
        (["--methods", "orto"], 2, "unknown translation method 'orto'"),
        (["--require", "ridge.mrr>=1", "--methods", "ortho"], 3, "'ridge.mrr>=1' asks for a score"),
    ],
)
def test_wrong_input_is_one_clear_error(arguments, code, problem):
    run = latcomp_command("migrate", "old.npy", "new.npy", "--anchors", "20", *arguments)
    assert run.exit_code == code, run.stderr
    assert problem in run.stderr
    assert "Traceback" not in run.stderr


def test_relevant_items_need_ids():
    with pytest.raises(InputError, match="the queries or items have no ids"):
        found(OLD, OLD, relevant=[("a", "b")])
    with pytest.raises(UsageError, match="seeds run from 0"):
        found(OLD, OLD, seed=-1)


@pytest.mark.parametrize("pairs_at_a_time", [1, 300, 2**23])
def test_search_is_exact_whatever_the_block_ties_by_row(monkeypatch, pairs_at_a_time):
    monkeypatch.setattr("latcomp.numerics.lookup.CHUNK_PAIRS", pairs_at_a_time)
    rows = with_duplicates(space(60, 5), copies=20)
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    queries = unit[:7]
    scores = np.round(queries @ unit.T, 12)
    order = np.argsort(-scores, axis=1, kind="stable")
    held, asked = Held(torch.from_numpy(unit)), torch.from_numpy(queries)
    np.testing.assert_array_equal(nearest(asked, held, 9), order[:, :9])
    targets = torch.tensor([[3, 50, -1]] * 7)
    ranks = [min(list(line).index(3), list(line).index(50)) + 1 for line in order]
    assert look(asked, held, 9, targets).ranks.tolist() == ranks


def test_the_chance_of_the_first_of_several_is_that_of_counting():
    draws = np.array([rng(seed).permutation(12)[:3].min() + 1 for seed in range(4000)])
    assert expected_reciprocal(12, 3) == pytest.approx((1 / draws).mean(), abs=0.02)
    assert expected_reciprocal(5, 1) == pytest.approx(np.mean(1 / np.arange(1, 6)))


def test_what_happened_while_reading_is_told():
    old = OLD.copy()
    old[3] = 0
    warnings = found(old, 3 * OLD @ rotation(D), skip_invalid=True).warnings
    assert any("matched by position" in text for text in warnings)
    assert "1 row of old holds NaN, Inf or only zeros and was left out" in warnings


@pytest.mark.parametrize("d", [16, 128])
def test_the_nearest_row_is_ranked_first(d):
    draw = torch.Generator().manual_seed(0)
    queries, rows = (
        torch.nn.functional.normalize(torch.randn(n, d, generator=draw, dtype=torch.float64))
        for n in (1000, 1500)
    )
    rows[700:710] = rows[:10]
    first = nearest(queries, Held(rows), 1)
    assert set(look(queries, Held(rows), 1, first).ranks.tolist()) == {1}
