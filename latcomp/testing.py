"""For test suites: `assert_similar(new, old, "mrr>=0.9")`."""

from __future__ import annotations

from collections.abc import Sequence

from latcomp.gates.rules import conclude, judge, parse_rule
from latcomp.loading.load import Source
from latcomp.picking.pick import Anchors
from latcomp.pipeline import compare
from latcomp.registry import split_requests
from latcomp.render.terminal import gates
from latcomp.report import Report


def assert_similar(
    a: Source,
    b: Source,
    *rules: str,
    confident: bool = False,
    anchors: Anchors = 300,
    measures: str | Sequence[str] = "paper",
    k: int = 10,
    seeds: int = 10,
    center: bool = False,
) -> Report:
    """Fail a test unless every rule holds of the comparison of a and b, and return its report.

    ``rules`` are written as for `latcomp gate --require`; ``confident`` demands that the whole
    interval clears the bound. Raises AssertionError with one line per rule, InputError where a
    rule or an input cannot be used.

    >>> import numpy as np
    >>> x = np.random.default_rng(0).standard_normal((200, 8))
    >>> report = assert_similar(x, 2 * x, "mrr>=0.99", "absolute.cosine>=0.99", anchors=20)
    """
    asked = [parse_rule(rule) for text in rules for rule in split_requests(text)]
    report = judge(
        compare(a, b, anchors=anchors, measures=measures, k=k, seeds=seeds, center=center),
        asked,
        confident,
    )
    if not conclude(report):
        raise AssertionError(f"the two spaces are not as similar as they must be\n{gates(report)}")
    return report
