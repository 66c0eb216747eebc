"""What was found of several ways from one space into another: a versioned JSON document."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from latcomp.report import Score, entry_of


@dataclass(frozen=True, kw_only=True)
class Findings:
    """Scores of every way, and how they were made. `times` alone differs between equal runs.

    ``schema`` is "latcomp/translation/1" or "latcomp/migration/1"; the `space` of a score is the
    way it belongs to, and ``usual`` the one that gates judge unless they name another.
    """

    schema: str
    inputs: dict[str, Any]
    matching: dict[str, Any]
    protocol: dict[str, Any]
    environment: dict[str, Any]
    ways: tuple[dict[str, Any], ...]
    usual: str
    scores: tuple[Score, ...]
    verdict: dict[str, Any] | None = None
    warnings: tuple[str, ...] = ()
    gates: tuple[dict[str, Any], ...] = ()
    times: dict[str, Any] = field(default_factory=dict)

    def find(self, measure: str, space: str, direction: str | None = None) -> list[Score]:
        """Scores by the name a user writes, `mrr` or `recall@10`, of one way."""
        return [
            score
            for score in self.scores
            if measure in (score.measure, score.label)
            and score.space == space
            and direction in (None, score.direction)
        ]

    def to_json(self) -> str:
        """The JSON document, valid under the schema that `schema_text` gives."""
        document = asdict(self)
        document["scores"] = [entry_of(score) for score in document["scores"]]
        if self.verdict is None:
            del document["verdict"]
        return json.dumps(document, indent=1, allow_nan=False, ensure_ascii=False) + "\n"


def schema_text() -> str:
    """The JSON Schema of findings."""
    return (Path(__file__).parent / "findings.schema.json").read_text(encoding="utf-8")


def ways_of(scores: Sequence[Score]) -> list[str]:
    """The ways that have scores, in order."""
    return list(dict.fromkeys(score.space for score in scores))
