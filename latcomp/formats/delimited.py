"""csv and tsv: one column per dimension, or one column of written lists."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

import numpy as np

from latcomp.errors import InputError
from latcomp.files.arrays import Array
from latcomp.files.columns import id_column, label_column, runs
from latcomp.files.spool import spool
from latcomp.files.tables import ID_NAMES, LABEL_NAMES, UNCOUNTED, Member, Table
from latcomp.files.textfile import lines, numbers, plain_name
from latcomp.formats import FORMATS, Asked

FLOAT64 = np.dtype(np.float64)
BLOCK = 1024
"""Rows parsed at a time."""

LONGEST_CELL = 2**24

MARKS = (",", ";", "\t", "|")
"""What may stand between the cells of a .csv file: the one that its first line has most of."""

HEADERS = {*ID_NAMES, *LABEL_NAMES, "text", "texts", "sentence", "sentences", "title", "titles"}
"""What a first line says where it names the only column."""


@dataclass(frozen=True)
class Sheet:
    """The columns of a file, by name where its first line names them, and its first row."""

    names: list[str]
    first: list[str]
    headed: bool

    @property
    def vectors(self) -> dict[str, list[int]]:
        """Columns that hold vectors: runs of numbers, or one column of written lists."""
        numeric = [
            name for name, cell in zip(self.names, self.first, strict=False) if _is_number(cell)
        ]
        groups = runs(numeric)
        written = [n for n, c in zip(self.names, self.first, strict=False) if _is_list(c)]
        places = {name: [self.names.index(one) for one in group] for name, group in groups.items()}
        return {**{name: [self.names.index(name)] for name in written}, **places}

    def width(self, columns: Sequence[int]) -> int:
        """How many numbers the columns hold in the first row."""
        return len(columns) if len(columns) > 1 else len(_unwritten(self.first[columns[0]]))


class Delimited:
    """csv, tsv: `file.csv::column` of lists, or columns dim_0, dim_1, ...; ids in one; gzip too"""

    suffixes = (".csv", ".tsv")

    def recognises(self, head: bytes, path: Path) -> bool:
        return plain_name(path).suffix.lower() in self.suffixes and b"\0" not in head

    def members(self, path: Path, asked: Asked) -> list[Member]:
        sheet = _sheet(path, asked)
        if not sheet.vectors:
            raise InputError(
                f"{path} has no column of vectors; its columns are: {', '.join(sheet.names[:12])}",
                "vectors are columns such as dim_0, dim_1, ... or one column of [0.1, 0.2, ...]",
            )
        return [
            Member(name, (UNCOUNTED, sheet.width(columns)), "float64")
            for name, columns in sheet.vectors.items()
        ]

    def read(self, path: Path, dataset: str, asked: Asked) -> Table:
        sheet = _sheet(path, asked)
        columns = sheet.vectors[dataset]
        width = sheet.width(columns)
        others = [n for i, n in enumerate(sheet.names) if i not in set(columns)]
        named = {"ids": _id(sheet, others), "labels": label_column(others)}
        places = {w: sheet.names.index(n) for w, n in named.items() if n is not None}
        lists: dict[str, list[str]] = {what: [] for what in places}

        def parsed() -> Iterator[Array]:
            rows = islice(_rows(path, sheet, asked), asked.limit)
            number = 1 + sheet.headed
            while block := list(islice(rows, BLOCK)):
                yield _numbers(path, number, block, columns, width)
                for what, place in places.items():
                    lists[what] += [row[place] for row in block]
                number += len(block)

        vectors = spool(parsed(), width, FLOAT64)
        return Table(str(path), dataset, vectors, lists.get("ids"), lists.get("labels"))

    def column(self, path: Path, name: str | None, asked: Asked) -> list[str]:
        sheet = _sheet(path, asked)
        if name is None and len(sheet.names) == 1 and sheet.names[0].lower() not in HEADERS:
            sheet = replace(sheet, headed=False)
        wanted = name or (sheet.names[0] if len(sheet.names) == 1 else id_column(sheet.names))
        if wanted not in sheet.names:
            raise InputError(
                f"{path} has no column `{name or 'ids'}`; it has: {', '.join(sheet.names[:12])}"
            )
        place = sheet.names.index(wanted)
        return [row[place] for row in _rows(path, sheet, asked)]


def _id(sheet: Sheet, others: list[str]) -> str | None:
    """The column of ids; without a header, the first column where it is text."""
    if sheet.headed:
        return id_column(others)
    return others[0] if others and not _is_number(sheet.first[0]) else None


def _sheet(path: Path, asked: Asked) -> Sheet:
    rows = list(islice(_cells(path, asked), 2))
    if not rows:
        raise InputError(f"{path} has no rows")
    top, first = rows[0], rows[-1]
    running = all(cell.isdecimal() for cell in top[1:]) and bool(runs(top))
    if len(top) > 1 and all(map(_is_number, top[1:])) and not running:
        return Sheet([f"column_{i}" for i in range(len(top))], top, headed=False)
    return Sheet(top, first if len(rows) > 1 else [], headed=True)


def _rows(path: Path, sheet: Sheet, asked: Asked) -> Iterator[list[str]]:
    for number, row in enumerate(islice(_cells(path, asked), int(sheet.headed), None)):
        if len(row) != len(sheet.names):
            raise InputError(
                f"{path}: row {number} has {len(row)} cells, and {len(sheet.names)} were expected"
            )
        yield row


def _cells(path: Path, asked: Asked) -> Iterator[list[str]]:
    csv.field_size_limit(LONGEST_CELL)
    text = lines(path, asked.unpack)
    top = next(text, "")
    tabbed = plain_name(path).suffix.lower() == ".tsv"
    mark = "\t" if tabbed else max(MARKS, key=top.count)
    try:
        yield from (row for row in csv.reader(chain([top], text), delimiter=mark) if row)
    except csv.Error as error:
        raise InputError(f"{path} cannot be read as a table: {error}") from error


def _numbers(
    path: Path, number: int, block: list[list[str]], columns: list[int], width: int
) -> Array:
    """The vectors of a block of rows: (rows, width)."""
    if len(columns) == 1:
        cells = [_unwritten(row[columns[0]]) for row in block]
    else:
        cells = [[row[place] for place in columns] for row in block]
    if any(len(one) != width for one in cells):
        wrong = next(i for i, one in enumerate(cells) if len(one) != width)
        raise InputError(
            f"{path}: line {number + wrong} has {len(cells[wrong])} numbers; the first has {width}"
        )
    try:
        found = numbers(",".join(cell or "?" for one in cells for cell in one), ",")
        return found.reshape(len(block), width)  # fails where a cell holds two numbers
    except ValueError as error:
        raise InputError(f"{path}: lines {number} to {number + len(block) - 1} hold a value that "
                         "is not a number") from error  # fmt: skip


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _is_list(cell: str) -> bool:
    cells = _unwritten(cell)
    return cell.strip().startswith(("[", "(")) and len(cells) > 1 and all(map(_is_number, cells))


def _unwritten(cell: str) -> list[str]:
    """The numbers in `[0.1, 0.2]` or, as numpy writes it, `[0.1 0.2]`."""
    return [part for part in re.split(r"[\s,]+", cell.strip().strip("[]()").strip()) if part]


FORMATS.add("delimited")(Delimited())
