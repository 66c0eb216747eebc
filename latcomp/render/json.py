"""A report as JSON: whole, or one score per line."""

from __future__ import annotations

import json
from dataclasses import asdict

from latcomp.matrices.document import Matrix
from latcomp.render import MATRIX_RENDERINGS, RENDERINGS
from latcomp.report import Report


@RENDERINGS.add("json")
def whole(report: Report) -> str:
    """The report itself."""
    return report.to_json()


@MATRIX_RENDERINGS.add("json")
def whole_matrix(matrix: Matrix) -> str:
    """The matrix itself."""
    return matrix.to_json()


@RENDERINGS.add("jsonlines")
def lines(report: Report) -> str:
    """One JSON object per score, then one per gate and per warning."""
    entries = [
        *({"kind": "score", **_known(asdict(score))} for score in report.scores),
        *({"kind": "gate", **gate} for gate in report.gates),
        *({"kind": "warning", "text": text} for text in report.warnings),
    ]
    return "".join(json.dumps(entry, allow_nan=False) + "\n" for entry in entries)


def _known(score: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in score.items() if value is not None or key == "value"}
