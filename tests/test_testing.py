"""The assertion for other people's test suites."""

import pytest

from latcomp.errors import InputError
from latcomp.testing import assert_similar
from tests.simulations import alike


def test_it_returns_the_report_where_all_rules_hold():
    a, _ = alike(0)
    report = assert_similar(a, 3 * a, "mrr>=0.99", "cka>=0.99", anchors=20, seeds=2)
    assert [gate["met"] for gate in report.gates] == [True, True]


def test_it_says_what_was_found_where_a_rule_does_not_hold():
    with pytest.raises(AssertionError, match=r"NOT MET  jaccard>=0.99  \(found 0\.\d{4}\)"):
        assert_similar(*alike(0), "jaccard>=0.99", "mrr>=0", anchors=20, seeds=2)


def test_a_rule_that_cannot_be_judged_is_no_failed_assertion():
    with pytest.raises(InputError, match="'rsa>=1' asks for a score"):
        assert_similar(*alike(0), "rsa>=1", anchors=20, seeds=2)
