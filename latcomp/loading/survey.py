"""One look at a whole file before anything is computed: its digest, and its unusable rows."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from latcomp.errors import InputError
from latcomp.spaces.space import steps
from latcomp.spaces.stored import Stored

NAMED_ROWS = 10
"""How many offending rows a message names."""


@dataclass(frozen=True)
class Survey:
    """What one walk saw: ``invalid`` rows hold NaN or Inf, ``zero`` rows only zeros."""

    digest: str
    invalid: list[int]
    zero: list[int]
    varied: bool

    def usable(self, n: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Rows that are neither invalid nor zero, ascending."""
        kept = np.ones(n, dtype=bool)
        kept[self.invalid + self.zero] = False
        return kept.nonzero()[0]


def survey(space: Stored) -> Survey:
    """Walk the space once. The digest is SHA-256 of dtype, shape and the rows as stored."""
    digest = hashlib.sha256(f"{space.stored_dtype} {space.shape}".encode())
    invalid: list[int] = []
    zero: list[int] = []
    first = space.rows(0, 1)
    varied = False
    with ThreadPoolExecutor(1, "latcomp-digest") as digesting:
        for start, stop in steps(space):
            rows, stored = space.rows_and_stored(start, stop)
            digested = digesting.submit(
                digest.update, np.ascontiguousarray(stored).view(np.uint8).data
            )
            odd = _odd(rows)
            finite = rows[odd].isfinite().all(1)
            invalid += (start + odd[~finite]).tolist()
            zero += (start + odd[finite & ~rows[odd].any(1)]).tolist()
            varied = varied or not bool((rows == first).all())
            digested.result()
    return Survey(f"sha256:{digest.hexdigest()}", invalid, zero, varied)


def _odd(rows: Tensor) -> Tensor:
    """Rows that may be invalid or zero: a quick look, at whose squares float32 may lose some."""
    norm = torch.linalg.vector_norm(rows, dim=1)
    found: Tensor = (~(norm > 0) | norm.isinf()).nonzero()[:, 0]
    return found


def refuse_nothing_to_compare(name: str, found: Survey, n: int) -> None:
    """Raise InputError where none of the n rows can be used, or no two of them differ."""
    if n == 1:
        raise InputError(f"{name} has only one row, so there is nothing to compare")
    if len(found.invalid) + len(found.zero) == n:
        raise InputError(f"{name}: all {n} rows hold NaN, Inf or only zeros")
    if not found.varied:
        raise InputError(f"{name}: all rows are equal, so there is nothing to compare")


def refuse_bad_rows(name: str, found: Survey) -> None:
    """Raise InputError naming the rows that no measure can use."""
    for rows, what in ((found.invalid, "NaN or Inf"), (found.zero, "only zeros")):
        if rows:
            listed = ", ".join(map(str, rows[:NAMED_ROWS]))
            more = f" and {len(rows) - NAMED_ROWS} more" if len(rows) > NAMED_ROWS else ""
            noun = "row" if len(rows) == 1 else "rows"
            verb = "holds" if len(rows) == 1 else "hold"
            raise InputError(
                f"{name}: {noun} {listed}{more} {verb} {what}",
                "--skip-invalid leaves such rows out",
            )
