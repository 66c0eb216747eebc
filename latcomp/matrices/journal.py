"""A journal of the pairs that are done, so that a killed run goes on where it was."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from latcomp.errors import InputError
from latcomp.report import Score, entry_of, score_of


@dataclass(frozen=True)
class Done:
    """A pair that is done: its scores, and what a reader should know of it.

    ``means`` are the mean cosines of different items in a and in b, as they were saved.
    """

    a: int
    b: int
    scores: tuple[Score, ...]
    means: tuple[float, float]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Journal:
    """A file with one JSON object a line: what was asked for, then each pair that is done."""

    path: Path

    def resume(self, asked: dict[str, Any]) -> dict[tuple[int, int], Done]:
        """The pairs that an earlier run for the same thing left; begins anew where there is none.

        Raises InputError where the journal is of other inputs or options.
        """
        lines = self._lines()
        written = json.loads(json.dumps(asked))
        if not lines:
            self._append(asked, "w")
            return {}
        try:
            found, *entries = map(json.loads, lines)
            different = [name for name in asked if found[name] != written[name]]
            done = [_done(entry) for entry in entries]
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"{self.path} is not the journal of a matrix", "delete it to begin anew"
            ) from error
        if different:
            raise InputError(
                f"{self.path} holds {len(done)} pairs of a run with other {', '.join(different)}",
                "ask for the same as that run to go on with it, or delete the file",
            )
        return {(pair.a, pair.b): pair for pair in done}

    def keep(self, done: Done) -> None:
        """Note a pair, safe on the disk."""
        entry = asdict(done)
        entry["scores"] = [entry_of(score) for score in entry["scores"]]
        self._append(entry, "a")

    def _append(self, entry: dict[str, Any], mode: str) -> None:
        try:
            with self.path.open(mode, encoding="utf-8") as file:
                file.write(json.dumps(entry) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise InputError(f"{self.path} cannot be written: {error.strerror}") from error

    def _lines(self) -> list[str]:
        """The whole lines; one that was cut off is taken off the file."""
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            raise InputError(f"{self.path} cannot be read: {error}") from error
        whole = text[: text.rfind("\n") + 1]
        if whole != text:
            self.path.write_text(whole, encoding="utf-8")
        return whole.splitlines()


def journal_beside(path: Path) -> Journal:
    """The journal of a run whose result is written to ``path``."""
    return Journal(path.with_name(f".{path.name}.partial"))


def _done(entry: dict[str, Any]) -> Done:
    one, other = entry["means"]
    scores = tuple(map(score_of, entry["scores"]))
    return Done(entry["a"], entry["b"], scores, (one, other), tuple(entry["notes"]))
