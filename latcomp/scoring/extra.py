"""What else a comparison may find out on its one walk over the data, beside scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from latcomp.loading.matching import Matched
from latcomp.measures import Measure
from latcomp.report import Report
from latcomp.scan import Statistic
from latcomp.scoring.score import Draw


@dataclass(frozen=True)
class Compared:
    """What was compared: the items, the measures, and the draws of every space."""

    matched: Matched
    measures: Sequence[Measure]
    spaces: dict[str, list[Draw]]


class Extra(Protocol):
    """Something more to learn from the absolute spaces, and to say in the report."""

    def needs(self, measures: Sequence[Measure]) -> Sequence[Statistic]:
        """The statistics it needs of the absolute pair."""

    def add(self, report: Report, compared: Compared) -> Report:
        """The report with what it has to say."""
