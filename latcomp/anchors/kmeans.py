"""Items nearest to the centres of clusters."""

from __future__ import annotations

import torch
from torch import Tensor

from latcomp.anchors import Pool, strategy
from latcomp.numerics.clusters import centres, nearest
from latcomp.spaces.unit import Unit

RUNNERS_UP = 32
"""Items considered for each centre, when the nearest is already another centre's."""


@strategy("kmeans")
def kmeans(pool: Pool, count: int, seed: int) -> Tensor:
    """k-means on unit vectors (scikit-learn), then the item nearest to each centre.

    An item nearest to two centres serves the first, and the next nearest the second; what is still
    missing is drawn uniformly (Moschella et al. 2023, appendix A.2, without its duplicates).
    """
    unit = Unit(pool.space)
    chosen: dict[int, None] = {}
    for candidates in nearest(unit, centres(unit, count, seed), RUNNERS_UP).tolist():
        chosen.update(dict.fromkeys([c for c in candidates if c not in chosen][:1]))
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(unit.shape[0], generator=generator).tolist()
    spare = (row for row in order if row not in chosen)
    return torch.tensor([*chosen, *(next(spare) for _ in range(count - len(chosen)))])
