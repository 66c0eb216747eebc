"""Items nearest to the centres of clusters."""

from __future__ import annotations

import torch
from torch import Tensor

from latcomp.anchors import strategy
from latcomp.spaces import Space, Unit, steps

RUNNERS_UP = 32
"""Items considered for each centre, when the nearest is already another centre's."""

FITTED_ROWS = 2**16
"""Items that the clusters are fitted on; a larger space is sampled."""


@strategy("kmeans")
def kmeans(space: Space, count: int, seed: int) -> Tensor:
    """k-means on unit vectors (scikit-learn), then the item nearest to each centre.

    An item nearest to two centres serves the first, and the next nearest the second; what is still
    missing is drawn uniformly (Moschella et al. 2023, appendix A.2, without its duplicates).
    """
    from sklearn.cluster import MiniBatchKMeans

    unit = Unit(space)
    n = unit.shape[0]
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(n, generator=generator)
    sample = unit.take(order[:FITTED_ROWS].sort().values).cpu().numpy()
    fitted = MiniBatchKMeans(count, random_state=seed, n_init=1, batch_size=4096).fit(sample)
    centres = torch.from_numpy(fitted.cluster_centers_).to(unit.device, unit.dtype)
    chosen: dict[int, None] = {}
    for candidates in _nearest(unit, centres).tolist():
        chosen.update(dict.fromkeys([c for c in candidates if c not in chosen][:1]))
    spare = (row for row in order.tolist() if row not in chosen)
    return torch.tensor([*chosen, *(next(spare) for _ in range(count - len(chosen)))])


def _nearest(unit: Unit, centres: Tensor) -> Tensor:
    """Rows nearest to each centre, best first: (centres, RUNNERS_UP)."""
    scores = torch.empty((len(centres), 0), dtype=unit.dtype, device=unit.device)
    rows = torch.empty((len(centres), 0), dtype=torch.int64, device=unit.device)
    for start, stop in steps(unit):
        scores = torch.cat([scores, centres @ unit.rows(start, stop).T], dim=1)
        here = torch.arange(start, stop, device=unit.device).expand(len(centres), -1)
        rows = torch.cat([rows, here], dim=1)
        best = scores.topk(min(RUNNERS_UP, scores.shape[1]), dim=1)
        scores, rows = best.values, rows.gather(1, best.indices)
    return rows
