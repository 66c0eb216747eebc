"""Items spread as far from each other as a greedy walk gets them."""

from __future__ import annotations

import torch
from torch import Tensor

from latcomp.anchors import Pool, strategy
from latcomp.spaces.space import steps
from latcomp.spaces.unit import Unit


@strategy("farthest")
def farthest(pool: Pool, count: int, seed: int) -> Tensor:
    """Farthest point sampling on unit vectors: each anchor is the item least like those before it.

    Starts at a random item (Moschella et al. 2023, appendix A.2). One pass over the unit rows per
    anchor, n numbers of memory beside them.
    """
    unit = Unit(pool.space)
    blocks = steps(unit)
    generator = torch.Generator().manual_seed(seed)
    chosen = [int(torch.randint(unit.shape[0], (), generator=generator))]
    nearest = torch.full((unit.shape[0],), -torch.inf, dtype=unit.dtype, device=unit.device)
    while len(chosen) < count:
        latest = unit.take(torch.tensor(chosen[-1:]))[0]
        for start, stop in blocks:
            torch.maximum(
                nearest[start:stop], unit.rows(start, stop) @ latest, out=nearest[start:stop]
            )
        nearest[chosen[-1]] = torch.inf
        chosen.append(int(nearest.argmin()))
        pool.watch("anchors", len(chosen), count)
    return torch.tensor(chosen)
