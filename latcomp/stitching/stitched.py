"""What stitching found: a versioned JSON document, `latcomp/stitch/1`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from latcomp.conformity import understood
from latcomp.report import Score, entry_of, score_of

SCHEMA = "latcomp/stitch/1"


@dataclass(frozen=True)
class Stitched:
    """Scores of every head on every space, and how they were made.

    An entry of ``scores`` is a `Score`: ``measure`` is accuracy, f1-macro, f1-weighted, r2 or mse;
    ``space`` is how rows reached the head (relative, absolute, ortho ...); ``direction`` is
    "a->b" where the head was trained on a and tested on b, "a->a" for the head on its own space.
    `times` is the only part that differs between equal runs.
    """

    inputs: dict[str, Any]
    matching: dict[str, Any]
    target: dict[str, Any]
    anchors: dict[str, Any]
    similarity: dict[str, Any]
    protocol: dict[str, Any]
    environment: dict[str, Any]
    scores: tuple[Score, ...]
    warnings: tuple[str, ...] = ()
    gates: tuple[dict[str, Any], ...] = ()
    times: dict[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> None:
        """No word on whether that is good: numbers stand beside what chance gives."""

    @property
    def usual(self) -> str:
        """The way that gates judge unless they name another: relative, or else the first."""
        ways = [score.space for score in self.scores]
        return "relative" if "relative" in ways else ways[0]

    def find(
        self, measure: str, space: str = "relative", direction: str | None = None
    ) -> list[Score]:
        """Scores by measure and way; those of stitched pairs alone unless a direction is given."""
        return [
            score
            for score in self.scores
            if score.measure == measure
            and score.space == space
            and (score.direction == direction if direction else not own(score))
        ]

    def to_json(self) -> str:
        """What was found as the JSON document `latcomp/stitch/1`."""
        document = {"schema": SCHEMA, **asdict(self)}
        document["scores"] = [entry_of(score) for score in document["scores"]]
        return json.dumps(document, indent=1, allow_nan=False, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Stitched:
        """Read what `to_json` wrote. Raises InputError for anything else."""
        rules = partial(json.loads, stitch_schema_text())
        return understood(text, SCHEMA, rules, cls._built, "stitch A B")

    @classmethod
    def _built(cls, found: dict[str, Any]) -> Stitched:
        listed: dict[str, Any] = {key: tuple(found.pop(key)) for key in ("warnings", "gates")}
        return cls(scores=tuple(map(score_of, found.pop("scores"))), **listed, **found)


def stitch_schema_text() -> str:
    """The JSON Schema that every written document is valid under."""
    return (Path(__file__).parents[1] / "stitch.schema.json").read_text(encoding="utf-8")


def own(score: Score) -> bool:
    """Whether a head was tested on the space it was trained on."""
    trained, _, tested = (score.direction or "").partition("->")
    return trained == tested
