"""Items that leave no item without an anchor near it."""

from __future__ import annotations

import torch
from torch import Tensor

from latcomp.anchors import Pool, strategy
from latcomp.spaces.unit import Unit

CANDIDATES = 4096
"""Items that may become anchors, and items that are to be covered; larger spaces are sampled."""


@strategy("coverage")
def coverage(pool: Pool, count: int, seed: int) -> Tensor:
    """Greedy medoids: each anchor raises the mean cosine of items to their nearest anchor most.

    Facility location on unit vectors, within 1 - 1/e of the best set of the sample (Nemhauser et
    al. 1978); lazy, so that a gain is computed again only while it may still win.
    """
    unit = Unit(pool.space)
    generator = torch.Generator().manual_seed(seed)
    drawn = (
        torch.randperm(unit.shape[0], generator=generator)[: max(CANDIDATES, count)].sort().values
    )
    rows = unit.take(drawn).float()
    likeness = rows @ rows.T  # (candidates, items)
    covered = torch.full((len(rows),), -1.0, device=unit.device)
    bound = (likeness - covered).sum(1)
    chosen: list[int] = []
    while len(chosen) < count:
        best = _largest_gain(likeness, covered, bound)
        torch.maximum(covered, likeness[best], out=covered)
        bound[best] = -torch.inf
        chosen.append(best)
        pool.watch("anchors", len(chosen), count)
    return drawn[chosen]


LOOKED_AT = 64
"""Candidates whose gain is computed again at a time."""


def _largest_gain(likeness: Tensor, covered: Tensor, bound: Tensor) -> int:
    """The candidate with the largest gain. A gain only falls, so an old one bounds it from above.

    ``bound`` is brought up to date in place for the candidates looked at.
    """
    fresh = torch.zeros(len(bound), dtype=torch.bool, device=bound.device)
    while True:
        best = int(bound.argmax())
        if fresh[best]:
            return best
        stale = bound.masked_fill(fresh, -torch.inf).topk(min(LOOKED_AT, len(bound))).indices
        stale = stale[(bound[stale] > -torch.inf) & ~fresh[stale]]
        bound[stale] = (likeness[stale] - covered).clamp_(min=0).sum(1)
        fresh[stale] = True
