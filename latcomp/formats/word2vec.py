"""word2vec binary: each word in text, then its numbers, read in place."""

from __future__ import annotations

import mmap
import re
from pathlib import Path

import numpy as np

from latcomp.errors import InputError
from latcomp.files.arrays import Array, Rows
from latcomp.files.tables import Member, Table
from latcomp.formats import FORMATS, Asked

HEADER = re.compile(rb"(\d{1,20})[ \t](\d{1,9}) ?\r?\n")
LONGEST_WORD = 2**16
FLOAT32 = np.dtype("<f4")


class Word2vec:
    """word2vec binary (.bin), memory-mapped; bytes of words that are not UTF-8 become escapes"""

    suffixes = (".bin",)

    def recognises(self, head: bytes, path: Path) -> bool:
        header = HEADER.match(head)
        return header is not None and not _is_text(head[header.end() :])

    def members(self, path: Path, asked: Asked) -> list[Member]:
        count, width, _ = _header(path)
        return [Member("", (count, width), "float32")]

    def read(self, path: Path, dataset: str, asked: Asked) -> Table:
        count, width, start = _header(path)
        with path.open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        words, places = _walk(path, data, min(count, asked.limit or count), width, start)

        def fetch(low: int, high: int) -> Array:
            rows = np.empty((high - low, width), FLOAT32)
            for place, offset in enumerate(places[low:high]):
                rows[place] = np.frombuffer(data, FLOAT32, width, offset)
            return rows

        return Table(str(path), None, Rows(str(path), (len(words), width), FLOAT32, fetch), words)


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


def _walk(
    path: Path, data: mmap.mmap, count: int, width: int, at: int
) -> tuple[list[str], list[int]]:
    """The words, and where the numbers of each begin."""
    words: list[str] = []
    places: list[int] = []
    step = width * FLOAT32.itemsize
    for row in range(count):
        end = data.find(b" ", at, at + LONGEST_WORD)
        if end < 0 or end + 1 + step > len(data):
            raise InputError(f"{path} cannot be read as word2vec: it ends within word {row:,}")
        words.append(data[at:end].lstrip(b"\n").decode("utf-8", "backslashreplace"))
        places.append(end + 1)
        at = end + 1 + step
    return words, places


FORMATS.add("word2vec")(Word2vec())
