"""What a comparison found, and everything needed to find it again: a versioned JSON document."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from latcomp.conformity import understood
from latcomp.errors import InputError

SCHEMA = "latcomp/report/1"

T = TypeVar("T")

OPTIONAL = ("queries", "items", "labels", "verdict")
"""Parts of a report that stand in it only where they were asked for."""


@dataclass(frozen=True, kw_only=True)
class Score:
    """One measure in one space and, where it is directed, one direction.

    ``value`` is None, with a ``reason``, where the measure does not apply. ``interval`` is the
    sampling interval over items, found as ``interval_by`` says; ``interval_anchors`` is the one
    over anchor draws, ``interval_both`` holds both kinds of noise; ``errors`` are the standard
    errors behind them, and ``by_group`` is how far each of a few fixed groups of items moved the
    score: two reports on the same items err together. ``over_seeds`` is the spread over anchor
    draws, and the score of each; ``chance`` the value
    expected when items are paired at random, ``null`` what permuting the pairing found (``tied``
    permutations scored just as the true pairing, and count as reaching it), and ``calibrated`` the
    score on a scale from that null (0) to the best value (1). ``options`` are all options of the
    measure, and ``request`` is how to ask for it where they are not the usual ones;
    ``over_samples`` is the spread over drawn samples of items; ``note`` is what to know when
    reading the number.
    """

    measure: str
    k: int | None = None
    space: str
    direction: str | None = None
    value: float | None
    reason: str | None = None
    interval: tuple[float, float] | None = None
    interval_by: str | None = None
    interval_anchors: tuple[float, float] | None = None
    interval_both: tuple[float, float] | None = None
    errors: dict[str, float] | None = None
    by_group: tuple[float, ...] | None = None
    over_seeds: dict[str, Any] | None = None
    chance: float | None = None
    null: dict[str, float] | None = None
    calibrated: float | None = None
    items: int | None = None
    range: tuple[float, float] = (0.0, 1.0)
    better: str = "higher"
    options: dict[str, Any] | None = None
    request: str | None = None
    over_samples: dict[str, float] | None = None
    note: str | None = None

    @property
    def label(self) -> str:
        """The measure as it is asked for: `jaccard@10`, `svcca(variance=0.9)`."""
        if self.request is not None:
            return self.request
        return self.measure if self.k is None else f"{self.measure}@{self.k}"


@dataclass(frozen=True)
class Report:
    """Scores, and how they were made. `times` is the only part that differs between equal runs.

    ``queries`` says where separate queries came from, ``items`` names those that moved most and
    least, ``labels`` holds per-item scores by label and ``verdict`` the word on two versions of one
    model, each where it was asked for.
    """

    inputs: dict[str, Any]
    matching: dict[str, Any]
    anchors: dict[str, Any]
    similarity: dict[str, Any]
    protocol: dict[str, Any]
    environment: dict[str, Any]
    scores: tuple[Score, ...]
    warnings: tuple[str, ...] = ()
    gates: tuple[dict[str, Any], ...] = ()
    queries: dict[str, Any] | None = None
    items: dict[str, Any] | None = None
    labels: tuple[dict[str, Any], ...] = ()
    verdict: dict[str, Any] | None = None
    times: dict[str, Any] = field(default_factory=dict)

    def find(
        self, measure: str, space: str = "relative", direction: str | None = None
    ) -> list[Score]:
        """Scores by the name a user writes, `mrr` or `mrr@10`, in one space and any direction."""
        return named(self.scores, measure, space, direction)

    @property
    def usual(self) -> str:
        """The space that gates judge unless they name another: the relative one, if any."""
        return "relative" if any(one.space == "relative" for one in self.scores) else "absolute"

    def to_json(self) -> str:
        """The report as the JSON document `latcomp/report/1`."""
        document = {"schema": SCHEMA, **asdict(self)}
        document["scores"] = [entry_of(score) for score in document["scores"]]
        for optional in OPTIONAL:
            if not document[optional]:
                del document[optional]
        return json.dumps(document, indent=1, allow_nan=False, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Report:
        """Read what `to_json` wrote. Raises InputError for anything else."""
        rules = partial(json.loads, schema_text())
        return understood(text, SCHEMA, rules, cls._built, "compare A B")

    @classmethod
    def _built(cls, found: dict[str, Any]) -> Report:
        return cls(
            scores=tuple(map(score_of, found.pop("scores"))),
            warnings=tuple(found.pop("warnings")),
            gates=tuple(found.pop("gates")),
            labels=tuple(found.pop("labels", ())),
            **found,
        )


def named(scores: Sequence[Score], measure: str, space: str, direction: str | None) -> list[Score]:
    """Scores of a measure as a user writes it, in one space and one direction, or any."""
    return [
        score
        for score in scores
        if measure in (score.measure, score.label)
        and score.space == space
        and direction in (None, score.direction)
    ]


def read_report(path: Path) -> Report:
    """Read a report from a file. Raises InputError, naming the file, where it is none."""
    return read_text(path, Report.from_json)


def read_text(path: Path, read: Callable[[str], T]) -> T:
    """What ``read`` makes of the text of a file. Raises InputError, naming the file."""
    try:
        return read(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise InputError(f"{path} cannot be read: it is not text") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except InputError as error:
        raise InputError(f"{path} cannot be read: {error.problem}", error.hint) from error


def schema_text() -> str:
    """The JSON Schema that every written report is valid under."""
    return (Path(__file__).parent / "report.schema.json").read_text(encoding="utf-8")


_TUPLES = ("interval", "interval_anchors", "interval_both", "range", "by_group")


def entry_of(score: dict[str, Any]) -> dict[str, Any]:
    """The fields of a score as an entry of a document: what is not known is left out."""
    limits = [limit if math.isfinite(limit) else None for limit in score["range"]]
    known = {key: value for key, value in score.items() if value is not None or key == "value"}
    return {**known, "range": limits}


def score_of(entry: dict[str, Any]) -> Score:
    """The score of an entry that `entry_of` made."""
    pairs = {key: tuple(entry[key]) for key in _TUPLES if entry.get(key)}
    if "range" in pairs:
        low, high = pairs["range"]
        pairs["range"] = (-math.inf if low is None else low, math.inf if high is None else high)
    return Score(**{**entry, **pairs})
