"""Means of the items around the centres of clusters."""

from __future__ import annotations

from torch import Tensor

from latcomp.anchors import Pool, strategy
from latcomp.numerics.clusters import centres, nearest
from latcomp.spaces.unit import Unit


@strategy("kmeans-mean", k=100)
def kmeans_mean(pool: Pool, count: int, seed: int, k: int) -> Tensor:
    """k-means on unit vectors; an anchor is the mean of the k items nearest to a centre.

    Rows (count, k): the anchor of the other space is the mean of the same items there.
    `kmeans-mean@20` takes 20 items each.
    """
    unit = Unit(pool.space)
    return nearest(unit, centres(unit, count, seed), k)
