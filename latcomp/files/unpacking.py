"""What a compressed file may unpack to: a small file that claims to be huge is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from latcomp.errors import InputError, UsageError

FREE_BYTES = 2**30
"""Whatever its size, a file may unpack to this much."""

RATIO = 200
"""A file may unpack to this many times its size."""

LARGEST_PIECE = 2**32
"""The most that one piece (a chunk, a row group) may need in memory at once."""

_SIZES = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}


def parse_size(text: str) -> int:
    """Bytes in a size such as `64G`.

    >>> parse_size("2k")
    2048

    Raises UsageError where it is none.
    """
    match = re.fullmatch(r"(\d{1,15})([kmgt]?)(i?b)?", text.strip().lower())
    if match is None:
        raise UsageError(f"{text!r} is not a size", "write a number of bytes, or one as in 64G")
    return int(match[1]) * _SIZES[match[2]]


def cap(stored: int, allowed: int | None) -> int:
    """Bytes that ``stored`` bytes may unpack to; ``allowed`` is what the user allows."""
    return max(FREE_BYTES, RATIO * stored) if allowed is None else allowed


def check_unpacked(name: str, unpacked: int, stored: int, allowed: int | None) -> None:
    """Raise InputError where ``stored`` bytes unpack to more than they may."""
    if unpacked > cap(stored, allowed):
        raise InputError(
            f"{name} takes {stored:,} bytes and would unpack to {unpacked:,}, "
            f"more than the {cap(stored, allowed):,} allowed",
            "if that is right, allow it with --unpack, as in `--unpack 64G`",
        )


def check_piece(name: str, size: int, allowed: int | None) -> None:
    """Raise InputError where one piece that must be read whole is too large for memory."""
    if size > (LARGEST_PIECE if allowed is None else allowed):
        raise InputError(
            f"{name} is stored in pieces of {size:,} bytes, which must be read whole",
            "if memory allows it, say so with --unpack, as in `--unpack 64G`",
        )


def unpacked(name: str, stream: IO[bytes], stored: int, allowed: int | None) -> Iterator[bytes]:
    """The stream's bytes in pieces of 1 MiB, counted against the cap."""
    size = 0
    while piece := stream.read(2**20):
        size += len(piece)
        check_unpacked(name, size, stored, allowed)
        yield piece
