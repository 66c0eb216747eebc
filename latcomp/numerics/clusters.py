"""Clusters of unit vectors, and the items nearest to their centres."""

from __future__ import annotations

import torch
from torch import Tensor

from latcomp.spaces.space import steps
from latcomp.spaces.unit import Unit

FITTED_ROWS = 2**16
"""Items that clusters are fitted on; a larger space is sampled."""


def centres(unit: Unit, count: int, seed: int) -> Tensor:
    """Centres of ``count`` k-means clusters of unit vectors (scikit-learn): (count, d)."""
    from sklearn.cluster import MiniBatchKMeans

    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randperm(unit.shape[0], generator=generator)[:FITTED_ROWS].sort().values
    sample = unit.take(drawn).cpu().numpy()
    fitted = MiniBatchKMeans(count, random_state=seed, n_init=1, batch_size=4096).fit(sample)
    return torch.from_numpy(fitted.cluster_centers_).to(unit.device, unit.dtype)


def nearest(unit: Unit, points: Tensor, k: int) -> Tensor:
    """The k rows most like each point, best first: (points, k)."""
    scores = torch.empty((len(points), 0), dtype=unit.dtype, device=unit.device)
    rows = torch.empty((len(points), 0), dtype=torch.int64, device=unit.device)
    for start, stop in steps(unit):
        scores = torch.cat([scores, points @ unit.rows(start, stop).T], dim=1)
        here = torch.arange(start, stop, device=unit.device).expand(len(points), -1)
        rows = torch.cat([rows, here], dim=1)
        best = scores.topk(min(k, scores.shape[1]), dim=1)
        scores, rows = best.values, rows.gather(1, best.indices)
    return rows.cpu()
