"""What a comparison of many spaces found: a versioned JSON document, as a report of two is."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from latcomp.conformity import understood
from latcomp.report import Score, entry_of, read_text, schema_text, score_of

SCHEMA = "latcomp/matrix/1"


@dataclass(frozen=True)
class Compared:
    """The scores of two spaces by their numbers; direction "a->b" is from ``a`` to ``b``."""

    a: int
    b: int
    scores: tuple[Score, ...]


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """Scores of every pair, and how they were made. `times` alone differs between equal runs.

    ``spaces`` are all spaces, each once; ``rows`` and ``columns`` are the numbers of those that
    the matrix shows, the same ones where one family was compared with itself. Every pair of a
    row and a column stands in ``pairs`` once, whichever is named first.
    """

    spaces: tuple[dict[str, Any], ...]
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    matching: dict[str, Any]
    anchors: dict[str, Any]
    similarity: dict[str, Any]
    protocol: dict[str, Any]
    environment: dict[str, Any]
    pairs: tuple[Compared, ...]
    warnings: tuple[str, ...] = ()
    gates: tuple[dict[str, Any], ...] = ()
    times: dict[str, Any] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The names of all spaces, by their numbers."""
        return [space["name"] for space in self.spaces]

    @property
    def square(self) -> bool:
        """Whether one family was compared with itself."""
        return self.rows == self.columns

    @cached_property
    def _places(self) -> dict[tuple[int, int], tuple[Compared, bool]]:
        forth = {(pair.a, pair.b): (pair, True) for pair in self.pairs}
        return {(pair.b, pair.a): (pair, False) for pair in self.pairs} | forth

    def find(self, row: int, column: int, label: str, space: str) -> Score | None:
        """The score of a measure, `mrr@10`, from one space to another; None for a space itself.

        A directed measure searches vectors of the row among those of the column; any other has
        one score for both directions.
        """
        pair, forth = self._places.get((row, column), (None, True))
        if pair is None:
            return None
        way = "a->b" if forth else "b->a"
        for score in pair.scores:
            named = label in (score.label, score.measure)
            if named and score.space == space and score.direction in (None, way):
                return score
        return None

    def to_json(self) -> str:
        """The matrix as the JSON document `latcomp/matrix/1`."""
        document = {"schema": SCHEMA, **asdict(self)}
        for pair in document["pairs"]:
            pair["scores"] = [entry_of(score) for score in pair["scores"]]
        return json.dumps(document, indent=1, allow_nan=False, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Matrix:
        """Read what `to_json` wrote. Raises InputError for anything else."""
        return understood(text, SCHEMA, whole_schema, cls._built, "matrix A B C")

    @classmethod
    def _built(cls, found: dict[str, Any]) -> Matrix:
        pairs = tuple(
            Compared(pair["a"], pair["b"], tuple(map(score_of, pair["scores"])))
            for pair in found.pop("pairs")
        )
        listed: dict[str, Any] = {key: tuple(found.pop(key)) for key in _LISTS}
        return cls(pairs=pairs, **listed, **found)


_LISTS = ("spaces", "rows", "columns", "warnings", "gates")


def read_matrix(path: Path) -> Matrix:
    """Read a matrix from a file. Raises InputError, naming the file, where it is none."""
    return read_text(path, Matrix.from_json)


def matrix_schema_text() -> str:
    """The JSON Schema of a matrix; what it shares with reports it takes from their schema."""
    return (Path(__file__).parents[1] / "matrix.schema.json").read_text(encoding="utf-8")


def whole_schema() -> dict[str, Any]:
    """The schema with the report's schema, which it refers to, inside."""
    own, report = json.loads(matrix_schema_text()), json.loads(schema_text())
    inside = {**report, "$id": "report.schema.json"}
    return {**own, "$defs": {**own["$defs"], "report": inside}}
