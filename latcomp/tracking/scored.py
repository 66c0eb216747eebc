"""How well checkpoints do: a csv file of names and scores, and of runs and epochs if any."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path, PurePath

from latcomp.errors import InputError, UsageError
from latcomp.registry import did_you_mean

NAMES = ("name", "path", "checkpoint", "file", "model", "layer", "dataset")
"""Columns taken for names of checkpoints, first match first."""

SCORES = ("score", "accuracy", "acc", "val_acc", "val_accuracy", "f1", "metric", "value")
"""Columns taken for scores."""


@dataclass(frozen=True)
class Known:
    """What is known of a checkpoint: its score, the run it belongs to, and when in that run."""

    score: float
    run: str | None = None
    epoch: float | None = None


@dataclass(frozen=True)
class Columns:
    """Which columns hold what; None takes the first of the usual names."""

    name: str | None = None
    score: str | None = None
    run: str | None = None
    epoch: str | None = None


Scores = Path | str | Mapping[str, Known | float]


def read_scores(scores: Scores, columns: Columns) -> dict[str, Known]:
    """Scores by the name of a checkpoint, from a csv or tsv file, or as they are given.

    Raises InputError where a column is missing, a number is none, or a name stands twice.
    """
    if isinstance(scores, Mapping):
        return {n: s if isinstance(s, Known) else Known(float(s)) for n, s in scores.items()}
    path = Path(scores)
    header, lines = _table(path)
    name = _column(path, header, "name", columns.name, NAMES)
    score = _column(path, header, "score", columns.score, SCORES)
    run = _optional(path, header, columns.run, "run")
    epoch = _optional(path, header, columns.epoch, "epoch")
    found: dict[str, Known] = {}
    for number, line in enumerate(lines, 2):
        if line[name] in found:
            raise InputError(f"{path} has two rows for {line[name]!r}")
        when = None if epoch is None else _number(path, number, epoch, line[epoch])
        found[line[name]] = Known(
            _number(path, number, score, line[score]), line[run] if run else None, when
        )
    return found


def _table(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ",")
            lines = list(reader)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} cannot be read as csv: {error}") from error
    if not lines:
        raise InputError(f"{path} holds no rows; a header and one row per checkpoint were expected")
    if any(None in line or None in line.values() for line in lines):
        raise InputError(f"{path} has rows with more or fewer fields than its header")
    return list(reader.fieldnames or ()), lines


def _column(
    path: Path, header: Sequence[str], what: str, asked: str | None, usual: Iterable[str]
) -> str:
    if asked is not None:
        return _named(path, header, asked)
    found = next((name for name in usual if name in header), None)
    if found is None:
        raise InputError(
            f"{path} has no column of {what}s; it has: {', '.join(header)}",
            f"call it {what!r}, or name it, as in --columns {what}={header[-1]}",
        )
    return found


def _optional(path: Path, header: Sequence[str], asked: str | None, usual: str) -> str | None:
    if asked is not None:
        return _named(path, header, asked)
    return usual if usual in header else None


def _named(path: Path, header: Sequence[str], asked: str) -> str:
    if asked not in header:
        raise InputError(f"{path} has no column {asked!r}", did_you_mean(asked, list(header)))
    return asked


def _number(path: Path, line: int, column: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"{path}: line {line} has {text!r} for {column}; a number was expected")
    return value


def matched_scores(known: Mapping[str, Known], names: Sequence[str]) -> list[Known]:
    """What is known of every checkpoint; a row may name its path, file, stem or dataset.

    Raises InputError where a checkpoint has no row, or several that could be meant.
    """
    return [_of(known, name) for name in names]


def _of(known: Mapping[str, Known], name: str) -> Known:
    for forms in ({name}, _short(name)):
        found = [form for form in sorted(forms) if form in known]
        if len(found) > 1:
            raise InputError(f"rows of the scores fit {name} in two ways: {' and '.join(found)}")
        if found:
            return known[found[0]]
    near = did_you_mean(name, list(known)[:20])
    raise InputError(f"the scores have no row for {name}", near)


def _short(name: str) -> set[str]:
    path, mark, dataset = name.partition("::")
    file = PurePath(path)
    if mark:
        return {f"{file.name}::{dataset}", f"{file.stem}::{dataset}", dataset}
    return {path, file.name, file.stem}


def short_names(names: Sequence[str]) -> list[str]:
    """Names as a table shows them: datasets or stems of files alone, where these tell them apart.

    >>> short_names(["runs/a.h5::layer1", "runs/a.h5::layer2"])
    ['layer1', 'layer2']
    >>> short_names(["runs/one.npy", "runs/two.npy"])
    ['one', 'two']
    """
    datasets = [name.partition("::")[2] for name in names]
    stems = [PurePath(name.partition("::")[0]).stem for name in names]
    for short in (datasets, stems):
        if all(short) and len(set(short)) == len(short):
            return short
    return list(names)


def parse_columns(text: str | None) -> Columns:
    """Read `name=file,score=val_acc,run=seed`. Raises UsageError for another form.

    >>> parse_columns("score=val_acc")
    Columns(name=None, score='val_acc', run=None, epoch=None)
    """
    pairs = [part.partition("=") for part in (text or "").split(",") if part]
    known = [field.name for field in fields(Columns)]
    for what, _, column in pairs:
        if what not in known or not column:
            raise UsageError(
                f"cannot read the columns {text!r}", f"write {'=..., '.join(known)}=..."
            )
    return Columns(**{what: column for what, _, column in pairs})
