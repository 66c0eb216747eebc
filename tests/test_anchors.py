"""Anchors: chosen the same way every time, kept in a file, and refused where they do not fit."""

import json

import numpy as np
import pytest
import torch

from latcomp import InputError, UsageError, compare, relative
from latcomp.picking.anchorfile import read_anchors
from latcomp.picking.selecting import select_anchors
from tests.data import alike, names, space
from tests.reference import relative as reference_relative
from tests.reference import unit


def test_top_takes_the_first_items_of_the_file():
    assert select_anchors(space(60, 5), count=7, strategy="top").rows == list(range(7))


def test_farthest_takes_each_time_the_item_least_like_those_before_it():
    x = space(60, 5)
    rows = select_anchors(x, count=20, strategy="farthest", seed=3).rows
    scores = unit(x) @ unit(x).T
    for place in range(1, 20):
        nearest = scores[:, rows[:place]].max(1)
        nearest[rows[:place]] = np.inf
        assert rows[place] == nearest.argmin()


def test_kmeans_finds_one_anchor_in_every_cluster():
    centres = 10 * np.eye(6)
    x = np.repeat(centres, 20, axis=0) + 0.1 * space(120, 6)
    rows = np.array(select_anchors(x, count=6, strategy="kmeans").rows)
    assert sorted(rows // 20) == list(range(6))


def test_seeded_draws_differ_and_an_unseeded_strategy_draws_once():
    x, y = alike(60, 5, 5)
    drawn = compare(x, y, anchors=10, seeds=4).anchors
    assert len(set(drawn["digests"])) == 4
    assert compare(x, y, anchors=10, seeds=4, strategy="top").anchors["seeds"] == [0]


def test_relative_is_the_cosine_to_the_anchors():
    x = space(60, 5)
    rows = [4, 8, 15]
    for center in (False, True):
        found = relative(x, rows, center=center).numpy()
        np.testing.assert_allclose(found, reference_relative(x, rows, center), atol=1e-12)
    by_vectors = relative(x, torch.tensor(x[rows]))
    torch.testing.assert_close(by_vectors, relative(x, rows))


def kept(tmp_path, x, **options):
    path = tmp_path / "anchors.json"
    select_anchors(x, count=10, **options).write(path)
    return path


def save(path, x, ids=None):
    arrays = {"embeddings": x} if ids is None else {"embeddings": x, "ids": np.array(ids)}
    np.savez(path, **arrays)
    return str(path)


def test_a_file_of_anchors_scores_as_the_rows_it_names(tmp_path):
    x, y = alike(60, 5, 5)
    path = kept(tmp_path, x)
    chosen = read_anchors(path)
    report = compare(x, y, anchors=path)
    assert report.scores == compare(x, y, anchors=chosen.rows).scores
    assert report.anchors["file"] == str(path)
    assert report.anchors["strategy"] == "uniform"
    assert json.loads(path.read_text())["source"]["digest"] == report.inputs["a"]["digest"]


def test_anchors_with_ids_follow_their_items_into_other_files(tmp_path):
    x, y = alike(60, 5, 5)
    listed = names(60)
    first = save(tmp_path / "x.npz", x, listed)
    order = np.random.default_rng(0).permutation(60)
    second = save(tmp_path / "y.npz", y[order], [listed[i] for i in order])
    path = kept(tmp_path, first)
    straight = compare(x, y, anchors=read_anchors(path).rows)
    for one, score in zip(
        compare(first, second, anchors=path).scores, straight.scores, strict=True
    ):
        assert one.value == pytest.approx(score.value)
    assert compare(second, first, anchors=path).anchors["count"] == 10


def test_anchors_by_row_of_the_second_file_are_understood(tmp_path):
    x, y = alike(60, 5, 5)
    path = kept(tmp_path, y)
    rows = read_anchors(path).rows
    assert compare(x, y, anchors=path).scores == compare(x, y, anchors=rows).scores


def test_anchors_by_row_of_other_data_are_refused(tmp_path):
    x, y = alike(60, 5, 5)
    path = kept(tmp_path, space(60, 5, seed=9))
    with pytest.raises(InputError, match="by row number, in other data than these"):
        compare(x, y, anchors=path)


def test_an_anchor_that_was_dropped_is_named(tmp_path):
    x, y = alike(60, 5, 5)
    path = kept(tmp_path, x, strategy="top")
    broken = y.copy()
    broken[3] = np.nan
    with pytest.raises(InputError, match="row 3 is an anchor but was dropped"):
        compare(x, broken, anchors=path, skip_invalid=True)


def test_anchors_of_two_files_are_items_of_both():
    x, y = alike(60, 5, 5)
    y[10:] = np.nan
    chosen = select_anchors(x, y, count=10, skip_invalid=True)
    assert sorted(chosen.rows) == list(range(10))


def test_rows_and_ids_may_be_named_in_python():
    x, y = alike(60, 5, 5)
    by_row = compare(x, y, anchors=[3, 1, 4])
    by_id = compare(x, y, anchors=["item-003", "item-001", "item-004"], ids=names(60))
    assert by_id.scores == by_row.scores


@pytest.mark.parametrize(
    ("anchors", "problem"),
    [
        ([60], "anchor 60 is not a row: there are 60 matched items"),
        ([-1], "anchor -1 is not a row"),
        (["item-000"], "names anchors by id, but the spaces have no ids in common"),
    ],
)
def test_anchors_that_are_no_items_are_refused(anchors, problem):
    with pytest.raises(InputError, match=problem):
        compare(*alike(60, 5, 5), anchors=anchors)


def test_no_anchors_at_all_is_wrong_usage():
    with pytest.raises(UsageError, match="no anchors were given"):
        compare(*alike(60, 5, 5), anchors=[])


@pytest.mark.parametrize(
    ("anchors", "said"),
    [
        ([0, 40], "anchor 40 is not a row: x has 40 rows"),
        (torch.tensor([-1]), "anchor -1 is not a row"),
        ([1.5, 2.5], "anchors are row numbers, ids, or vectors"),
        (torch.ones(3, 5), "anchors of 5 dimensions were given, and x has 6"),
        (np.full((2, 6), np.nan), "the anchors hold NaN or Inf"),
        (["a"], "x has no item 'a'"),
    ],
)
def test_anchors_that_a_space_cannot_have_are_refused(anchors, said):
    x = np.random.default_rng(0).standard_normal((40, 6))
    with pytest.raises(InputError, match=said):
        relative(x, anchors)
    if isinstance(anchors, list) and isinstance(anchors[0], float):
        with pytest.raises(InputError, match="row numbers or ids"):
            compare(x, x, anchors=anchors)


def test_anchors_may_be_counted_and_given_by_numpy():
    x = np.random.default_rng(0).standard_normal((40, 6))
    torch.testing.assert_close(relative(x, x[:3]), relative(x, np.arange(3)))
    torch.testing.assert_close(relative(x, np.int64(3)), relative(x, 3))
    with pytest.raises(UsageError, match="no anchors were given"):
        relative(x, [])
