"""The scores of a report as a table of full precision for spreadsheets and data frames."""

from __future__ import annotations

import csv
import io

from latcomp.render import RENDERINGS
from latcomp.report import Report, Score

COLUMNS = (
    "measure", "k", "space", "direction", "value", "interval_low", "interval_high", "interval_by",
    "both_low", "both_high", "seeds", "seeds_std", "chance", "p", "calibrated", "items", "better",
    "reason",
)  # fmt: skip


@RENDERINGS.add("csv")
def scores(report: Report) -> str:
    """One line per score, numbers in full."""
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_line(score) for score in report.scores)
    return page.getvalue()


def _line(score: Score) -> list[object]:
    seeds, null = score.over_seeds or {}, score.null or {}
    return [
        score.measure, score.k, score.space, score.direction, score.value,
        *(score.interval or (None, None)), score.interval_by,
        *(score.interval_both or (None, None)),
        seeds.get("n"), seeds.get("std"), score.chance, null.get("p"), score.calibrated,
        score.items, score.better, score.reason,
    ]  # fmt: skip
