"""What tracking found: a versioned JSON document, `latcomp/track/1`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from latcomp.conformity import understood
from latcomp.report import Score, entry_of, score_of
from latcomp.tracking.correlating import Correlation

SCHEMA = "latcomp/track/1"

CORRELATIONS = ("within-run", "across-run")


@dataclass(frozen=True)
class Checkpoint:
    """One checkpoint, layer or model: what it is, how alike the reference, and how well it does."""

    name: str
    input: dict[str, Any]
    scores: tuple[Score, ...]
    score: float | None = None
    run: str | None = None
    epoch: float | None = None


@dataclass(frozen=True)
class Tracked:
    """Every checkpoint's similarity to the reference, and how it goes with their scores.

    In scores "a" is the reference. `times` is the only part that differs between equal runs.
    """

    reference: dict[str, Any]
    checkpoints: tuple[Checkpoint, ...]
    correlations: tuple[Correlation, ...]
    matching: dict[str, Any]
    anchors: dict[str, Any]
    similarity: dict[str, Any]
    protocol: dict[str, Any]
    environment: dict[str, Any]
    warnings: tuple[str, ...] = ()
    gates: tuple[dict[str, Any], ...] = ()
    times: dict[str, Any] = field(default_factory=dict)

    @property
    def scores(self) -> tuple[Score, ...]:
        """The similarities of all checkpoints, one after the other."""
        return tuple(score for one in self.checkpoints for score in one.scores)

    @property
    def verdict(self) -> None:
        """No word on whether that is good: numbers stand beside what chance gives."""

    @property
    def usual(self) -> str:
        """What gates judge unless they name a space: every similarity, wherever it was taken."""
        return ""

    def find(
        self, measure: str, space: str = "relative", direction: str | None = None
    ) -> list[Score]:
        """Similarities by measure and space, of all checkpoints or of the one called ``direction``.

        The space "" is any of similarities; with the space "within-run" or "across-run", the
        correlations, by both coefficients or by the one called ``direction``.
        """
        if space in CORRELATIONS:
            return [
                _as_score(one)
                for one in self.correlations
                if one.measure == measure
                and one.over == space
                and direction in (None, one.coefficient)
            ]
        return [
            replace(score, measure=f"{score.label} of {one.name}")
            for one in self.checkpoints
            for score in one.scores
            if measure in (score.measure, score.label)
            and space in ("", score.space)
            and direction in (None, one.name, score.direction)
        ]

    def document(self) -> dict[str, Any]:
        """What was found as `latcomp/track/1`, not yet written."""
        document = {"schema": SCHEMA, **asdict(self)}
        for checkpoint in document["checkpoints"]:
            checkpoint["scores"] = [entry_of(score) for score in checkpoint["scores"]]
        document["checkpoints"] = [_known(one) for one in document["checkpoints"]]
        document["correlations"] = [_known(one) for one in document["correlations"]]
        return document

    def to_json(self) -> str:
        """What was found as the JSON document `latcomp/track/1`."""
        return json.dumps(self.document(), indent=1, allow_nan=False, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Tracked:
        """Read what `to_json` wrote. Raises InputError for anything else."""
        rules = partial(json.loads, track_schema_text())
        return understood(text, SCHEMA, rules, cls._built, "track REFERENCE CKPT...")

    @classmethod
    def _built(cls, found: dict[str, Any]) -> Tracked:
        checkpoints = tuple(
            Checkpoint(**{**one, "scores": tuple(map(score_of, one["scores"]))})
            for one in found.pop("checkpoints")
        )
        correlations = tuple(
            Correlation(**{"direction": None, **one}) for one in found.pop("correlations")
        )
        listed: dict[str, Any] = {key: tuple(found.pop(key)) for key in ("warnings", "gates")}
        return cls(checkpoints=checkpoints, correlations=correlations, **listed, **found)


def track_schema_text() -> str:
    """The JSON Schema that every written document is valid under."""
    return (Path(__file__).parents[1] / "track.schema.json").read_text(encoding="utf-8")


def _as_score(one: Correlation) -> Score:
    return Score(
        measure=f"{one.coefficient} of {one.measure}",
        space=one.over,
        direction=one.coefficient,
        value=one.value,
        reason=one.reason,
        interval=one.interval,
        range=(-1.0, 1.0),
    )


def _known(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if value is not None or key == "value"}
