"""Conditions on a report that decide an exit code: `mrr>=0.9`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar, Protocol, TypeVar

from latcomp.errors import InputError, UsageError
from latcomp.report import Score

HOLDS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}

_TARGET = re.compile(
    r"^(?:(?P<space>[A-Za-z][\w-]*(?:\([^()]*\))?)\.)?"
    r"(?P<measure>[A-Za-z0-9][\w-]*(?:@\d+)?(?:\([^()]*\))?(?:@\d+)?)"
    r"(?:\[(?P<direction>a->b|b->a)\])?$"
)

_WAYS = re.compile(
    r"^(?:(?P<space>[a-z][\w-]*(?:\([^()]*\))?)\.)?(?P<measure>[A-Za-z0-9][\w-]*)"
    r"(?:\[(?P<direction>[a-z]->[a-z])\])?$"
)

_TRACKED = re.compile(
    r"^(?:(?P<space>relative|absolute|within-run|across-run)\.)?"
    r"(?P<measure>[A-Za-z0-9][\w-]*(?:@\d+)?(?:\([^()]*\))?(?:@\d+)?)"
    r"(?:\[(?P<direction>[^\[\]]+)\])?$"
)

_RULE = re.compile(
    r"^\s*(?P<target>(?:[^<>=\s()\[\]]|\([^()]*\))+(?:\[[^\[\]]*\])?)\s*(?P<sign>>=|<=|>|<)"
    r"\s*(?P<bound>[-+]?[\d.]+(?:e[-+]?\d+)?)\s*$"
)


class Gated(Protocol):
    """What has been judged."""

    @property
    def gates(self) -> tuple[dict[str, Any], ...]: ...


class Judged(Gated, Protocol):
    """What rules are judged on: a report of two spaces, or another document of scores."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def scores(self) -> tuple[Score, ...]: ...

    @property
    def protocol(self) -> dict[str, Any]: ...

    @property
    def usual(self) -> str: ...

    def find(self, measure: str, space: str, direction: str | None = ...) -> list[Score]: ...


D = TypeVar("D", bound=Judged)


@dataclass(frozen=True)
class Target:
    """Which scores are meant: `space.measure[direction]`.

    Unless said, the usual space of the report, and all directions.
    """

    measure: str
    space: str | None = None
    direction: str | None = None

    def find(self, report: Judged) -> list[Score]:
        """Its scores in a report. Raises InputError where there are none, or one has no value."""
        space = self.space or report.usual
        scores = report.find(self.measure, space, self.direction)
        if not scores:
            known = dict.fromkeys(s.label for s in report.scores if space in ("", s.space))
            raise InputError(
                "asks for a score that the report does not have",
                f"its {space or 'similarity'} scores are: {', '.join(known) or 'none'}",
            )
        for score in scores:
            if score.value is None:
                raise InputError(f"cannot be judged: {score.label} {score.reason}")
        return scores


@dataclass(frozen=True)
class Rule:
    """`target sign bound`; a directed measure is judged by its worse direction unless said."""

    text: str
    target: Target
    sign: str
    bound: float


@dataclass(frozen=True)
class Verdict:
    """Whether a rule was met and by which value, or the reason why it could not be judged."""

    rule: str
    value: float | None
    met: bool
    detail: str | None = None
    reason: str | None = None
    hint: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """What a report holds of it."""
        kept = {key: value for key, value in asdict(self).items() if value is not None}
        return {"value": None, **kept}


def parse_target(text: str, form: re.Pattern[str] = _TARGET) -> Target | None:
    """Read `relative.jaccard@10[a->b]`; None where it has another form."""
    match = form.match(text.strip())
    if match is None:
        return None
    return Target(match["measure"], match["space"], match["direction"])


def parse_rule(text: str) -> Rule:
    """Read one rule. Raises UsageError for text of another form."""
    return _parse(text, _TARGET, "write `mrr>=0.9` or `relative.jaccard@10[a->b]>=0.3`")


def parse_way_rule(text: str) -> Rule:
    """Read a rule on stitched heads, `ortho.accuracy[a->c]>=0.8`: any way, any two spaces."""
    return _parse(text, _WAYS, "write `accuracy>=0.8` or `ortho.accuracy[a->b]>=0.8`")


def parse_track_rule(text: str) -> Rule:
    """Read a rule on checkpoints or correlations, `cka[layer3]>=0.8`, `within-run.cka>=0`."""
    return _parse(text, _TRACKED, "write `cosine>=0.8`, `cka[layer3]>=0.5` or `within-run.cka>=0`")


def _parse(text: str, form: re.Pattern[str], hint: str) -> Rule:
    match = _RULE.match(text)
    target = parse_target(match["target"], form) if match else None
    try:
        bound = float(match["bound"]) if match else None
    except ValueError:
        bound = None
    if match is None or target is None or bound is None:
        raise UsageError(f"cannot read the requirement {text!r}", hint)
    return Rule(text.strip(), target, match["sign"], bound)


def judge(report: D, rules: Sequence[Rule], confident: bool = False) -> D:
    """The report with every rule judged on it; none stops the others.

    ``confident`` holds the end of the interval that is nearer to failing against the bound, not
    the score itself. `conclude` turns the verdicts into success, failure or an error.
    """
    return judged(report, [_judge(report, rule, confident) for rule in rules])


def judged(report: D, verdicts: Sequence[Verdict]) -> D:
    """The report with more verdicts."""
    return replace(report, gates=(*report.gates, *(verdict.as_dict() for verdict in verdicts)))


def conclude(report: Gated) -> bool:
    """Whether every gate was met. Raises InputError where one could not be judged."""
    lost = [gate for gate in report.gates if gate["value"] is None]
    if lost:
        problems = "\n".join(f"{gate['rule']!r} {gate['reason']}" for gate in lost)
        raise InputError(problems, lost[0].get("hint"))
    return all(gate["met"] for gate in report.gates)


def _judge(report: Judged, rule: Rule, confident: bool) -> Verdict:
    at_least = rule.sign in (">=", ">")
    try:
        scores = rule.target.find(report)
        held = [_end(score, at_least) if confident else _value(score) for score in scores]
    except InputError as error:
        return Verdict(rule.text, None, met=False, reason=error.problem, hint=error.hint)
    value = min(held) if at_least else max(held)
    met = HOLDS[rule.sign](value, rule.bound)
    return Verdict(rule.text, value, met, _which(confident, report, at_least))


def _which(confident: bool, report: Judged, at_least: bool) -> str | None:
    if not confident:
        return None
    share = report.protocol.get("confidence", 0.95)
    return f"{'lower' if at_least else 'upper'} end of the {share:.0%} interval"


def _value(score: Score) -> float:
    if score.value is None:
        raise InputError(f"cannot be judged: {score.label} {score.reason}")
    return score.value


def _end(score: Score, lower: bool) -> float:
    interval = score.interval_both or score.interval or score.interval_anchors
    if interval is None:
        raise InputError(f"cannot be judged with confidence: {score.label} has no interval")
    return interval[0] if lower else interval[1]
