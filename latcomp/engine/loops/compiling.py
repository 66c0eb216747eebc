"""How loops are compiled, and shared among threads.

What numba keeps on disk it compiles anew when the file of a loop changes, not when this one does.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import torch
from numba import njit

from latcomp import kernel

FEWEST_NUMBERS = 2**18
"""Numbers that are worth waking a thread for."""

jit = njit(nogil=True, cache=True)

jit_sums = njit(nogil=True, cache=True, error_model="numpy", fastmath={"reassoc", "contract"})
"""The same for sums that may be taken in any order, the same one for every row."""


def share(work: Callable[[int, int], None], rows: int, numbers: int) -> None:
    """Let threads do parts of the rows, as many as torch has and the numbers are worth."""
    parts = max(1, min(torch.get_num_threads(), numbers // FEWEST_NUMBERS))
    mine, *others = kernel.bounds(rows, max(1, -(-rows // parts))) or [(0, 0)]
    running = [_threads(os.getpid()).submit(work, *part) for part in others]
    work(*mine)
    for part in running:
        part.result()


@cache
def _threads(process: int) -> ThreadPoolExecutor:  # noqa: ARG001 (a fork has no threads)
    return ThreadPoolExecutor(os.cpu_count(), "latcomp")
