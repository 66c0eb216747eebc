"""Findings of a migration in words and cells."""

from __future__ import annotations

from collections.abc import Iterator

from latcomp.findings import Findings, ways_of
from latcomp.migration.roads import KINDS
from latcomp.tabling import Page, Table, interval, number, plain


def page(found: Findings, width: int) -> Page:
    """What a terminal shows, of whatever width."""
    return Page(list(heading(found)), [table(found)], list(legend(found)))


def heading(found: Findings) -> Iterator[str]:
    """What is indexed, what is asked, and what should be found."""
    for name, facts in found.inputs.items():
        dataset = f"::{facts['dataset']}" if facts["dataset"] else ""
        rows, width = facts["shape"]
        label = name.replace("_", " ")
        yield plain(f"{label:<11}  {facts['path']}{dataset}  {rows:,} x {width} {facts['dtype']}")
    protocol = found.protocol
    source = "held-out items as queries" if protocol["held_out"] else "queries"
    yield (
        f"{found.matching['items']:,} items matched by {found.matching['by']}: maps fitted on "
        f"{protocol['fitted']:,}, an index of {protocol['database']:,} others"
    )
    yield f"{protocol['queries']:,} {source}; to be found: {protocol['truth']}"


def table(found: Findings) -> Table:
    """One row per way: recall and mrr with their intervals, and what the way is."""
    confidence = found.protocol["confidence"]
    kinds = {way["way"]: way["kind"] for way in found.ways}
    rows: list[tuple[str, ...]] = []
    for way in ways_of(found.scores):
        cells = [way]
        for score in (one for one in found.scores if one.space == way):
            cells += [number(score.value), interval(score.interval)]
        anchors = found.protocol["relative_anchors"]
        rows.append((*cells, KINDS[kinds[way]].format(anchors=anchors)))
    recall, mrr = (score for score in found.scores if score.space == "re-embedded")
    rows.append(("chance", number(recall.chance), "", number(mrr.chance), "", "any order"))
    bounds = f"{confidence:.0%} interval"
    return Table(
        "ways", ("way", recall.label, bounds, mrr.label, bounds, "what is searched"), rows, 1
    )


def legend(found: Findings) -> Iterator[str]:
    """Why a way has no numbers."""
    for score in found.scores:
        if score.reason is not None and score.measure == "recall":
            yield f"n/a  {score.space}: {score.reason}"
    yield "intervals are over queries"
