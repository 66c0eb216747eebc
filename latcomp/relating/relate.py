"""Relate: the relative representation of one space."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from latcomp import kernel
from latcomp.anchors import Pool, ask
from latcomp.errors import InputError, UsageError
from latcomp.loading.load import Source, load
from latcomp.picking.drawn import vectors
from latcomp.recipes import parse_recipe
from latcomp.spaces.relative import Relative
from latcomp.spaces.space import steps
from latcomp.spaces.stored import Stored


def relative(
    x: Source,
    anchors: int | Sequence[int] | Sequence[str] | Tensor,
    *,
    strategy: str = "uniform",
    seed: int = 0,
    similarity: str = "cosine",
    center: bool = False,
    device: str = "auto",
) -> Tensor:
    """Similarities of every row of x to the anchors: (n, m), on the CPU.

    ``x`` is a path, array or tensor, n x d. ``anchors`` is how many rows to pick by ``strategy``,
    row numbers, ids, or the anchors' own vectors, (m, d). ``similarity``
    says what a coordinate is, as in "euclidean(center,scale)"; ``center`` subtracts the mean of
    the anchors first. Moschella et al. 2023, eq. 1.

    >>> relative(torch.eye(3), anchors=[0, 2])
    tensor([[1., 0.],
            [0., 0.],
            [0., 1.]])

    Raises InputError where x or the anchors cannot be used, UsageError where there are none.
    """
    space = load(x, "x", device=kernel.pick_device(device)).space
    vectors = _vectors(space, anchors, strategy, seed).double()
    recipe = parse_recipe(similarity, center)
    recipe.check(vectors)
    fitted = recipe.fit(vectors)
    related = Relative(space, fitted, fitted.width)
    return torch.cat([related.rows(*step).cpu() for step in steps(space)])


def _vectors(space: Stored, anchors: Any, strategy: str, seed: int) -> Tensor:
    if isinstance(anchors, (int, np.integer)):
        if not 0 < anchors <= space.shape[0]:
            raise InputError(
                f"{anchors} anchors were asked for, and {space.name} has {space.shape[0]} rows"
            )
        return vectors(space, ask(strategy)(Pool(space, None, space.labels), int(anchors), seed))
    given = anchors if isinstance(anchors, Tensor) else np.asarray(anchors)
    if given.ndim == 2:
        return _own(space, torch.as_tensor(given).to(space.device))
    if not len(given):
        raise UsageError("no anchors were given")
    if isinstance(given, np.ndarray) and given.dtype.kind in "UO":
        place = {name: row for row, name in enumerate(space.ids or [])}
        lost = [name for name in anchors if name not in place]
        if lost:
            raise InputError(f"{space.name} has no item {lost[0]!r}")
        return space.take(torch.tensor([place[name] for name in anchors]))
    return space.take(_rows(space, torch.as_tensor(given)))


def _own(space: Stored, found: Tensor) -> Tensor:
    """Vectors of anchors, if they can be those of a space."""
    if found.shape[1] != space.shape[1]:
        raise InputError(
            f"anchors of {found.shape[1]} dimensions were given, and {space.name} has "
            f"{space.shape[1]}"
        )
    if not bool(found.isfinite().all()):
        raise InputError("the anchors hold NaN or Inf")
    return found


def _rows(space: Stored, found: Tensor) -> Tensor:
    """Numbers of rows, if they can be those of a space."""
    n = space.shape[0]
    if found.is_floating_point() or found.ndim != 1:
        raise InputError("anchors are row numbers, ids, or vectors (m, d)")
    beyond = found[(found < 0) | (found >= n)]
    if len(beyond):
        raise InputError(f"anchor {int(beyond[0])} is not a row: {space.name} has {n} rows")
    return found
