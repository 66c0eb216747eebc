"""Separate queries: would search results change?"""

import json

import h5py
import jsonschema
import numpy as np
import pytest

from latcomp import Report, UsageError, compare
from latcomp.report import schema_text
from tests.data import alike, names, rotation, space
from tests.reference import cosines, nearest, relative


def spaces(n=150, asked=40):
    """Corpora and queries of two models: x, y, and the same models' vectors of the queries."""
    x, y = alike(n + asked, 12, 9)
    return (x[asked:], y[asked:]), (x[:asked], y[:asked])


def jaccard(queries, corpora, k):
    lists = [nearest(cosines(q, c), k) for q, c in zip(queries, corpora, strict=True)]
    return np.mean(
        [len(set(a) & set(b)) / len(set(a) | set(b)) for a, b in zip(*lists, strict=True)]
    )


def scored(report, measure="query-jaccard", space="absolute"):
    (found,) = report.find(measure, space)
    return found


def test_the_agreement_of_results_is_that_of_searching_both_corpora():
    corpora, queries = spaces()
    report = compare(*corpora, query_files=queries, anchors=30, seeds=1, k=7, measures="cka")
    assert scored(report).value == pytest.approx(jaccard(queries, corpora, 7))
    assert scored(report).items == 40


def test_queries_are_expressed_by_the_anchors_of_the_corpus():
    corpora, queries = spaces()
    rows = list(range(30))
    report = compare(*corpora, query_files=queries, anchors=rows, k=5, measures="cka")
    together = [np.vstack([c, q]) for c, q in zip(corpora, queries, strict=True)]
    turned = [relative(z, rows) for z in together]
    want = jaccard([t[150:] for t in turned], [t[:150] for t in turned], 5)
    assert scored(report, space="relative").value == pytest.approx(want)


def test_a_rotated_system_finds_the_same():
    x, queries = space(200, 8), space(30, 8, seed=1)
    turn = rotation(8)
    report = compare(x, 3 * x @ turn, query_files=(queries, queries @ turn), anchors=20, seeds=2)
    for measure in ("query-jaccard", "query-rank-similarity"):
        for which in ("relative", "absolute"):
            assert scored(report, measure, which).value == pytest.approx(1)


def test_unrelated_systems_agree_by_chance_and_their_null_says_so():
    x, y = space(300, 8), space(300, 6, seed=1)
    queries = space(400, 8, seed=2), space(400, 6, seed=3)
    report = compare(x, y, query_files=queries, anchors=None, permutations=40)
    for measure in ("query-jaccard", "query-rank-similarity"):
        found = scored(report, measure)
        assert found.value == pytest.approx(found.chance, rel=0.2)
        assert found.null["mean"] == pytest.approx(found.chance, rel=0.1)
        assert found.interval[0] < found.chance < found.interval[1]


def test_query_files_with_ids_in_another_order_are_matched(tmp_path):
    corpora, (a, b) = spaces()
    order = np.random.default_rng(0).permutation(40)
    listed = np.array(names(40), dtype="S")
    for name, rows in (("a", slice(None)), ("b", order)):
        with h5py.File(tmp_path / name, "w") as file:
            file["embeddings"], file["ids"] = {"a": a, "b": b}[name][rows], listed[rows]
    files = tmp_path / "a", tmp_path / "b"
    report = compare(*corpora, query_files=files, anchors=None, measures="query-jaccard")
    assert scored(report).value == pytest.approx(jaccard((a, b), corpora, 10))
    assert report.queries["matching"]["by"] == "id"


def test_the_report_is_valid_and_says_where_queries_came_from():
    corpora, queries = spaces()
    report = compare(*corpora, query_files=queries, anchors=20, seeds=2)
    document = json.loads(report.to_json())
    jsonschema.Draft202012Validator(json.loads(schema_text())).validate(document)
    assert document["queries"]["a"]["shape"] == [40, 12]
    assert Report.from_json(report.to_json()).to_json() == report.to_json()


def test_other_measures_are_untouched_by_separate_queries():
    corpora, queries = spaces()
    options = {"anchors": 20, "seeds": 2, "measures": ["cka", "mutual-knn"]}
    plain = compare(*corpora, **options)
    asked = compare(*corpora, query_files=queries, **options)
    assert asked.scores[: len(plain.scores)] == plain.scores


def test_without_query_files_the_measures_say_what_they_need():
    (x, y), _ = spaces()
    report = compare(x, y, anchors=20, seeds=1, measures="queries")
    reason = "needs queries of their own: --query-file Q_A Q_B"
    assert {score.reason for score in report.scores} == {reason}


def test_queries_that_are_items_too_are_pointed_out(tmp_path):
    x = space(60, 5)
    for name, rows in (("x.h5", slice(0, 60)), ("q.h5", slice(0, 9))):
        with h5py.File(tmp_path / name, "w") as file:
            file["embeddings"] = x[rows]
            file["ids"] = np.array(names(60)[rows], dtype="S")
    corpus, queries = tmp_path / "x.h5", tmp_path / "q.h5"
    report = compare(corpus, corpus, query_files=(queries, queries), anchors=None)
    assert any("9 queries have the id of an item" in warning for warning in report.warnings)


@pytest.mark.parametrize("files", [("only.npy",), "only.npy"])
def test_one_query_file_is_not_enough(files):
    x = space(60, 5)
    with pytest.raises(UsageError, match="two files, one embedded by each model"):
        compare(x, x, query_files=files, anchors=10)


def test_one_query_has_scores_without_an_interval():
    x, y = alike(100, 6, 6)
    report = compare(x, y, anchors=10, seeds=1, queries=1, k=5)
    assert {score.items for score in report.find("mutual-knn")} == {1}
    assert all(score.interval is None for score in report.find("mutual-knn"))
