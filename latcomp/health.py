"""Is one space fit for comparing? Norms, duplicates, anisotropy and effective rank."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import torch

from latcomp import kernel
from latcomp.draws import permutation
from latcomp.loading.survey import Survey
from latcomp.numerics import figures
from latcomp.spaces.space import steps
from latcomp.spaces.stored import Stored

RANKED_ROWS = 4096
"""Rows drawn for what needs a decomposition or all pairs, where a space has more."""


@dataclass(frozen=True)
class Health:
    """Figures of the usable rows of one space.

    ``duplicates`` counts rows equal to an earlier one; ``mean_cosine`` is the mean cosine of
    different rows (anisotropy: near 0 is healthy, near 1 is a narrow cone); ``effective_rank``
    is exp(entropy) of the normalised singular values of the centred rows (Roy & Vetterli 2007),
    and rank_me the same of the rows as they are (Garrido et al. 2023). What needs a decomposition
    or all pairs of rows is found on ``ranked_rows`` drawn ones. None stands for a figure that these
    rows do not have.
    """

    rows: int
    duplicates: int
    shortest: float
    mean_norm: float
    longest: float
    mean_cosine: float | None
    effective_rank: float
    rank_me: float
    participation_ratio: float | None
    isoscore: float | None
    intrinsic_dimension: float | None
    hubness: float | None
    ranked_rows: int


def examine(space: Stored, seen: Survey) -> Health:
    """Walk the usable rows of a space once, and rank a drawn sample of them."""
    usable = seen.usable(space.shape[0])
    norms: list[torch.Tensor] = []
    unit_sum = torch.zeros(space.shape[1], dtype=torch.float64, device=space.device)
    known: set[bytes] = set()
    for start, stop in steps(space):
        here = usable[(usable >= start) & (usable < stop)] - start
        rows = space.rows(start, stop)[torch.from_numpy(here)]
        norm = kernel.lengths(rows)
        norms.append(norm[:, 0])
        unit_sum += (rows / norm).sum(0)
        stored = np.ascontiguousarray(space.stored_rows(start, stop)[here])
        known.update(hashlib.blake2b(row.tobytes(), digest_size=16).digest() for row in stored)
    norm = torch.cat(norms)
    n = len(usable)
    sample = _sample(space, usable)
    return Health(
        rows=n,
        duplicates=n - len(known),
        shortest=float(norm.min()),
        mean_norm=float(norm.mean()),
        longest=float(norm.max()),
        mean_cosine=float(unit_sum @ unit_sum - n) / (n * (n - 1)) if n > 1 else None,
        effective_rank=figures.effective_rank(sample),
        rank_me=figures.rank_of(sample),
        participation_ratio=figures.participation_ratio(sample),
        isoscore=figures.isoscore(sample),
        intrinsic_dimension=figures.intrinsic_dimension(sample),
        hubness=figures.hubness(sample),
        ranked_rows=len(sample),
    )


def _sample(space: Stored, usable: np.ndarray[tuple[int], np.dtype[np.int64]]) -> torch.Tensor:
    drawn = permutation(len(usable), 0, "health")[:RANKED_ROWS].sort().values
    return space.take(torch.from_numpy(usable)[drawn])
