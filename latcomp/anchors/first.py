"""Any of the first items of the file."""

from __future__ import annotations

import torch
from torch import Tensor

from latcomp.anchors import Pool, strategy
from latcomp.errors import UsageError


@strategy("first", k=1000)
def first(pool: Pool, count: int, seed: int, k: int) -> Tensor:
    """Draw from the first k items in file order, every one equally likely: `first@1000`.

    Moschella et al. 2023, appendix A.2, call it top-k. Raises UsageError where k is less than
    ``count``.
    """
    among = min(k, pool.space.shape[0])
    if among < count:
        raise UsageError(f"first@{k} cannot give {count} anchors", f"use first@{count} or more")
    generator = torch.Generator().manual_seed(seed)
    return torch.randperm(among, generator=generator)[:count]
