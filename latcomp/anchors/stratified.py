"""Every label as often as it occurs."""

from __future__ import annotations

from collections import Counter

import torch
from torch import Tensor

from latcomp.anchors import Pool, strategy
from latcomp.errors import InputError


@strategy("stratified")
def stratified(pool: Pool, count: int, seed: int) -> Tensor:
    """Draw from every label in proportion to its items, and at least one where that is possible.

    Raises InputError where the items have no labels.
    """
    if pool.labels is None:
        raise InputError(
            f"{pool.space.name} has no labels to stratify by",
            "store them beside the embeddings, as a dataset `labels`",
        )
    order = torch.randperm(len(pool.labels), generator=torch.Generator().manual_seed(seed)).tolist()
    quota = _quotas(Counter(pool.labels), count)
    chosen = []
    for row in order:
        if quota[pool.labels[row]] > 0:
            quota[pool.labels[row]] -= 1
            chosen.append(row)
    return torch.tensor(chosen)


def _quotas(sizes: Counter[str], count: int) -> dict[str, int]:
    """Seats by the largest remainder, after one seat each while there are enough."""
    n = sum(sizes.values())
    floor = 1 if count >= len(sizes) else 0
    exact = {
        label: floor + (size - floor) * _share(count, sizes, n) for label, size in sizes.items()
    }
    quota = {label: int(share) for label, share in exact.items()}
    by_remainder = sorted(exact, key=lambda label: (int(exact[label]) - exact[label], label))
    for label in by_remainder[: count - sum(quota.values())]:
        quota[label] += 1
    return quota


def _share(count: int, sizes: Counter[str], n: int) -> float:
    floor = len(sizes) if count >= len(sizes) else 0
    return (count - floor) / (n - floor) if n > floor else 0.0
