"""Conditions on a matrix: `min(mrr)>=0.8`, `mean(absolute.cka)>0.5`, `mrr[a->b]>=0.9`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from latcomp.errors import InputError, UsageError
from latcomp.gates.rules import HOLDS, Target, Verdict, parse_target
from latcomp.matrices.document import Matrix
from latcomp.matrices.viewing import kinds, placed, short_names
from latcomp.registry import did_you_mean
from latcomp.report import Score

OVER: dict[str, Callable[[Sequence[float]], float]] = {"min": min, "max": max, "mean": fmean}

_RULE = re.compile(r"^(?P<what>.*?)\s*(?P<sign>>=|<=|>|<)\s*(?P<bound>[-+]?[\d.]+(?:e[-+]?\d+)?)$")

_OVER = re.compile(r"^(?P<over>min|max|mean)\((?P<target>.*)\)$")

_PAIR = re.compile(r"^(?P<target>[^\[\]]*)\[(?P<row>.+?)->(?P<column>.+)\]$")


@dataclass(frozen=True)
class MatrixRule:
    """`over(target) sign bound`, or `target[row->column] sign bound` for one pair.

    Without either, every pair must hold.
    """

    text: str
    target: Target
    over: str | None
    pair: tuple[str, str] | None
    sign: str
    bound: float


def parse_matrix_rule(text: str) -> MatrixRule:
    """Read one rule. Raises UsageError for text of another form."""
    match = _RULE.match(_arrowless(text.strip()))
    if match is not None:
        what, bound = match["what"].replace(_ARROW, "->"), _number(match["bound"])
        over, pair = _OVER.match(what), _PAIR.match(what)
        found = over or pair
        target = parse_target(found["target"] if found else what)
        if target is not None and bound is not None:
            named = (pair["row"].strip(), pair["column"].strip()) if pair else None
            over_what = over["over"] if over else None
            return MatrixRule(text.strip(), target, over_what, named, match["sign"], bound)
    raise UsageError(
        f"cannot read the requirement {text!r}",
        "write `min(mrr)>=0.8`, `mean(absolute.cka)>0.5` or `mrr[layer1->layer2]>=0.9`",
    )


_ARROW = "\0"


def _arrowless(text: str) -> str:
    """The arrow between two names is no sign of comparison."""
    return text.replace("->", _ARROW)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def judge_matrix(matrix: Matrix, rules: Sequence[MatrixRule]) -> Matrix:
    """The matrix with every rule judged on it; none stops the others."""
    verdicts = tuple(_judge(matrix, rule).as_dict() for rule in rules)
    return replace(matrix, gates=(*matrix.gates, *verdicts))


def _judge(matrix: Matrix, rule: MatrixRule) -> Verdict:
    try:
        found = _placed(matrix, rule)
    except InputError as error:
        return Verdict(rule.text, None, met=False, reason=error.problem, hint=error.hint)
    at_least = rule.sign in (">=", ">")
    over = OVER[rule.over or ("min" if at_least else "max")]
    value = over([value for value, _ in found])
    names = short_names(matrix.names)
    pair = next((pair for one, pair in found if one == value), None)
    detail = None if pair is None else f"of {names[pair[0]]} -> {names[pair[1]]}"
    return Verdict(rule.text, value, HOLDS[rule.sign](value, rule.bound), detail)


def _placed(matrix: Matrix, rule: MatrixRule) -> list[tuple[float, tuple[int, int]]]:
    """The scores that a rule is about, and between which spaces they are."""
    label, space = _measure(matrix, rule.target)
    if rule.pair is None:
        return [(_value(score), pair) for score, pair in placed(matrix, label, space)]
    row, column = (_space(matrix, name) for name in rule.pair)
    score = matrix.find(row, column, label, space)
    if score is None:
        raise InputError(f"names a pair that was not compared: {'->'.join(rule.pair)}")
    return [(_value(score), (row, column))]


def _measure(matrix: Matrix, target: Target) -> tuple[str, str]:
    known = kinds(matrix)
    anchored = any(space == "relative" for _, space in known)
    space = target.space or ("relative" if anchored else "absolute")
    for label, where in known:
        if where == space and target.measure in (label, label.partition("@")[0]):
            return label, space
    labels = ", ".join(label for label, where in known if where == space)
    raise InputError(
        "asks for a score that the matrix does not have", f"its {space} scores are: {labels}"
    )


def _space(matrix: Matrix, name: str) -> int:
    """The number of the space of this name, whole or short."""
    for names in (matrix.names, short_names(matrix.names)):
        if name in names:
            return names.index(name)
    raise InputError(
        f"names no space of the matrix: {name}", did_you_mean(name, short_names(matrix.names))
    )


def _value(score: Score) -> float:
    if score.value is None:
        raise InputError(f"cannot be judged: {score.label} {score.reason}")
    return score.value
