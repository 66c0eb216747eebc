"""The page of a sweep: how many anchors are enough, and which strategy needs the fewest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from latcomp import __version__
from latcomp.page import fill
from latcomp.page.facts import how, source
from latcomp.page.verdict import Verdict
from latcomp.picking.sweeping import SLACK, Sweep
from latcomp.picking.tabled import sweep_legend, sweep_table
from latcomp.tabling import plain

PARTS = (("Verdict", "verdict"), ("Scores", "scores"), ("How it was made", "made"))


def page(sweep: Sweep) -> str:
    """A sweep as an HTML file."""
    a, b = sweep.name("a"), sweep.name("b")
    labels = list(sweep.enough)
    return fill(
        "sweep.html.jinja",
        {"scores": [], "panels": [_panel(sweep, label) for label in labels]},
        version=__version__,
        title=plain(f"Anchors for {a} and {b}"),
        heading=[f"{sweep.items:,} items, {sweep.queries:,} of them queries; {sweep.similarity}"],
        parts=PARTS,
        verdict=_verdict(sweep),
        labels=labels,
        table=sweep_table(sweep, "mean +- standard deviation"),
        facts=list(_facts(sweep)),
    )


def _verdict(sweep: Sweep) -> Verdict:
    """The fewest anchors that saturate every measure, under the strategy that needs fewest."""
    needed = {
        name: max(counts[name] for counts in sweep.enough.values() if name in counts)
        for name in dict.fromkeys(setting.strategy for setting in sweep.settings)
        if any(name in counts for counts in sweep.enough.values())
    }
    because = list(sweep_legend(sweep))
    if not needed:
        return Verdict("No measure applies to these spaces", "poor", because)
    name, count = min(needed.items(), key=lambda pair: pair[1])
    tried = max(setting.count for setting in sweep.settings)
    if count == tried:
        return Verdict(f"{count:,} anchors, the most tried, may not be enough", "fair", because)
    return Verdict(f"{count:,} {name} anchors are enough for every measure", "good", because)


def _panel(sweep: Sweep, label: str) -> dict[str, Any]:
    strategies = dict.fromkeys(setting.strategy for setting in sweep.settings)
    lines = [_line(name, list(_known(sweep, name, label))) for name in strategies]
    ticks = sorted({setting.count for setting in sweep.settings})
    return {"x": "anchors", "log": True, "ticks": ticks, "lines": lines}


def _known(sweep: Sweep, name: str, label: str) -> Iterator[tuple[int, float, float]]:
    for setting in sweep.settings:
        value = setting.values[label]
        if setting.strategy == name and value is not None:
            yield setting.count, value, setting.spreads[label] or 0.0


def _line(name: str, points: list[tuple[int, float, float]]) -> dict[str, Any]:
    return {
        "name": name,
        "x": [count for count, _, _ in points],
        "y": [value for _, value, _ in points],
        "low": [value - spread for _, value, spread in points],
        "high": [value + spread for _, value, spread in points],
    }


def _facts(sweep: Sweep) -> Iterator[tuple[str, str]]:
    for side, facts in sweep.inputs.items():
        yield f"space {side}", source(facts)
    yield "similarity", sweep.similarity
    yield "draws", f"{sweep.settings[0].seeds} draws of anchors in each setting"
    rule = "the fewest anchors whose score comes within {} of the best, or within its spread"
    yield "enough", rule.format(SLACK)
    if sweep.environment:
        yield from how({}, sweep.environment)
