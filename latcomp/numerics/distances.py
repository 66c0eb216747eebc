"""Distances of rows to anchors: (n, d), (m, d) -> (n, m), in the dtype given."""

from __future__ import annotations

import torch
from torch import Tensor

from latcomp import kernel

NEAR = {torch.float64: 1e-3, torch.float32: 0.1}
"""Pairs nearer than this share of their lengths are computed again from their difference."""


def euclidean(rows: Tensor, anchors: Tensor) -> Tensor:
    """Euclidean distances: by one matrix product, and pair by pair where two vectors nearly agree.

    An item is at distance 0 from itself. Where a gradient is asked for, or a graph is exported,
    every pair is computed from its difference.
    """
    if rows.requires_grad or anchors.requires_grad or torch.compiler.is_exporting():
        return torch.cdist(rows, anchors, compute_mode="donot_use_mm_for_euclid_dist")
    origin = anchors.mean(0)
    left, right = rows - origin, anchors - origin
    found = torch.cdist(left, right, compute_mode="use_mm_for_euclid_dist")
    reach = (kernel.lengths(left) + kernel.lengths(right).T) * NEAR.get(rows.dtype, 0.1)
    row, anchor = (found <= reach).nonzero(as_tuple=True)
    for start, stop in kernel.bounds(len(row), 2**16):
        here, there = row[start:stop], anchor[start:stop]
        found[here, there] = torch.linalg.vector_norm(rows[here] - anchors[there], dim=1)
    return found
