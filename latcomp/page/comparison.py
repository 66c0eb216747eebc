"""The page of a comparison: verdict, scores, both spaces side by side, and how it was made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from latcomp import __version__, tabling
from latcomp.files.atomic import write_text
from latcomp.page import check_page, fill
from latcomp.page.command import SILENT, command
from latcomp.page.facts import how, source
from latcomp.page.packing import pack
from latcomp.page.verdict import verdict
from latcomp.report import Report, Score
from latcomp.scoring.views import Picture, Views

ABSENT = (
    "A saved report holds scores, not vectors, so it cannot show the items themselves. "
    "`latcomp compare A B --html FILE` writes the page with both spaces in it."
)

PARTS = (
    ("Verdict", "verdict"),
    ("Scores", "scores"),
    ("Two spaces", "views"),
    ("How it was made", "made"),
)


def write_page(report: Report, path: Path | str, views: Views | None = None) -> None:
    """Write a report as an HTML file; with ``views`` that were among its extras, its items too.

    Raises UsageError or InputError where the file cannot be made.
    """
    check_page(Path(path))
    write_text(Path(path), page(report, None if views is None else views.picture))


def page(report: Report, picture: Picture | None = None) -> str:
    """A report as an HTML file; with a ``picture`` of its items, as `Views` keeps it, they too."""
    views = None if picture is None else pack(picture)
    entries = [_entry(score) for score in report.scores if _drawable(score)]
    confidence = report.protocol.get("confidence", 0.95)
    return fill(
        "comparison.html.jinja",
        {"scores": entries, "views": views},
        version=__version__,
        title=f"{_name(report, 'a')} and {_name(report, 'b')}",
        heading=list(tabling.heading(report)),
        parts=PARTS,
        verdict=verdict(report),
        gates=[tabling.gate_words(gate) for gate in report.gates],
        warnings=[tabling.plain(text) for text in report.warnings],
        confidence=f"{confidence:.0%}",
        undrawn=_undrawn(report),
        scores=tabling.scores(report),
        legend=list(tabling.legend(report)),
        extras=list(tabling.extras(report)),
        absent=ABSENT if views is None else None,
        names={side: f"{side}: {_name(report, side)}" for side in "ab"},
        facts=list(_facts(report)),
        command=command(report),
        silent=SILENT,
        **_words(views),
    )


def _name(report: Report, side: str) -> str:
    facts = report.inputs[side]
    path = str(facts["path"] or side).replace("\\", "/").rpartition("/")[2]
    dataset = facts["dataset"]
    return tabling.plain(f"{path}::{dataset}" if dataset not in (None, "embeddings") else path)


def _drawable(score: Score) -> bool:
    """Whether a score shares the scale from -1 to 1 that the plot has."""
    low, high = score.range
    return score.value is not None and low >= -1 and high <= 1


def _entry(score: Score) -> dict[str, Any]:
    return {
        "name": f"{score.label} {score.direction}" if score.direction else score.label,
        "space": score.space,
        "value": score.value,
        "interval": score.interval_both or score.interval,
        "anchors": score.interval_anchors,
        "chance": score.chance,
    }


def _undrawn(report: Report) -> str:
    left = dict.fromkeys(s.label for s in report.scores if s.value is not None and not _drawable(s))
    return f"In the table only, having another scale: {', '.join(left)}." if left else ""


def _words(views: dict[str, Any] | None) -> dict[str, Any]:
    """What is said above the pictures: which items are drawn, and on which axes."""
    if views is None:
        return {"drawn": "", "axes": "", "reason": ""}
    return {"drawn": _drawn(views), "axes": _axes(views), "reason": views["reason"]}


def _drawn(views: dict[str, Any]) -> str:
    drawn, queries, total = views["drawn"], views["queries"], views["total"]
    if drawn == total:
        return f"All {total:,} items are drawn."
    asked = "" if queries == total else f", of the {queries:,} that were searched for"
    return (
        f"{drawn:,} of {total:,} items are drawn{asked}, a sample by a fixed seed. "
        "Lists, means and the table by label below are of these."
    )


def _axes(views: dict[str, Any]) -> str:
    if views["reason"]:
        return ""
    made = {"pca": "PCA", "umap": "UMAP"}[views["projection"]]
    seen = "relative to the first draw of anchors" if views["space"] == "relative" else "as saved"
    few = (
        ""
        if views["shown"] == views["k"]
        else f" The first {views['shown']} of {views['k']} neighbours are listed."
    )
    return (
        f"Items {seen}, each space centred on its own mean and "
        f"scaled to the same spread, both projected together by {made}: the "
        f"axes are shared, so an item that kept its relations lies in the same place.{few} "
        "Neighbours are those inside each space as saved."
    )


def _facts(report: Report) -> Iterator[tuple[str, str]]:
    for side in "ab":
        yield f"space {side}", source(report.inputs[side])
    matching, anchors = report.matching, report.anchors
    alone = f"{matching['dropped']['a']:,} of a, {matching['dropped']['b']:,} of b"
    found = f"by {matching['by']}: {matching['items']:,} items"
    yield "matching", f"{found}; without a partner: {alone}"
    if anchors["count"]:
        yield "anchors", tabling.plain(list(tabling.heading(report))[-1])
        yield "anchors drawn", ", ".join(digest[:19] + "…" for digest in anchors["digests"])
    yield from how(report.protocol, report.environment)
    if report.times:
        yield from _times(report)


def _times(report: Report) -> Iterator[tuple[str, str]]:
    yield "made", f"in {report.times['seconds']:.1f} seconds, at {report.times.get('at', '?')}"
    for table in tabling.times(report):
        yield table.caption, ", ".join(f"{name} {seconds} s" for name, seconds in table.rows)
    for line in tabling.searched(report):
        name, _, how = line.partition(": ")
        yield name, how
