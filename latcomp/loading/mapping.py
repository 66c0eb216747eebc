"""Which item of one file is which item of another: two columns of ids, comma or tab between."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from latcomp.errors import InputError

IdPair = tuple[str, str]
"""The id of one item in a, and in b."""

Mapping = str | Path | Sequence[IdPair]
"""A file of pairs, or the pairs."""

SUFFIXES = (".csv", ".tsv")

HEADER = ("id_a", "id_b")


def as_pairs(mapping: Mapping | None) -> list[IdPair] | None:
    """The pairs of a mapping, one to one, read from its file where it is one."""
    if mapping is None:
        return None
    return read_mapping(Path(mapping)) if isinstance(mapping, (str, Path)) else one_to_one(mapping)


def read_mapping(path: Path) -> list[IdPair]:
    """The pairs of a file, as `read_pairs` reads them, that are one to one.

    A pair with an id that an earlier pair has is left out. Raises InputError as `read_pairs`.
    """
    return one_to_one(read_pairs(path))


def read_pairs(path: Path) -> list[IdPair]:
    """Read id_a,id_b per line; a first line that says just that is a header.

    Raises InputError for any other number of columns, or a file that cannot be read.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file, delimiter="\t" if path.suffix == ".tsv" else ","))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, csv.Error) as error:
        raise InputError(f"{path} cannot be read as a mapping: {error}") from error
    for number, row in enumerate(rows, 1):
        if row and len(row) != 2:
            raise InputError(
                f"{path}, line {number}: {len(row)} columns; id_a,id_b was expected",
                "tabs separate the columns of a .tsv file, commas those of any other",
            )
    pairs = [(row[0], row[1]) for row in rows if row]
    pairs = pairs[1:] if pairs[:1] == [HEADER] else pairs
    if not pairs:
        raise InputError(f"{path} maps no item")
    return pairs


def one_to_one(pairs: Iterable[IdPair]) -> list[IdPair]:
    """The pairs whose ids no earlier pair has, in order.

    >>> one_to_one([("dog", "chien"), ("hound", "chien"), ("cat", "chat")])
    [('dog', 'chien'), ('cat', 'chat')]
    """
    seen_a: set[str] = set()
    seen_b: set[str] = set()
    kept = []
    for a, b in pairs:
        if a not in seen_a and b not in seen_b:
            kept.append((a, b))
            seen_a.add(a)
            seen_b.add(b)
    return kept
