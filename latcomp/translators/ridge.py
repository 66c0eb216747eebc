"""Least squares that is held back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from torch import Tensor

from latcomp.errors import UsageError
from latcomp.translators import TRANSLATORS, Solved, Standardize

GRID = torch.logspace(-6, 3, 19, dtype=torch.float64)
"""Values of alpha that `auto` tries."""


@TRANSLATORS.add("ridge")
@dataclass(frozen=True)
class Ridge:
    """Least squares with a penalty on large entries, so that noise is not learnt by heart.

    ``alpha`` is the penalty in units of the mean variance of the axes; `auto` takes the one that
    does best when every pair is left out in turn, which has a closed form (PRESS).
    """

    source: ClassVar[str] = "Hoerl and Kennard 1970; PRESS: Allen 1974"
    paired: ClassVar[bool] = True
    alpha: float | Literal["auto"] = "auto"
    standardize: Standardize = "scale"

    def __post_init__(self) -> None:
        if self.alpha != "auto" and not self.alpha >= 0:
            raise UsageError(f"ridge: alpha is at least 0, found {self.alpha:g}")

    def solve(self, x: Tensor, y: Tensor) -> Solved:
        u, s, v = torch.linalg.svd(x, full_matrices=False)  # (m, r), (r,), (r, d)
        kept = s > s[0] * max(x.shape) * torch.finfo(s.dtype).eps
        u, s, v = u[:, kept], s[kept], v[kept]
        unit = s.square().sum() / x.shape[1]
        projected = u.T @ y  # (r, e)
        alphas = GRID if self.alpha == "auto" else torch.tensor([self.alpha])
        found = [_shrunk(s, float(alpha * unit)) for alpha in alphas]
        if len(found) > 1:
            found.sort(key=lambda weights: self._left_out(u * (weights * s), projected, u, y))
        return Solved(v.T @ (found[0][:, None] * projected))

    def _left_out(self, shrunk: Tensor, projected: Tensor, u: Tensor, y: Tensor) -> float:
        """Squared error over all pairs, each predicted from the others: rows / (1 - leverage)."""
        leverage = (shrunk * u).sum(1)
        if self.standardize != "none":
            leverage = leverage + 1 / len(y)
        free = 1 - leverage
        if not bool((free > len(y) * torch.finfo(free.dtype).eps).all()):
            return float("inf")
        return float(((y - shrunk @ projected) / free[:, None]).square().sum())


def _shrunk(s: Tensor, penalty: float) -> Tensor:
    return s / (s.square() + penalty)
