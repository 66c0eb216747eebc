"""A report in words and cells: what every rendering for readers shows alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Protocol

from latcomp.report import Report, Score

NAMES = {"cosine": "the cosine of old and new", "norm": "new length / old length"}


@dataclass(frozen=True)
class Table:
    """A caption, the names of columns and the cells of rows, all text."""

    caption: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    texts: int
    """How many columns at the left are names, not numbers."""


@dataclass(frozen=True)
class Page:
    """What was asked, tables of what was found, and how to read them."""

    heading: Sequence[str]
    tables: Sequence[Table]
    legend: Sequence[str]


def heading(report: Report) -> Iterator[str]:
    """What was compared, and how."""
    for side in "ab":
        facts = report.inputs[side]
        dataset = f"::{facts['dataset']}" if facts["dataset"] else ""
        rows, width = facts["shape"]
        yield plain(f"{side}  {facts['path']}{dataset}  {rows:,} x {width} {facts['dtype']}")
    if report.queries is not None:
        yield _queries(report.queries)
    matched = f"{report.matching['items']:,} items matched by {report.matching['by']}"
    yield from made(matched, report.anchors, report.similarity, report.protocol)


def made(
    matched: str, anchors: dict[str, Any], similarity: dict[str, Any], protocol: dict[str, Any]
) -> Iterator[str]:
    """How scores were made: the items, ``matched`` as said, the queries, anchors and k."""
    asked, database = protocol["queries"], protocol["database"]
    drawn = f"{asked:,} of them drawn as queries" if asked < database else "all of them queries"
    yield f"{matched}, {drawn}"
    if not anchors["count"]:
        yield f"no anchors: vectors as saved; k = {protocol['k']}"
        return
    name = similarity["name"]
    hidden = similarity.get("center") and "center" not in name
    center = ", centred on the anchors' mean" if hidden else ""
    excluded = ", not scored themselves" if anchors["excluded"] else ""
    yield plain(
        f"relative: {name}{center} to {anchors['count']:,} {_draws(anchors)} "
        f"anchors{excluded}; k = {protocol['k']}"
    )


def _queries(queries: dict[str, Any]) -> str:
    asked = queries["matching"]
    return plain(
        f"queries  {queries['a']['path']} and {queries['b']['path']}: {asked['items']:,} matched "
        f"by {asked['by']}"
    )


def scores(report: Report) -> Table:
    """One row per measure and direction."""
    confidence = report.protocol.get("confidence", 0.95)
    spaces = list(dict.fromkeys(score.space for score in report.scores))
    calibrated = any(score.null for score in report.scores)
    columns = ["measure", "direction"]
    for space in spaces:
        anchored = space == "relative"
        columns += [space, *(["+- anchors", f"{confidence:.0%} interval"] if anchored else [])]
        columns += [f"{confidence:.0%} interval"] if spaces == ["absolute"] else []
        columns += ["chance", *(["p", "calibrated"] if calibrated else [])]
    rows = []
    for (label, direction), group in groupby(report.scores, lambda s: (s.label, s.direction)):
        found = {score.space: score for score in group}
        cells = [label, direction or "both"]
        for space in spaces:
            cells += _cells(found[space], calibrated, spaces == ["absolute"])
        rows.append(tuple(cells))
    return Table("scores", tuple(columns), rows, 2)


def legend(report: Report) -> Iterator[str]:
    """How to read the table."""
    reasons = dict.fromkeys(
        (score.space, score.reason) for score in report.scores if score.reason is not None
    )
    for space, reason in reasons:
        yield f"n/a  not applicable in the {space} spaces: {reason}"
    ups = {score.better for score in report.scores}
    if ups == {"higher"}:
        yield "higher is more alike; chance is what a random pairing would score"
    if any(score.interval_both for score in report.scores):
        yield "intervals are over items and draws of anchors together"
    elif any(score.interval for score in report.scores):
        yield "intervals are over items"
    drawn = {score.null["permutations"] for score in report.scores if score.null}
    if drawn:
        yield (
            f"p and calibrated scores are from {max(drawn):,.0f} random pairings: calibrated 0 is "
            "no more alike than chance, 1 is the best there is"
        )


FULL = (
    "measure", "k", "space", "direction", "value", "interval_low", "interval_high", "interval_by",
    "both_low", "both_high", "seeds", "seeds_std", "chance", "p", "calibrated", "items", "better",
    "reason",
)  # fmt: skip
"""The columns of a score in full."""


def full(score: Score) -> list[object]:
    """A score as the cells of FULL, numbers as they are."""
    seeds, null = score.over_seeds or {}, score.null or {}
    return [
        score.measure, score.k, score.space, score.direction, score.value,
        *(score.interval or (None, None)), score.interval_by,
        *(score.interval_both or (None, None)),
        seeds.get("n"), seeds.get("std"), score.chance, null.get("p"), score.calibrated,
        score.items, score.better, score.reason,
    ]  # fmt: skip


def gate_words(gate: dict[str, Any]) -> tuple[str, str]:
    """The verdict in a word or two, and the rule with what was found."""
    detail = f"; {gate['detail']}" if gate.get("detail") else ""
    if gate["value"] is None:
        hint = f"; {gate['hint']}" if gate.get("hint") else ""
        return "NOT JUDGED", plain(f"{gate['rule']}  ({gate['reason']}{hint})")
    word = "met" if gate["met"] else "NOT MET"
    return word, plain(f"{gate['rule']}  (found {gate['value']:.4f}{detail})")


def number(value: float | None) -> str:
    """A score to three or four digits.

    >>> number(0.03041), number(0.3041), number(None)
    ('0.0304', '0.304', 'n/a')
    """
    if value is None:
        return "n/a"
    return f"{value:.4f}" if abs(value) < 0.0995 else f"{value:.3f}"


def interval(bounds: Sequence[float] | None) -> str:
    """An interval in words, or nothing."""
    return "" if bounds is None else f"{number(bounds[0])} to {number(bounds[1])}"


def plain(text: str) -> str:
    r"""Text on one line, its control characters written out.

    >>> plain("a\nb\x1b[31m")
    'a\\nb\\x1b[31m'
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _cells(score: Score, calibrated: bool, with_interval: bool) -> list[str]:
    known = score.value is not None
    cells = [number(score.value)]
    if score.space == "relative":
        cells.append(number(score.over_seeds["std"]) if score.over_seeds else "")
    if score.space == "relative" or with_interval:
        cells.append(interval(score.interval_both or score.interval or score.interval_anchors))
    cells.append(number(score.chance) if known and score.chance is not None else "")
    if calibrated:
        cells.append(number(score.null["p"]) if score.null else "")
        cells.append(number(score.calibrated) if score.calibrated is not None else "")
    return cells


def _draws(anchors: dict[str, Any]) -> str:
    if anchors["file"]:
        return f"{anchors['strategy']} ({anchors['file']})"
    seeds = anchors["seeds"]
    if not seeds:
        return str(anchors["strategy"])
    named = f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {seeds[0]} to {seeds[-1]}"
    return f"{anchors['strategy']} ({named})"


def extras(report: Report) -> Iterator[Table]:
    """What the report says of items and labels, where it was asked to."""
    if report.items is not None:
        for which in ("most", "least"):
            yield _moved(report.items, which)
    if report.labels:
        yield _by_label(report)


def times(report: Report) -> Iterator[Table]:
    """Where the time of the run went, longest first, down to a hundredth of the whole."""
    least = report.times["seconds"] / 100
    for kind in ("statistics", "measures"):
        spent = [entry for entry in report.times.get(kind, ()) if entry["seconds"] >= least]
        if spent:
            rows = [(entry["name"], f"{entry['seconds']:.2f}") for entry in spent]
            yield Table(f"time by {kind}", (kind, "seconds"), [*rows], 1)


def searched(report: Report) -> Iterator[str]:
    """How neighbours were selected, a line for each space that was searched."""
    for space, how in report.times.get("search", {}).items():
        yield f"neighbours in {space} coordinates: selected by {how}"


class Shown(Protocol):
    """What ends in a verdict, gates and warnings, whatever was found."""

    @property
    def verdict(self) -> dict[str, Any] | None: ...

    @property
    def gates(self) -> tuple[dict[str, Any], ...]: ...

    @property
    def warnings(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Figures:
    """A document that ends in warnings alone, and its JSON."""

    json: str
    warnings: tuple[str, ...]
    verdict: None = None
    gates: tuple[dict[str, Any], ...] = ()

    def to_json(self) -> str:
        """The document."""
        return self.json


def verdict(report: Shown) -> Iterator[str]:
    """The word on what was asked, and the numbers behind it."""
    if report.verdict is not None:
        yield f"verdict: {report.verdict['word']}"
        yield from (f"  {text}" for text in report.verdict["because"])
        for name in ("cosine", "norm"):
            if name in report.verdict["found"]:
                shown = report.verdict["found"][name].items()
                quantiles = ", ".join(f"{float(at):.0%} {value:.4f}" for at, value in shown)
                yield f"  quantiles of {NAMES[name]}: {quantiles}"


def _moved(items: dict[str, Any], which: str) -> Table:
    lines = items[which]
    labelled = any("label" in line for line in lines)
    names = list(lines[0]["scores"]) if lines else []
    rows = [
        (
            plain(line["id"]),
            *([plain(line.get("label", ""))] if labelled else []),
            *(number(line["scores"][name]) for name in names),
        )
        for line in lines
    ]
    columns = ("item", *(["label"] if labelled else []), *names)
    return Table(f"moved {which}, by {items['by']}", columns, rows, 1 + labelled)


def _by_label(report: Report) -> Table:
    """Labels by measures, in the relative space where there is one."""
    space = report.labels[0]["space"]
    cells: dict[str, dict[str, str]] = {}
    for entry in report.labels:
        if entry["space"] == space:
            way = f" {entry['direction']}" if entry.get("direction") else ""
            line = cells.setdefault(entry["label"], {"items": f"{entry['items']:,}"})
            line[entry["measure"] + way] = number(entry["value"])
    names = list(dict.fromkeys(name for line in cells.values() for name in line))
    rows = [
        (plain(label), *(line.get(name, "") for name in names)) for label, line in cells.items()
    ]
    return Table(f"by label, {space}", ("label", *names), rows, 1)
