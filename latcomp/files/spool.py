"""Rows that arrive one block after another, kept where they can be read again in any order."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterable
from contextlib import ExitStack
from typing import Any

import numpy as np

from latcomp.files.rowfile import RowFile

Array = np.ndarray[Any, Any]


def spool(blocks: Iterable[Array], width: int, dtype: np.dtype[Any]) -> RowFile:
    """The bytes of blocks as rows of ``width`` numbers.

    They lie in a temporary file, gone when nobody reads it any more, so that memory stays bounded.
    """
    with ExitStack() as open_until_done:
        file = open_until_done.enter_context(tempfile.TemporaryFile(prefix="latcomp-"))
        size = sum(file.write(np.ascontiguousarray(block).tobytes()) for block in blocks)
        file.flush()
        rows = RowFile(file, dtype, (size // (width * dtype.itemsize), width))
        weakref.finalize(rows, open_until_done.pop_all().close)
    return rows
