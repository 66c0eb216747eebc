"""Loops that numba compiles, where it is installed; torch does the same without it."""

from __future__ import annotations

import warnings
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

import torch

from latcomp.spaces.space import Space

FEWEST_SCORES = 2**24
"""Fewer scores are looked at by torch before numba is loaded."""

FEWEST_NUMBERS = 2**26
"""Statistics over rows of fewer numbers are taken by torch before numba is loaded."""


def loops(device: torch.device, scores: int) -> ModuleType | None:
    """The compiled loops for a search that looks at so many scores; None where torch does it."""
    return _loops() if device.type == "cpu" and scores >= FEWEST_SCORES else None


def row_loops(space: Space) -> ModuleType | None:
    """The compiled loops for a statistic over all rows of a space; None where torch does it."""
    n, width = space.shape
    return _loops() if space.device.type == "cpu" and n * width >= FEWEST_NUMBERS else None


@cache
def _loops() -> ModuleType | None:
    if find_spec("numba") is None:
        return None
    try:
        return import_module("latcomp.engine.loops")
    except (ImportError, RuntimeError) as error:  # not for this numpy, or nowhere to cache
        warnings.warn(f"numba is not used: {error}", RuntimeWarning, stacklevel=2)
        return None
