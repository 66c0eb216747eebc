"""Seeds that every random generator in use accepts."""

from __future__ import annotations

from latcomp.errors import UsageError

LARGEST = 2**32 - 1
"""The largest seed that numpy and scikit-learn take."""


def check_seeds(first: int, count: int = 1) -> None:
    """Raise UsageError unless the ``count`` seeds from ``first`` on can all be used."""
    if not 0 <= first <= LARGEST + 1 - count:
        raise UsageError(f"seeds run from 0 to {LARGEST}, found {first}")
