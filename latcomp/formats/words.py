"""Word vectors as text: word2vec, GloVe, fastText .vec."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from latcomp.errors import InputError
from latcomp.files.arrays import Array
from latcomp.files.spool import spool
from latcomp.files.tables import UNCOUNTED, Member, Table
from latcomp.files.textfile import blocks, numbers
from latcomp.formats import FORMATS, Asked

HEADER = re.compile(rb"\s*(\d{1,20})[ \t]+(\d{1,9})\s*")
FLOAT32 = np.dtype(np.float32)


@dataclass(frozen=True)
class Layout:
    """How a file is laid out: the words its header promises, if any, and the width.

    Not ``named``: lines of numbers alone, as numpy.savetxt writes them.
    """

    promised: int | None
    width: int
    named: bool = True


class Words:
    """word vectors as text (word2vec, GloVe, fastText .vec), with or without a header; gzip too"""

    suffixes = (".vec", ".txt", ".glove", ".w2v")

    def recognises(self, head: bytes, path: Path) -> bool:
        try:
            return b"\0" not in head and _layout(head) is not None
        except ValueError:
            return False

    def members(self, path: Path, asked: Asked) -> list[Member]:
        layout = _layout_of(path, asked)
        rows = UNCOUNTED if layout.promised is None else layout.promised
        return [Member("", (rows, layout.width), "float32")]

    def read(self, path: Path, dataset: str, asked: Asked) -> Table:
        layout = _layout_of(path, asked)
        words: list[str] = []
        vectors = spool(_parsed(path, layout, words, asked), layout.width, FLOAT32)
        if layout.promised not in (None, len(words)) and asked.limit is None:
            raise InputError(
                f"{path} has {len(words):,} words; its first line promises {layout.promised:,}"
            )
        return Table(str(path), None, vectors, words if layout.named else None)


def _layout_of(path: Path, asked: Asked) -> Layout:
    first = b"\n".join(next(blocks(path, asked.unpack), [])[:100])
    layout = _layout(first)
    if layout is None:
        raise InputError(f"{path} cannot be read as word vectors: no line has a word and numbers")
    return layout


def _layout(head: bytes) -> Layout | None:
    """The layout, from whole lines at the start; None where they are no word vectors."""
    lines = [line for line in head.split(b"\n")[:100] if line.strip()]
    header = HEADER.fullmatch(lines[0]) if lines else None
    if header is not None:
        fits = len(lines) == 1 or _tail(lines[1]) >= min(int(header[2]), 2)
        return Layout(int(header[1]), int(header[2])) if fits and int(header[2]) else None
    whole = lines[:-1] if len(lines) > 1 else lines
    tails = Counter(_tail(line) for line in whole)
    width = tails.most_common(1)[0][0] if tails else 0
    usual = width > 1 and tails[width] * 2 > len(whole)
    if usual and len(tails) == 1 and all(_is_fraction(line.split()[0]) for line in whole):
        return Layout(None, width + 1, named=False)
    return Layout(None, width) if usual else None


def _is_fraction(text: bytes) -> bool:
    """Whether a text is a number that nobody would write as an id."""
    try:
        return b"." in text and float(text) is not None
    except ValueError:
        return False


def _tail(line: bytes) -> int:
    """How many numbers end a line, after its word."""
    count = 0
    for part in reversed(line.split()[1:]):
        try:
            float(part)
        except ValueError:
            break
        count += 1
    return count


def _parsed(path: Path, layout: Layout, words: list[str], asked: Asked) -> Iterator[Array]:
    """Blocks of vectors; the words they belong to are appended to ``words``."""
    number = 0
    for block in blocks(path, asked.unpack):
        lines = block[1:] if number == 0 and layout.promised is not None else block
        number += len(block)
        lines = [line for line in lines if line.strip()]
        if asked.limit is not None:
            lines = list(islice(lines, asked.limit - len(words)))
        if lines:
            headed = layout.promised is not None and number == len(block)
            split = _split if layout.named else _bare
            found, vectors = split(path, lines, layout.width, number - len(block) + headed)
            words.extend(found)
            yield vectors
        if asked.limit is not None and len(words) >= asked.limit:
            return


def _split(path: Path, lines: list[bytes], width: int, before: int) -> tuple[list[str], Array]:
    """Words and vectors of lines: all at once, or line by line where words hold spaces."""
    pairs = [line.lstrip(b" ").partition(b" ") for line in lines]
    try:
        values = numbers(b" ".join(rest for _, _, rest in pairs), " ")
    except ValueError:
        values = np.empty(0)
    if len(values) != len(lines) * width or not _even(pairs, width):
        return _one_by_one(path, lines, width, before)
    names = [word.decode("utf-8", "backslashreplace") for word, _, _ in pairs]
    return names, values.reshape(len(lines), width).astype(FLOAT32)


def _bare(path: Path, lines: list[bytes], width: int, before: int) -> tuple[list[str], Array]:
    """No words (empty ones), and vectors of lines of numbers."""
    unnamed = [b"_ " + line.strip() for line in lines]
    return _split(path, unnamed, width, before)


def _even(pairs: list[tuple[bytes, bytes, bytes]], width: int) -> bool:
    """Whether every line has as many numbers as the others: one mark between two of them."""
    return all(rest.rstrip().count(b" ") == width - 1 for _, _, rest in pairs)


def _one_by_one(path: Path, lines: list[bytes], width: int, before: int) -> tuple[list[str], Array]:
    names, rows = [], np.empty((len(lines), width), FLOAT32)
    for place, line in enumerate(lines):
        parts = line.strip(b" \r").rsplit(None, width)
        try:
            rows[place] = [float(part) for part in parts[-width:]]
            if len(parts) != width + 1:
                raise ValueError("too few")
        except ValueError as error:
            shown = line[:40].decode("utf-8", "backslashreplace")
            raise InputError(
                f"{path} has a line that is no word and {width} numbers, near line "
                f"{before + place + 1}: {shown!r}"
            ) from error
        names.append(parts[0].decode("utf-8", "backslashreplace"))
    return names, rows


FORMATS.add("words")(Words())
