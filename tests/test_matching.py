"""Rows meet the rows of the same item, whatever order and company they come in."""

import numpy as np
import pytest

from latcomp import InputError, UsageError, compare
from latcomp.loading.load import load
from latcomp.loading.matching import match
from tests.data import alike, names, rng, space


def loaded(x, ids=None, **options):
    return load(x, "x", ids, **options)


def rows(space_):
    return space_.rows(0, space_.shape[0]).numpy()


def test_any_order_and_partial_overlap_are_matched_by_id():
    x = space(50, 3)
    listed = names(50)
    order = rng(1).permutation(50)[:30]
    matched = match(loaded(x, listed), loaded(x[order], [listed[i] for i in order]))
    assert matched.ids == [listed[i] for i in sorted(order)]
    np.testing.assert_array_equal(rows(matched.a), rows(matched.b))
    np.testing.assert_array_equal(matched.rows_a, np.sort(order))
    counts = {key: value for key, value in matched.facts.items() if key != "digest"}
    assert counts == {"by": "id", "items": 30, "dropped": {"a": 20, "b": 0}}


def test_the_digest_tells_whether_two_matchings_hold_the_same_items_in_the_same_order():
    x, listed = space(20, 3), names(20)

    def digest(ids_b, ids_a=listed):
        count = 20 if ids_b is None else len(ids_b)
        return match(loaded(x, ids_a), loaded(x[:count], ids_b)).facts["digest"]

    assert digest(listed) == digest(listed[::-1])
    assert digest(listed) != digest(listed[:19])
    assert digest(listed) != digest(listed, listed[::-1])
    assert digest(None, None) != digest(listed)


def test_without_ids_in_both_rows_match_by_position():
    x, y = alike(30, 3, 4)
    for ids in ((None, None), (names(30), None), (None, names(30))):
        matched = match(loaded(x, ids[0]), loaded(y, ids[1]))
        assert matched.facts["by"] == "position"
        np.testing.assert_array_equal(rows(matched.b), y)


def test_position_can_be_asked_for_although_there_are_ids():
    x = space(30, 3)
    matched = match(loaded(x, names(30)), loaded(x, names(30)[::-1]), "position")
    np.testing.assert_array_equal(rows(matched.a), rows(matched.b))


def test_invalid_rows_of_either_side_are_left_out_of_both():
    x, y = space(30, 3), space(30, 3)
    x[4], y[9] = np.nan, 0
    both = [loaded(one, skip_invalid=True) for one in (x, y)]
    matched = match(*both)
    assert matched.n == 28
    assert {4, 9} & set(matched.rows_a.tolist()) == set()
    named = [loaded(one, names(30), skip_invalid=True) for one in (x, y)]
    assert match(*named).ids == matched_names(matched)


def matched_names(matched):
    return [names(30)[row] for row in matched.rows_a]


def test_an_invalid_row_may_not_hide_that_its_id_is_a_duplicate():
    x = space(30, 3)
    x[1] = np.nan
    twice = names(30)
    twice[1] = twice[0]
    with pytest.raises(InputError, match="duplicate ids: 'item-000'"):
        match(loaded(x, twice, skip_invalid=True), loaded(x[2:], twice[2:]))


def test_what_was_dropped_is_said_in_the_report():
    x, y = alike(50, 4, 4)
    x[3] = np.nan
    listed = names(50)
    report = compare(
        x, y[:40], ids=(listed, listed[:40]), anchors=10, seeds=1, skip_invalid=True
    )  # fmt: skip
    assert report.matching["items"] == 39
    assert report.matching["dropped"] == {"a": 11, "b": 1}
    said = "\n".join(report.warnings)
    assert "1 row of a holds NaN, Inf or only zeros and was left out" in said
    assert "10 of the 50 items of a have no match and were dropped" in said


def test_ids_are_compared_as_text():
    x = space(30, 3)
    matched = match(loaded(x, list(range(30))), loaded(x, [str(i) for i in range(30)]))
    assert matched.facts["by"] == "id"
    assert matched.n == 30


def test_ids_are_given_once_or_for_each_space():
    x, listed = space(20, 4), names(20)
    other = [*listed[:10], *(f"other-{name}" for name in listed[10:])]
    both = compare(x, x, ids=(listed, other), anchors=5, measures="cka")
    assert (both.matching["by"], both.matching["items"]) == ("id", 10)
    assert compare(x, x, ids=listed, anchors=5, measures="cka").matching["items"] == 20
    for wrong in ((listed,), (listed, listed, listed)):
        with pytest.raises(UsageError, match=f"{len(wrong)} lists of ids were given for 2 spaces"):
            compare(x, x, ids=wrong)
