"""Thresholds that a verdict demands, as they are written on the command line: `recall=0.9`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields
from typing import TypeVar

from latcomp.errors import UsageError
from latcomp.registry import did_you_mean

T = TypeVar("T")


def parse_thresholds(texts: Sequence[str], kind: type[T]) -> T:
    """Read `recall=0.9`, `self-retrieval=0.95` and so on into ``kind``, a dataclass of numbers.

    Raises UsageError for another name or no number.
    """
    known = [field.name.replace("_", "-") for field in fields(kind)]  # type: ignore[arg-type]
    found = {}
    for text in texts:
        name, mark, amount = text.partition("=")
        if not mark:
            raise UsageError(f"cannot read the threshold {text!r}", f"write {known[0]}=0.9")
        if name not in known:
            raise UsageError(f"unknown threshold {name!r}", did_you_mean(name, known))
        try:
            least = float(amount)
        except ValueError:
            least = math.nan
        if not math.isfinite(least):
            raise UsageError(f"cannot read the threshold {text!r}", f"write {name}=0.9")
        found[name.replace("-", "_")] = least
    return kind(**found)
