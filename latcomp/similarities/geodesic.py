"""Distance along the cloud of anchors, not through it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from latcomp.errors import InputError, UsageError
from latcomp.numerics import distances
from latcomp.similarities import SIMILARITIES


@SIMILARITIES.add("geodesic")
@dataclass(frozen=True)
class Geodesic:
    """Length of the shortest path to each anchor over the graph of ``k`` nearest anchors.

    An edge is as long as its euclidean distance, and holds both ways; a minimum spanning tree
    joins what would fall apart. An item enters the graph at one of its k nearest anchors, so no
    graph over all items is needed (landmark Isomap; scipy's shortest paths). Unmoved by rotation,
    translation and permutation of axes.
    """

    k: int = 10

    def __post_init__(self) -> None:
        if self.k < 1:
            raise UsageError(f"geodesic needs k of at least 1, found {self.k}")

    def check(self, anchors: Tensor) -> None:
        if len(anchors) < 2:
            raise InputError("geodesic needs at least 2 anchors, found 1")

    def fit(self, anchors: Tensor) -> FittedGeodesic:
        return FittedGeodesic(anchors, _paths(anchors, self.k), min(self.k, len(anchors)))


@dataclass(frozen=True)
class FittedGeodesic:
    """Paths over anchors (m, d), whose own shortest paths (m, m) are known."""

    anchors: Tensor
    paths: Tensor
    k: int

    def __call__(self, rows: Tensor) -> Tensor:
        entry = distances.euclidean(rows, self.anchors).topk(self.k, dim=1, largest=False)
        best = entry.values[:, :1] + self.paths[entry.indices[:, 0]]  # (rows, anchors)
        for i in range(1, self.k):
            best = torch.minimum(best, entry.values[:, i, None] + self.paths[entry.indices[:, i]])
        return best


def _paths(anchors: Tensor, k: int) -> Tensor:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import minimum_spanning_tree, shortest_path

    different, place = torch.unique(anchors.detach().double(), dim=0, return_inverse=True)
    direct = distances.euclidean(different, different)
    near = direct.topk(min(k + 1, len(direct)), dim=1, largest=False).indices
    dense = direct.cpu().numpy()
    tree = torch.from_numpy(minimum_spanning_tree(dense).toarray() > 0)
    linked = torch.zeros_like(tree).scatter_(1, near.cpu(), True) | tree
    graph = csr_array((linked | linked.T).numpy() * dense)
    paths = torch.from_numpy(shortest_path(graph, directed=False)).to(anchors)
    return paths[place][:, place]
