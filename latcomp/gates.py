"""Conditions on a report that decide an exit code: `mrr>=0.9`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from latcomp.errors import InputError, UsageError
from latcomp.report import Report, Score

_HOLDS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}

_RULE = re.compile(
    r"^\s*(?:(?P<space>relative|absolute)\.)?(?P<measure>[a-z][\w-]*(?:@\d+)?)"
    r"(?:\[(?P<direction>a->b|b->a)\])?\s*(?P<sign>>=|<=|>|<)"
    r"\s*(?P<bound>[-+]?[\d.]+(?:e[-+]?\d+)?)\s*$"
)


@dataclass(frozen=True)
class Rule:
    """`space.measure[direction] sign bound`; relative and the worse direction unless said."""

    text: str
    space: str
    measure: str
    direction: str | None
    sign: str
    bound: float


@dataclass(frozen=True)
class Verdict:
    """Whether a rule was met, and by which value."""

    rule: str
    value: float
    met: bool


def parse_rule(text: str) -> Rule:
    """Read one rule. Raises UsageError for text of another form."""
    match = _RULE.match(text)
    try:
        bound = float(match["bound"]) if match else None
    except ValueError:
        bound = None
    if match is None or bound is None:
        raise UsageError(
            f"cannot read the requirement {text!r}",
            "write `mrr>=0.9` or `relative.jaccard@10[a->b]>=0.3`",
        )
    space = match["space"] or "relative"
    return Rule(text.strip(), space, match["measure"], match["direction"], match["sign"], bound)


def judge(report: Report, rules: Sequence[Rule]) -> Report:
    """The report with every rule judged on it.

    A directed measure is judged by its worse direction unless the rule names one. Raises
    InputError where the report has no such score, or none that could be computed.
    """
    verdicts: tuple[dict[str, Any], ...] = tuple(asdict(_judge(report, rule)) for rule in rules)
    return replace(report, gates=verdicts)


def _judge(report: Report, rule: Rule) -> Verdict:
    scores = report.find(rule.measure, rule.space, rule.direction)
    if not scores:
        known = ", ".join(dict.fromkeys(s.label for s in report.scores if s.space == rule.space))
        raise InputError(
            f"{rule.text!r} asks for a score that the report does not have",
            f"its {rule.space} scores are: {known}",
        )
    held = [_value(score, rule) for score in scores]
    lower_is_worse = rule.sign in (">=", ">")
    value = min(held) if lower_is_worse else max(held)
    return Verdict(rule.text, value, _HOLDS[rule.sign](value, rule.bound))


def _value(score: Score, rule: Rule) -> float:
    if score.value is None:
        raise InputError(f"{rule.text!r} cannot be judged: {score.label} {score.reason}")
    return score.value
