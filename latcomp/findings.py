"""What was found of several ways from one space into another: a versioned JSON document."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from latcomp.conformity import understood
from latcomp.report import Score, entry_of, named, score_of

TRANSLATION, MIGRATION = "latcomp/translation/1", "latcomp/migration/1"
"""The schemas of such documents."""


@dataclass(frozen=True, kw_only=True)
class Findings:
    """Scores of every way, and how they were made. `times` alone differs between equal runs.

    ``schema`` is TRANSLATION or MIGRATION; the `space` of a score is the
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
        return named(self.scores, measure, space, direction)

    def to_json(self) -> str:
        """The JSON document, valid under the schema that `schema_text` gives."""
        document = asdict(self)
        document["scores"] = [entry_of(score) for score in document["scores"]]
        if self.verdict is None:
            del document["verdict"]
        return json.dumps(document, indent=1, allow_nan=False, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str, schema: str, command: str) -> Findings:
        """Read what `to_json` wrote under this schema, after this command.

        Raises InputError for anything else.
        """
        rules = partial(json.loads, schema_text())
        return understood(text, schema, rules, partial(cls._built, schema), command)

    @classmethod
    def _built(cls, schema: str, found: dict[str, Any]) -> Findings:
        listed: dict[str, Any] = {key: tuple(found.pop(key)) for key in _LISTS}
        scores = tuple(map(score_of, found.pop("scores")))
        return cls(schema=schema, scores=scores, **listed, **found)


_LISTS = ("ways", "warnings", "gates")


def schema_text() -> str:
    """The JSON Schema of findings."""
    return (Path(__file__).parent / "findings.schema.json").read_text(encoding="utf-8")


def ways_of(scores: Sequence[Score]) -> list[str]:
    """The ways that have scores, in order."""
    return list(dict.fromkeys(score.space for score in scores))
