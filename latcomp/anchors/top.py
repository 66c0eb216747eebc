"""The first items of the file."""

from __future__ import annotations

import torch
from torch import Tensor

from latcomp.anchors import Pool, strategy


@strategy("top", seeded=False)
def top(pool: Pool, count: int, seed: int) -> Tensor:
    """Take the first ``count`` items in file order: the most frequent words of a word file."""
    return torch.arange(count)
