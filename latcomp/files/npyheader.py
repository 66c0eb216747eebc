"""The header of numpy's format: what an array is, and where its numbers begin."""

from __future__ import annotations

import tokenize
from dataclasses import dataclass
from math import prod
from typing import IO, Any

import numpy as np

from latcomp.errors import InputError

BREAKS = (ValueError, OverflowError, TypeError, SyntaxError, tokenize.TokenError, MemoryError,
          KeyError, RecursionError)  # fmt: skip
"""What numpy raises for a header that is damaged."""


@dataclass(frozen=True)
class Header:
    """What the header of an array says; ``start`` is where its numbers begin."""

    shape: tuple[int, ...]
    fortran: bool
    dtype: np.dtype[Any]
    start: int

    @property
    def size(self) -> int:
        """The bytes of its numbers."""
        return prod(self.shape) * self.dtype.itemsize


def read_header(name: str, file: IO[bytes], length: int) -> Header:
    """Read the header of an array of ``length`` bytes in all, and hold it against them.

    Raises InputError where the header is damaged, or promises more or fewer bytes than are there.
    """
    try:
        version = np.lib.format.read_magic(file)
        old = version == (1, 0)
        read = np.lib.format.read_array_header_1_0 if old else np.lib.format.read_array_header_2_0
        header = Header(*read(file), file.tell())
    except BREAKS as error:
        reason = str(error).partition("\n")[0]
        raise InputError(
            f"{name} cannot be read as npy: its header is damaged: {reason}"
        ) from error
    if header.dtype.hasobject:
        return header
    if min(header.shape, default=1) < 0 or header.size > length - header.start:
        raise InputError(f"{name} cannot be read as npy: the file is truncated")
    return header
