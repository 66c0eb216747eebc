"""Many dimensions drawn in two: projections of two spaces onto axes that they share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from latcomp.errors import UsageError
from latcomp.optional import need

PACKAGES = {"umap": "umap"}
"""Modules of projections whose packages are extras of the same name as the projection."""

Rows = np.ndarray[tuple[int, int], np.dtype[np.float64]]


def pca(stacked: Rows) -> Rows:
    """Coordinates on the two directions of greatest variance (scikit-learn): (n, d) -> (n, 2).

    Spaces of one dimension lie on a line. Signs are fixed, so that equal rows give equal pictures.
    """
    from sklearn.decomposition import PCA

    found = PCA(min(2, *stacked.shape), random_state=0).fit_transform(stacked)
    return np.pad(found, ((0, 0), (0, 2 - found.shape[1])))


def umap(stacked: Rows) -> Rows:
    """Coordinates that keep neighbours (McInnes et al. 2018, umap-learn): (n, d) -> (n, 2)."""
    package = need(PACKAGES["umap"], "umap", "the projection umap")
    found = package.UMAP(random_state=0, n_jobs=1).fit_transform(stacked)
    return np.asarray(found, np.float64)


PROJECTIONS: dict[str, Callable[[Rows], Rows]] = {"pca": pca, "umap": umap}


def projection(name: str) -> Callable[[Rows], Rows]:
    """The projection of this name.

    Raises UsageError for another name, InputError where its package is not installed.
    """
    if name not in PROJECTIONS:
        raise UsageError(f"unknown projection {name!r}", f"known: {', '.join(PROJECTIONS)}")
    if name in PACKAGES:
        need(PACKAGES[name], name, f"the projection {name}")
    return PROJECTIONS[name]
