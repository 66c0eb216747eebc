"""Two versions of one model: drop-in, re-index needed, or not comparable."""

import json

import jsonschema
import numpy as np
import pytest

import latcomp
from latcomp.errors import UsageError
from latcomp.report import schema_text
from latcomp.scoring.samemodel import Thresholds
from latcomp.scoring.thresholds import parse_thresholds
from tests.commands import latcomp_command

N, D = 300, 24


@pytest.fixture(scope="module")
def old():
    """Vectors with a decaying spectrum, as encoders have."""
    scale = 1 / np.sqrt(1 + np.arange(D))
    return np.random.default_rng(0).standard_normal((N, D)) * scale


def turned(x):
    return x @ np.linalg.qr(np.random.default_rng(1).standard_normal((D, D)))[0]


def noisy(x, much):
    return x + much * np.random.default_rng(2).standard_normal(x.shape) * x.std(0)


def verdict(old, new, thresholds=None):
    extra = latcomp.SameModel(thresholds or Thresholds())
    report = latcomp.compare(old, new, anchors=None, measures="same-model", extras=[extra])
    jsonschema.validate(json.loads(report.to_json()), json.loads(schema_text()))
    return report


CASES = [
    ("exported again", lambda x: x.astype(np.float32), "drop-in"),
    ("as float16", lambda x: x.astype(np.float16), "drop-in"),
    ("in 8 bits", lambda x: np.round(x * 127 / abs(x).max()) * abs(x).max() / 127, "drop-in"),
    ("slightly trained", lambda x: noisy(x, 0.02), "drop-in"),
    ("rotated", turned, "re-index needed"),
    ("first 20 of 24 dimensions", lambda x: x[:, :20], "re-index needed"),
    ("twice as long", lambda x: 2 * x, "re-index needed"),
    ("further trained", lambda x: noisy(x, 0.15), "re-index needed"),
    (
        "another model",
        lambda x: np.random.default_rng(3).standard_normal(x.shape),
        "not comparable",
    ),
    ("shuffled", lambda x: np.random.default_rng(4).permutation(x), "not comparable"),
]


@pytest.mark.parametrize(
    ("change", "word"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_the_word_fits_what_was_done(old, change, word):
    assert verdict(old, change(old)).verdict["word"] == word


def test_the_numbers_behind_the_word_are_those_of_numpy(old):
    new = noisy(old, 0.1)
    found = verdict(old, new).verdict["found"]
    lengths = np.linalg.norm(new, axis=1) / np.linalg.norm(old, axis=1)
    unit = [x / np.linalg.norm(x, axis=1, keepdims=True) for x in (old, new)]
    cosines = (unit[0] * unit[1]).sum(1)
    for at in (0.0, 0.05, 0.5, 1.0):
        assert found["cosine"][f"{at:g}"] == pytest.approx(np.quantile(cosines, at))
        assert found["norm"][f"{at:g}"] == pytest.approx(np.quantile(lengths, at))
    before, across = (
        np.where(np.eye(N, dtype=bool), -np.inf, x @ unit[0].T).argsort(1)[:, ::-1][:, :10]
        for x in unit
    )
    recall = np.mean([len(set(x) & set(y)) / 10 for x, y in zip(before, across, strict=True)])
    assert found["recall"] == pytest.approx(recall)
    assert found["self_retrieval"] == np.mean((unit[1] @ unit[0].T).argmax(1) == np.arange(N))


def test_thresholds_are_printed_and_adjustable(old):
    new = noisy(old, 0.15)
    strict, lenient = verdict(old, new), verdict(old, new, Thresholds(cosine=0.8, recall=0.5))
    assert strict.verdict["word"] == "re-index needed"
    assert lenient.verdict["word"] == "drop-in"
    assert "met: at least 0.5" in " ".join(lenient.verdict["because"])


def test_the_command_says_the_word(old, tmp_path):
    for name, vectors in (("old.npy", old), ("new.npy", turned(old))):
        np.save(tmp_path / name, vectors)
    asked = ["compare", tmp_path / "old.npy", tmp_path / "new.npy", "--same-model"]
    result = latcomp_command(*asked, "--require", "absolute.hit@1[b->a]>=0.99")
    assert result.exit_code == 1
    assert "verdict: re-index needed" in result.stdout
    assert "not met: at least 0.95" in result.stdout
    adjusted = latcomp_command(*asked, "--threshold", "overlap=1.1")
    assert "verdict: not comparable" in adjusted.stdout


@pytest.mark.parametrize("text", ["recal=0.9", "recall=high", "recall"])
def test_a_wrong_threshold_is_a_usage_error(text):
    with pytest.raises(UsageError):
        parse_thresholds([text], Thresholds)
