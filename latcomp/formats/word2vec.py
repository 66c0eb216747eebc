"""word2vec binary: each word in text, then its numbers, read in place."""

from __future__ import annotations

import re
from array import array
from pathlib import Path

import numpy as np

from latcomp.errors import InputError
from latcomp.files.arrays import Array, Rows
from latcomp.files.tables import Member, Table
from latcomp.formats import FORMATS, Asked

HEADER = re.compile(rb"(\d{1,20})[ \t](\d{1,9}) ?\r?\n")
LONGEST_WORD = 2**16
PIECE = 2**22
"""How much is read at a time in search of the words."""

FLOAT32 = np.dtype("<f4")


class Word2vec:
    """word2vec binary (.bin), read row by row; bytes of words that are not UTF-8 become escapes"""

    suffixes = (".bin",)

    def recognises(self, head: bytes, path: Path) -> bool:
        header = HEADER.match(head)
        return header is not None and not _is_text(head[header.end() :])

    def members(self, path: Path, asked: Asked) -> list[Member]:
        count, width, _ = _header(path)
        return [Member("", (count, width), "float32")]

    def read(self, path: Path, dataset: str, asked: Asked) -> Table:
        count, width, start = _header(path)
        words, places = _walk(path, min(count, asked.limit or count), width, start)
        step = width * FLOAT32.itemsize

        def fetch(low: int, high: int) -> Array:
            rows = np.empty((high - low, width), FLOAT32)
            wanted = places[low:high]
            with path.open("rb") as file:
                file.seek(wanted[0] if wanted else 0)
                data = file.read(wanted[-1] + step - wanted[0] if wanted else 0)
            for row, place in enumerate(wanted):
                rows[row] = np.frombuffer(data, FLOAT32, width, place - wanted[0])
            return rows

        vectors = Rows(str(path), (len(words), width), FLOAT32, fetch, (OSError, ValueError))
        return Table(str(path), None, vectors, words)


def _is_text(head: bytes) -> bool:
    """Whether the first line is a word and numbers in text."""
    parts = head.partition(b"\n")[0].split()[1:4]
    try:
        return b"\0" not in head[:4096] and bool([float(part) for part in parts])
    except ValueError:
        return False


def _header(path: Path) -> tuple[int, int, int]:
    with path.open("rb") as file:
        match = HEADER.match(file.read(64))
    if match is None:
        raise InputError(f"{path} cannot be read as word2vec: it has no header")
    count, width, size = int(match[1]), int(match[2]), path.stat().st_size
    if count * (width * FLOAT32.itemsize + 1) > size or width == 0:
        raise InputError(
            f"{path} cannot be read as word2vec: its header promises {count:,} x {width:,} "
            f"numbers, more than its {size:,} bytes hold"
        )
    return count, width, match.end()


def _walk(path: Path, count: int, width: int, at: int) -> tuple[list[str], array[int]]:
    """The words, and where in the file the numbers of each begin."""
    words: list[str] = []
    places = array("q")
    step = width * FLOAT32.itemsize
    with path.open("rb") as file:
        file.seek(at)
        held, begin, at = b"", at, 0
        for row in range(count):
            if len(held) - at < LONGEST_WORD + 1 + step:
                held, begin, at = held[at:] + file.read(PIECE + step), begin + at, 0
            end = held.find(b" ", at, at + LONGEST_WORD)
            if end < 0 or end + 1 + step > len(held):
                raise InputError(f"{path} cannot be read as word2vec: it ends within word {row:,}")
            words.append(held[at:end].lstrip(b"\n").decode("utf-8", "backslashreplace"))
            places.append(begin + end + 1)
            at = end + 1 + step
    return words, places


FORMATS.add("word2vec")(Word2vec())
