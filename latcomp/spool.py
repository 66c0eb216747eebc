"""Rows that arrive one block after another, kept where they can be read again in any order."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def spool(blocks: Iterable[Array], width: int, dtype: np.dtype[Any]) -> Array:
    """Blocks of (rows, width) as one array (n, width), memory-mapped.

    It lies in a temporary file that vanishes with the process, so that memory stays bounded.
    """
    with tempfile.TemporaryFile(prefix="latcomp-") as kept:
        size = 0
        for block in blocks:
            size += kept.write(np.ascontiguousarray(block, dtype).view(np.uint8).data)
        kept.flush()
        rows = size // (width * dtype.itemsize)
        if not rows:
            return np.empty((0, width), dtype)
        return np.memmap(kept, dtype, "r", shape=(rows, width))
