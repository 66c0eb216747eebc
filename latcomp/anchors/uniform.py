"""Every item equally likely."""

from __future__ import annotations

import torch
from torch import Tensor

from latcomp.anchors import Pool, strategy


@strategy("uniform")
def uniform(pool: Pool, count: int, seed: int) -> Tensor:
    """Draw ``count`` items without replacement, every item equally likely (the paper's default)."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randperm(pool.space.shape[0], generator=generator)[:count]
