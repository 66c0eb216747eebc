"""A measure defined in full: meaning, formula, convention, range and what leaves it unmoved."""

from __future__ import annotations

import inspect
import math

from latcomp.measures import BOUNDS, PRESETS, Measure
from latcomp.options import write_value


def definition(measure: Measure) -> str:
    """Everything a measure declares, as text."""
    facts = {
        "formula": measure.formula,
        "range": f"{bounds(measure.range)}, {measure.better} is more alike",
        "direction": "a->b and b->a are different numbers" if measure.directed else "one number",
        "metric": "yes: it obeys the triangle inequality" if measure.metric else "no",
        "options": _options(measure),
        "applies to": _demands(measure),
        "unmoved by": ", ".join(sorted(measure.invariances())) or "nothing",
        "interval": _interval(measure),
        "chance": _chance(measure),
        "cost": measure.cost,
        "presets": ", ".join(
            [p for p, names in PRESETS.items() if _among(measure, names)] + ["all"]
        ),
        "source": measure.source,
    }
    lines = [f"{name:<11} {text}" for name, text in facts.items()]
    return "\n".join([str(measure), "", inspect.getdoc(measure) or "", "", *lines])


def bounds(limits: BOUNDS) -> str:
    """A range in words."""
    low, high = ("unbounded" if math.isinf(limit) else f"{limit:.4g}" for limit in limits)
    return "unbounded" if low == high else f"{low} to {high}"


def _options(measure: Measure) -> str:
    at = {} if measure.k is None else {"k": measure.k}
    found = {**at, **measure.options()}
    return ", ".join(f"{name}={write_value(value)}" for name, value in found.items()) or "none"


def _demands(measure: Measure) -> str:
    widths = "equal dimensions" if measure.equal_width else "any two widths"
    return f"{widths}; more items than dimensions" if measure.more_rows else widths


def _interval(measure: Measure) -> str:
    if measure.over is None:
        return "none over items: the score is no mean of per-item scores"
    return f"over {measure.over}: the score is a mean of per-item scores"


def _chance(measure: Measure) -> str:
    if type(measure).chance is Measure.chance:
        return "no formula: permute the items"
    return "computed, and reported beside the score"


def _among(measure: Measure, names: tuple[str, ...]) -> bool:
    return any(name.partition("@")[0] == measure.name for name in names)
