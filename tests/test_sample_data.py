"""The sample data still score as the reports beside them say."""

import pytest

from latcomp import compare, read_report

PAIRS = {
    "words": ("words_word2vec.h5", "words_fasttext.h5"),
    "digits": ("digits_mlp.h5", "digits_cnn.h5"),
}
TOLERANCE = 1e-4


@pytest.mark.parametrize("name", PAIRS)
def test_the_sample_data_score_as_their_report_says(name, sample_data, monkeypatch):
    monkeypatch.chdir(sample_data)
    kept = read_report(sample_data / "reports" / f"{name}.json")
    found = compare(*PAIRS[name])
    assert found.anchors["digests"] == kept.anchors["digests"]
    assert found.matching["items"] == kept.matching["items"]
    for side in "ab":
        assert found.inputs[side]["digest"] == kept.inputs[side]["digest"]
    for score in kept.scores:
        (again,) = found.find(score.label, score.space, score.direction)
        where = (score.label, score.space, score.direction)
        assert again.value == pytest.approx(score.value, abs=TOLERANCE), where
        assert again.chance == pytest.approx(score.chance, abs=TOLERANCE), where
        assert again.reason == score.reason
        if score.over_seeds is not None:
            assert again.over_seeds["std"] == pytest.approx(score.over_seeds["std"], abs=TOLERANCE)


def test_two_words_that_are_not_ascii_are_among_the_ids(sample_data):
    from latcomp.loading.load import load

    ids = load(str(sample_data / "words_word2vec.h5"), "a").space.ids
    assert len(ids) == len(set(ids)) == 5000
    assert {word for word in ids if not word.isascii()} == {"bébée", "tête"}
