"""Items that both spaces see alike."""

from __future__ import annotations

import torch
from torch import Tensor

from latcomp.anchors import Pool, strategy
from latcomp.errors import InputError
from latcomp.spaces.space import Space, steps
from latcomp.spaces.unit import Unit

PROBES = 1024
"""Items whose similarities to a candidate are held against each other."""


@strategy("aligned", both=True)
def aligned(pool: Pool, count: int, seed: int) -> Tensor:
    """Items whose cosines to a thousand probes correlate most between the two spaces.

    It looks at both spaces, so a comparison by these anchors flatters them: keep it for building
    on the anchors (stitching, translation), not for judging likeness. Raises InputError where
    there is one space only.
    """
    if pool.other is None:
        raise InputError("aligned anchors look at both spaces, and one was given", "name B too")
    generator = torch.Generator().manual_seed(seed)
    probes = torch.randperm(pool.space.shape[0], generator=generator)[:PROBES]
    sides = [(Unit(space), _probes(space, probes)) for space in (pool.space, pool.other)]
    agreement = torch.empty(pool.space.shape[0], dtype=torch.float64)
    for start, stop in steps(pool.space):
        a, b = (_standard(unit.rows(start, stop) @ rows.T) for unit, rows in sides)
        agreement[start:stop] = (a * b).sum(1).cpu()
        pool.watch("anchors", stop, len(agreement))
    return agreement.argsort(descending=True, stable=True)[:count]


def _probes(space: Space, rows: Tensor) -> Tensor:
    return Unit(space).take(rows)


def _standard(rows: Tensor) -> Tensor:
    """Rows with mean 0 and length 1, float64; their products are correlations."""
    centred = rows.double() - rows.mean(1, keepdim=True, dtype=torch.float64)
    length: Tensor = torch.linalg.vector_norm(centred, dim=1, keepdim=True)
    return centred / length.where(length > 0, 1.0)
