"""A measure defined in full: meaning, formula, convention, range and what leaves it unmoved."""

from __future__ import annotations

import inspect
import math

from latcomp.measures import BOUNDS, PRESETS, Measure, Sampled
from latcomp.options import write_value
from latcomp.scoring import null, uncertainty


def definition(measure: Measure) -> str:
    """Everything a measure declares, as text."""
    facts = {
        "formula": measure.formula,
        "range": f"{bounds(measure.range)}, {measure.better} is more alike",
        "direction": "a->b and b->a are different numbers" if measure.directed else "one number",
        "compares": _compares(measure),
        "metric": "yes: it obeys the triangle inequality" if measure.is_metric() else "no",
        "options": _options(measure),
        "applies to": _demands(measure),
        "unmoved by": _unmoved(measure),
        "interval": _interval(measure),
        "chance": _chance(measure),
        "null": _null(measure),
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


def _unmoved(measure: Measure) -> str:
    found = ", ".join(sorted(measure.invariances())) or "nothing"
    return f"{found}; seen through relative representations" if measure.across else found


def _options(measure: Measure) -> str:
    at = {} if measure.k is None else {"k": measure.k}
    found = {**at, **measure.options()}
    return ", ".join(f"{name}={write_value(value)}" for name, value in found.items()) or "none"


def _compares(measure: Measure) -> str:
    if measure.across:
        return "rows of one space with rows of the other"
    if measure.outside:
        return "what queries from outside find in each space"
    if measure.blind:
        return "the two clouds of rows, whatever the pairing"
    return "one space only" if measure.one_sided else "what each space says of its own items"


def _demands(measure: Measure) -> str:
    widths = "equal dimensions" if measure.equal_width else "any two widths"
    return f"{widths}; more items than dimensions" if measure.more_rows else widths


_INTERVALS = {
    "per-item": "the standard error of its per-item scores",
    "per-item and neighbours": (
        "the standard error of its per-item scores, with each item's part as a neighbour of others"
    ),
    "jackknife": "a jackknife over groups of items, where dimensions allow it",
}


def _interval(measure: Measure) -> str:
    found = uncertainty.how(measure)
    if found is not None:
        return f"over {measure.over or 'items'}: {_INTERVALS[found]}"
    if isinstance(measure, Sampled) and "repeats" in measure.options():
        return "none over items: the mean of seeded samples, whose spread is reported"
    if not measure.knows_error():
        return "none over items: its per-item scores depend on who else was drawn"
    return "none over items: it is no mean of per-item scores, and no jackknife was shown to hold"


def _chance(measure: Measure) -> str:
    if measure.knows_chance():
        return "computed, and reported beside the score"
    if measure.one_sided or measure.blind:
        return f"none: {null.why_none(measure)}"
    return "no formula is known" + ("" if null.why_none(measure) else ": --permutations tells it")


def _null(measure: Measure) -> str:
    missing = null.why_none(measure)
    return f"none: {missing}" if missing else "--permutations deals the items of b out at random"


def _among(measure: Measure, names: tuple[str, ...]) -> bool:
    return any(name.partition("@")[0] == measure.name for name in names)
