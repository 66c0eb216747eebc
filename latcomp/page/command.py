"""The command that makes a report again, as far as a report can tell."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

from latcomp.page.facts import named
from latcomp.report import Report

SILENT = (
    "A report does not hold --ids, --labels, --mapping, --dtype, --shape, --unpack and --limit: "
    "where they were used, give them again."
)


def command(report: Report) -> str | None:
    """A line for the shell; None where what was compared did not come from files."""
    sources = [_source(side, report.inputs[side]) for side in "ab"]
    if None in sources or report.anchors["strategy"] == "given":
        return None
    words = ["latcomp", "compare", *sources, *_anchors(report), *_protocol(report)]
    return shlex.join(map(str, words))


def _source(side: str, facts: dict[str, Any]) -> str | None:
    """The file, and the dataset in it; None for an array, which goes by the name of its side."""
    name = named(facts)
    return None if name == side else name


def _anchors(report: Report) -> Iterator[Any]:
    anchors = report.anchors
    if report.verdict is not None:
        yield "--same-model"
        for name, least in report.verdict["thresholds"].items():
            yield from ("--threshold", f"{name.replace('_', '-')}={least:g}")
        return
    if anchors["strategy"] == "all":
        yield from ("--anchors", "all")
    elif anchors["file"]:
        yield from ("--anchors", anchors["file"])
    else:
        yield from ("--anchors", anchors["count"], "--strategy", anchors["strategy"])
        yield from ("--seeds", len(anchors["seeds"]))
    if anchors.get("from"):
        yield from ("--anchors-from", *anchors["from"])
    if anchors["excluded"]:
        yield "--exclude-anchors"


def _protocol(report: Report) -> Iterator[Any]:
    protocol = report.protocol
    asked, database = protocol["queries"], protocol["database"]
    drawn = [] if report.anchors["file"] else report.anchors["seeds"]
    first = protocol["query_seed"] if protocol["query_seed"] is not None else (*drawn, 0)[0]
    yield from ("--seed", first)
    yield from ("--similarity", report.similarity["name"])
    if report.similarity["center"] and "center" not in report.similarity["name"]:
        yield "--center"
    yield from ("--k", protocol["k"])
    if report.queries is not None:
        yield from ("--query-file", *(named(report.queries[side]) for side in "ab"))
    else:
        yield from ("--queries", asked if asked < database else "all")
    yield from ("--measures", ",".join(dict.fromkeys(score.label for score in report.scores)))
    if report.matching["by"] != "mapping":
        yield from ("--match", report.matching["by"])
    if any(facts["invalid_rows"] + facts["zero_rows"] for facts in report.inputs.values()):
        yield "--skip-invalid"
    yield from ("--confidence", protocol.get("confidence", 0.95))
    if protocol.get("permutations"):
        yield from ("--permutations", protocol["permutations"])
