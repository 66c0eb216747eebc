"""A report as JSON: whole, or one score per line."""

from __future__ import annotations

import json
from dataclasses import asdict

from latcomp.render import FOUND_RENDERINGS, MATRIX_RENDERINGS, RENDERINGS, Document
from latcomp.report import Report, entry_of
from latcomp.tabling import Page


def whole(document: Document) -> str:
    """The document itself."""
    return document.to_json()


RENDERINGS.add("json")(whole)
MATRIX_RENDERINGS.add("json")(whole)


@FOUND_RENDERINGS.add("json")
def found_whole(found: Document, _page: Page) -> str:
    """The document itself."""
    return found.to_json()


@RENDERINGS.add("jsonlines")
def lines(report: Report) -> str:
    """One JSON object per score, then one per gate and per warning."""
    entries = [
        *({"kind": "score", **entry_of(asdict(score))} for score in report.scores),
        *({"kind": "gate", **gate} for gate in report.gates),
        *({"kind": "warning", "text": text} for text in report.warnings),
    ]
    return "".join(json.dumps(entry, allow_nan=False) + "\n" for entry in entries)
