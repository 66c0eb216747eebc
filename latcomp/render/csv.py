"""Scores as a table of full precision for spreadsheets and data frames."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from latcomp.matrices.document import Matrix
from latcomp.render import MATRIX_RENDERINGS, RENDERINGS
from latcomp.report import Report
from latcomp.tabling import FULL, full


@RENDERINGS.add("csv")
def scores(report: Report) -> str:
    """One line per score, numbers in full."""
    return _page([FULL, *map(full, report.scores)])


@MATRIX_RENDERINGS.add("csv")
def pairs(matrix: Matrix) -> str:
    """One line per score of every pair, numbers in full, the names of a and b in front."""
    lines = (
        [matrix.names[pair.a], matrix.names[pair.b], *full(score)]
        for pair in matrix.pairs
        for score in pair.scores
    )
    return _page([("a", "b", *FULL), *lines])


def _page(lines: Iterable[Iterable[object]]) -> str:
    page = io.StringIO()
    csv.writer(page, lineterminator="\n").writerows(lines)
    return page.getvalue()
