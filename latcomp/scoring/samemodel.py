"""Two versions of one model: may the new one take the old one's place?

An index of old vectors can stay ("drop-in") where new vectors find in it what old ones found. It
must be built anew ("re-index needed") where they do not, but items have the same neighbours in
either version. Else the versions are "not comparable": results will change whatever is done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import torch
from torch import Tensor

from latcomp.measures import Measure
from latcomp.report import Report, Score
from latcomp.scan import Statistic
from latcomp.scoring.extra import Compared
from latcomp.statistics.agreement import Agreement, RowAgreement
from latcomp.statistics.lengths import RowLengths

QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)


@dataclass(frozen=True)
class Thresholds:
    """What each word demands, all of it adjustable.

    ``cosine`` is for the item at the lowest 5%, ``norm`` how far the median length may change,
    ``self_retrieval`` and ``recall`` are for old vectors searched with new ones; ``overlap`` is
    the share of neighbours inside either version that the other has, too.
    """

    cosine: float = 0.95
    norm: float = 0.1
    self_retrieval: float = 0.99
    recall: float = 0.95
    overlap: float = 0.7


@dataclass(frozen=True)
class SameModel:
    """Adds the verdict to a report: the word, the numbers behind it and what they had to be."""

    thresholds: Thresholds = Thresholds()

    def needs(self, measures: Sequence[Measure]) -> list[Statistic]:
        return [RowLengths(), RowAgreement()]

    def add(self, report: Report, compared: Compared) -> Report:
        learnt = compared.spaces["absolute"][0].found
        found = _found(report, learnt[RowAgreement()], learnt[RowLengths()])
        tests = _tests(found, self.thresholds)
        stays = all(met for name, (met, _) in tests.items() if name != "overlap")
        kept = tests["overlap"][0]
        word = "drop-in" if stays else "re-index needed" if kept else "not comparable"
        verdict = {
            "word": word,
            "because": [text for _, text in tests.values()],
            "found": {name: value for name, value in found.items() if value is not None},
            "thresholds": asdict(self.thresholds),
        }
        return replace(report, verdict=verdict)


def _found(report: Report, agreement: Agreement, lengths: Tensor) -> dict[str, Any]:
    old, new = lengths.T
    return {
        "cosine": None if agreement.cosines is None else _quantiles(agreement.cosines),
        "norm": _quantiles(new / old),
        "self_retrieval": _value(report, "hit@1", "b->a"),
        "recall": _value(report, "neighbour-recall", "b->a"),
        "overlap": _value(report, "mutual-knn", None),
    }


def _tests(found: dict[str, Any], wanted: Thresholds) -> dict[str, tuple[bool, str]]:
    """Whether each demand is met, and a sentence that says so."""
    norm = found["norm"]["0.5"]
    tests = {"norm": (abs(norm - 1) <= wanted.norm, f"median length x {norm:.3f}")}
    limits = {"norm": f"1 +- {wanted.norm:g}"}
    lowest = None if found["cosine"] is None else found["cosine"]["0.05"]
    for name, value, words in (
        ("cosine", lowest, "cosine of old and new, lowest 5%"),
        ("self_retrieval", found["self_retrieval"], "self-retrieval in the old index"),
        ("recall", found["recall"], "old neighbours found in the old index"),
        ("overlap", found["overlap"], "neighbours kept when both are indexed anew"),
    ):
        least = getattr(wanted, name)
        limits[name] = f"at least {least:g}"
        met = value is not None and value >= least
        tests[name] = (met, f"{words} {'n/a' if value is None else f'{value:.4f}'}")
    return {
        name: (met, f"{text}, {'met' if met else 'not met'}: {limits[name]}")
        for name, (met, text) in tests.items()
    }


def _value(report: Report, measure: str, direction: str | None) -> float | None:
    scores: list[Score] = report.find(measure, "absolute", direction)
    return scores[0].value if scores else None


def _quantiles(values: Tensor) -> dict[str, float]:
    points = torch.tensor(QUANTILES, dtype=torch.float64)
    ordered = values.double().sort().values
    places = points * (len(ordered) - 1)
    low, high = ordered[places.floor().long()], ordered[places.ceil().long()]
    found = torch.lerp(low, high, places - places.floor())
    return {f"{point:g}": float(value) for point, value in zip(QUANTILES, found, strict=True)}
