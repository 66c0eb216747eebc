"""The figures of the paper and of the real word pairs, to about two digits."""

import numpy as np
import pytest

from latcomp import compare


def words(shared, name, *spaces):
    with np.load(shared / "data" / "words" / name) as arrays:
        return [arrays[space] for space in spaces]


def relative(report, measure):
    return [score.value for score in report.find(measure)]


@pytest.fixture(scope="module")
def nouns(shared):
    return words(shared, "pair_glove300_googlenews300_nouns.npz", "glove", "word2vec")


def test_nouns_score_near_the_published_figures(nouns):
    report = compare(*nouns, seeds=4, measures=["jaccard", "mrr", "cosine"])
    assert relative(report, "jaccard") == pytest.approx([0.39, 0.43], abs=0.04)
    assert relative(report, "mrr") == pytest.approx([0.93, 0.96], abs=0.03)
    assert relative(report, "cosine") == pytest.approx([0.87], abs=0.03)
    for score in report.scores:
        if score.space == "absolute":
            assert abs(score.value) < 0.02


def test_centring_raises_the_retrieval_of_nouns(nouns):
    plain = compare(*nouns, seeds=2, measures=["mrr"])
    centred = compare(*nouns, seeds=2, measures=["mrr"], center=True)
    assert min(relative(centred, "mrr")) > max(relative(plain, "mrr"))


def test_the_pair_of_unequal_widths_needs_centring_and_has_no_absolute_score(shared):
    pair = words(shared, "pair_glove50_googlenews300.npz", "glove", "word2vec")
    plain = compare(*pair, seeds=1, measures=["mrr"])
    centred = compare(*pair, seeds=1, measures=["mrr"], center=True)
    assert relative(plain, "mrr") == pytest.approx([0.13, 0.84], abs=0.05)
    assert relative(centred, "mrr") == pytest.approx([0.76, 0.93], abs=0.03)
    for score in plain.find("mrr", "absolute"):
        assert score.value is None
        assert score.reason == "needs equal dimensions: 50 and 300"
