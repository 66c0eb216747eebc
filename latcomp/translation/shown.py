"""Findings of translations in words and cells."""

from __future__ import annotations

from collections.abc import Iterator

from latcomp.findings import Findings, ways_of
from latcomp.report import Score
from latcomp.tabling import Page, Table, interval, number, plain

COLUMNS = ("hit@1", "hit@5", "mrr", "hit-csls@1", "hit-csls@5", "mrr-csls", "foscttm")
"""Measures of retrieval, in the order of the table of several methods."""


def page(found: Findings, width: int) -> Page:
    """What a terminal shows, of whatever width; no table where nothing was held out."""
    contents, legend = ([table(found)], LEGEND) if found.scores else ([], ())
    return Page(list(heading(found)), contents, legend)


def heading(found: Findings) -> Iterator[str]:
    """What was translated into what, and what was held out."""
    for side in "ab":
        facts = found.inputs[side]
        dataset = f"::{facts['dataset']}" if facts["dataset"] else ""
        rows, width = facts["shape"]
        yield plain(f"{side}  {facts['path']}{dataset}  {rows:,} x {width} {facts['dtype']}")
    anchors, protocol = found.protocol["anchors"], found.protocol
    yield plain(
        f"{found.matching['items']:,} items matched by {found.matching['by']}; fitted on "
        f"{anchors['count']:,} of them ({anchors['file'] or anchors['strategy']})"
    )
    if protocol["queries"]:
        yield (
            f"{protocol['queries']:,} held-out items searched for among {protocol['database']:,}"
        )


def table(found: Findings) -> Table:
    """One method in full, with intervals; several side by side."""
    ways = ways_of(found.scores)
    return _one(found) if len(ways) == 1 else _several(found, ways)


def _one(found: Findings) -> Table:
    confidence = found.protocol["confidence"]
    rows: list[tuple[str, ...]] = [
        (
            score.label,
            score.direction or "both",
            number(score.value),
            interval(score.interval),
            number(score.chance),
        )
        for score in found.scores
    ]
    columns = ("measure", "direction", found.usual, f"{confidence:.0%} interval", "chance")
    return Table("held out", columns, rows, 2)


def _several(found: Findings, ways: list[str]) -> Table:
    confidence = found.protocol["confidence"]
    rows = []
    for direction in ("a->b", "b->a"):
        for way in ways:
            close = [_score(found, name, way, None) for name in ("cosine", "mse")]
            near = [_score(found, name, way, direction) for name in COLUMNS]
            cells = [number(score.value) for score in near]
            shown = [number(score.value) for score in close]
            rows.append((way, direction, *shown, cells[0], interval(near[0].interval), *cells[1:]))
        chances = [number(score.chance) for score in near]
        rows.append(("chance", direction, "", "", chances[0], "", *chances[1:]))
    first, *rest = COLUMNS
    columns = ("method", "direction", "cosine", "mse", first, f"{confidence:.0%} interval", *rest)
    return Table("held out", columns, rows, 2)


def _score(found: Findings, measure: str, way: str, direction: str | None) -> Score:
    return found.find(measure, way, direction)[0]


LEGEND = (
    "hit@1 and hit@5 are P@1 and P@5: the true match among the first 1 or 5. a->b searches "
    "translated items of a among those of b",
    "csls discounts items that are near to everything; foscttm is the share of items nearer "
    "than the true match, mse the mean squared error per axis: lower is better",
)
