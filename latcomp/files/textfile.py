"""Text files, plain or gzipped: their first bytes, and their lines in bounded memory."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from latcomp.errors import InputError
from latcomp.files.arrays import Array
from latcomp.files.unpacking import unpacked

HEAD_BYTES = 2**16
"""How much of a file is looked at to learn its format."""

PIECE = 2**22
"""How much of a text file is read at a time."""

LONGEST_LINE = 2**28
"""A longer line is taken for a sign that the file is no text."""

GZIP = b"\x1f\x8b"

MARK = b"\xef\xbb\xbf"
"""What some programs write before text in UTF-8."""


def plain_name(path: Path) -> Path:
    """The name without `.gz`."""
    return path.with_suffix("") if path.suffix.lower() == ".gz" else path


def first_bytes(path: Path, count: int) -> bytes:
    """The first bytes as they are stored. Raises InputError where they cannot be read."""
    with reading(path), path.open("rb") as file:
        return file.read(count)


def head_of(path: Path) -> bytes:
    """The first bytes, unpacked where they are gzipped. Raises InputError where unreadable."""
    head = first_bytes(path, HEAD_BYTES)
    if head.startswith(GZIP):
        with reading(path):
            head = zlib.decompressobj(31).decompress(head, HEAD_BYTES)
    return head.removeprefix(MARK)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what goes wrong while a text file is read into an InputError that names it."""
    try:
        yield
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{path} cannot be read: {reason}") from error


def pieces(path: Path, allowed: int | None) -> Iterator[bytes]:
    """The bytes of a file, unpacked where they are gzipped, in pieces."""
    with reading(path), path.open("rb") as file:
        packed = file.read(2) == GZIP
        file.seek(0)
        if not packed:
            while piece := file.read(PIECE):
                yield piece
            return
        with gzip.GzipFile(fileobj=file) as inner:
            yield from unpacked(str(path), inner, path.stat().st_size, allowed)  # type: ignore[arg-type]


def blocks(path: Path, allowed: int | None) -> Iterator[list[bytes]]:
    """Lists of lines, without their ends, about PIECE bytes at a time."""
    rest: list[bytes] = []
    for number, piece in enumerate(pieces(path, allowed)):
        if number == 0:
            piece = piece.removeprefix(MARK)
        whole, mark, tail = piece.rpartition(b"\n")
        if mark:
            yield b"".join([*rest, whole]).split(b"\n")
            rest = []
        rest.append(tail)
        if sum(map(len, rest)) > LONGEST_LINE:
            raise InputError(
                f"{path} cannot be read as text: a line has over {LONGEST_LINE:,} bytes"
            )
    if any(rest):
        yield [b"".join(rest)]


def lines(path: Path, allowed: int | None) -> Iterator[str]:
    """Lines with their ends, as UTF-8; bytes that are none are kept as backslash escapes."""
    for block in blocks(path, allowed):
        for line in block:
            yield line.decode("utf-8", "backslashreplace") + "\n"


def numbers(text: bytes | str, mark: str) -> Array:
    """Numbers written one after another with ``mark`` between them, as float64.

    Raises ValueError for anything else.
    """
    if not text.strip():
        return np.empty(0)
    found: Array = np.fromstring(text, np.float64, sep=mark)
    return found
