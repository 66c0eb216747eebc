"""Spaces by how alike they are: distances, a hierarchy of clusters, and a map.

The distance of two spaces is how far their score is from the best there is: best - score where
higher is more alike, score - best where lower is; a directed measure counts with the mean of its
two directions. Nothing is scaled: where the best is 1, as for most measures, a distance of 0.2 is
a score of 0.8.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform
from sklearn.manifold import smacof

from latcomp.errors import InputError
from latcomp.matrices.document import Matrix
from latcomp.matrices.viewing import grid
from latcomp.report import Score

Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Clusters:
    """A hierarchy of spaces by average linkage, and their order along it, most alike together.

    ``links`` is what `scipy.cluster.hierarchy.dendrogram` takes.
    """

    links: Array
    order: list[int]


def distances(matrix: Matrix, label: str, space: str) -> Array:
    """How far apart the spaces are by one measure: (spaces, spaces) float64, in order of the rows.

    Raises InputError where there are two families, or the measure has no best value or no value
    for some pair.
    """
    if not matrix.square:
        raise InputError("spaces of two families have no distances inside a family")
    found = grid(matrix, label, space)
    apart = np.zeros((len(found.rows), len(found.rows)))
    for i, row in enumerate(found.scores):
        for j, score in enumerate(row):
            if score is not None:
                apart[i, j] = _distance(score)
    return (apart + apart.T) / 2


def _distance(score: Score) -> float:
    best = score.range[1] if score.better == "higher" else score.range[0]
    if score.value is None:
        raise InputError(f"{score.label} has no value for some pair: {score.reason}")
    if not math.isfinite(best):
        raise InputError(f"{score.label} has no best value, so it tells no distance")
    return abs(best - score.value)


def clusters(apart: Array) -> Clusters:
    """Clusters of spaces by their distances, (n, n); neighbours in the order are most alike."""
    links = linkage(squareform(apart, checks=False), "average", optimal_ordering=True)
    return Clusters(links, leaves_list(links).tolist())


def placed(apart: Array) -> Array:
    """The spaces as points of a plane, (n, 2), whose distances are nearly those given.

    Classical scaling, then metric multidimensional scaling from there on: nothing is drawn at
    random. The first axis holds most, and each points to where its farthest space is.
    """
    n = len(apart)
    centre = np.eye(n) - 1 / n
    values, axes = np.linalg.eigh(centre @ (apart**2) @ centre / -2)
    plane = axes[:, ::-1][:, :2] * np.sqrt(np.clip(values[::-1][:2], 0, None))
    points, _ = smacof(apart, n_components=2, init=_padded(plane), n_init=1)
    return _turned(points)


def _padded(points: Array) -> Array:
    """Points of a plane, where there are fewer than two of their axes."""
    return np.pad(points, ((0, 0), (0, 2 - points.shape[1])))


def _turned(points: Array) -> Array:
    points = points - points.mean(0)
    axes = np.linalg.svd(points, full_matrices=False)[2]
    turned = _padded(points @ axes.T)
    farthest = turned[np.abs(turned).argmax(0), [0, 1]]
    signs: Array = np.where(farthest < 0, -1.0, 1.0)
    return turned * signs
