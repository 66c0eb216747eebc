"""What the command line asks of the machine it runs on, before torch is loaded.

These settings hold for a whole process, so the library leaves them alone: a program that uses it
sets its own.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Mapping, MutableMapping

SPINS = "1000"
"""How often a thread of torch looks for work before it sleeps."""
KEPT_BELOW = 32 << 20
"""Bytes of an array from which on its memory goes back to the system as soon as it is freed."""
KEPT_AT_MOST = 256 << 20
"""Bytes of freed memory that are kept for the next arrays."""

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # malloc.h of the GNU C library


def share_threads(environment: MutableMapping[str, str]) -> None:
    """Let threads that wait sleep, unless the user said how they wait.

    GNU OpenMP spins 300 times as long, so that two processes on one machine slow each other down
    four to forty times; by themselves they gain next to nothing from it.
    """
    if not {"OMP_WAIT_POLICY", "GOMP_SPINCOUNT"} & set(environment):
        environment["GOMP_SPINCOUNT"] = SPINS


def keep_memory(environment: Mapping[str, str]) -> bool:
    """Let freed memory serve the next array; whether the C library was told so.

    The GNU C library gives the memory of a tile back to the system as soon as it is freed, and the
    system clears every page of the next one anew. Not where the user has tuned it, nor with another
    C library.
    """
    if not sys.platform.startswith("linux") or any(
        name == "GLIBC_TUNABLES" or (name.startswith("MALLOC_") and name.endswith("_"))
        for name in environment
    ):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and all(
        mallopt(option, size) == 1
        for option, size in ((_M_MMAP_THRESHOLD, KEPT_BELOW), (_M_TRIM_THRESHOLD, KEPT_AT_MOST))
    )
