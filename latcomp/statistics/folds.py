"""Cross-products of both spaces fold by fold, from which every held-out fit can be computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from latcomp.draws import permutation
from latcomp.errors import NotApplicableError
from latcomp.numerics.algebra import shrunk
from latcomp.numerics.centring import first_mean
from latcomp.scan import Block
from latcomp.spaces.pair import Pair


@dataclass
class FoldSums:
    """Per fold, sums over its items of u (predictors) and v (predicted), shifted; float64."""

    fold: Tensor  # (items,) the fold of every item
    shifts: tuple[Tensor, Tensor]
    n: Tensor  # (folds,)
    u: Tensor  # (folds, d)
    v: Tensor  # (folds, d')
    uu: Tensor  # (folds, d, d)
    uv: Tensor  # (folds, d, d')
    vv: Tensor  # (folds,) sums of |v|^2


@dataclass(frozen=True)
class HeldOut:
    """What `Folds` learnt."""

    sums: FoldSums

    def errors(self, ridge: float) -> tuple[float, float]:
        """Squared error of ridge fits on held-out items, and of the training mean, over all folds.

        ``ridge`` is relative to the mean variance of the predictors. Raises NotApplicableError
        where a side does not vary.
        """
        both = [self._fold(fold, ridge) for fold in range(len(self.sums.n))]
        missed, spread = (sum(values) for values in zip(*both, strict=True))
        if not spread > 0:
            raise NotApplicableError("the predicted space does not vary")
        return missed, spread

    def _fold(self, fold: int, ridge: float) -> tuple[float, float]:
        s = self.sums
        n, u, v = (float(s.n.sum() - s.n[fold]), _rest(s.u, fold), _rest(s.v, fold))
        mean_u, mean_v = u / n, v / n
        gram = _rest(s.uu, fold) - n * torch.outer(mean_u, mean_u)
        penalty = ridge * float(gram.trace()) / len(gram)
        weights = shrunk(gram, penalty) @ (_rest(s.uv, fold) - n * torch.outer(mean_u, mean_v))
        m, x, y = float(s.n[fold]), s.u[fold], s.v[fold]
        xx = s.uu[fold] - torch.outer(x, mean_u) - torch.outer(mean_u, x - m * mean_u)
        xy = s.uv[fold] - torch.outer(x, mean_v) - torch.outer(mean_u, y - m * mean_v)
        yy = float(s.vv[fold] - 2 * (y @ mean_v) + m * (mean_v @ mean_v))
        missed = yy - 2 * float((weights * xy).sum()) + float((weights * (xx @ weights)).sum())
        return missed, yy


def _rest(values: Tensor, fold: int) -> Tensor:
    return values.sum(0) - values[fold]


@dataclass(frozen=True)
class Folds:
    """Learns `HeldOut`: predictors from side kind[0], predicted from kind[1], in seeded folds."""

    kind: str
    folds: int
    seed: int
    over: ClassVar[str] = "rows"

    def start(self, pair: Pair) -> FoldSums:
        left, right = (pair.side(side) for side in self.kind)
        d, e, f = left.shape[1], right.shape[1], self.folds
        drawn = permutation(pair.n, self.seed, "folds")
        zeros = [
            torch.zeros(shape, dtype=torch.float64, device=pair.device)
            for shape in ((f,), (f, d), (f, e), (f, d, d), (f, d, e), (f,))
        ]
        return FoldSums(drawn % f, (first_mean(left), first_mean(right)), *zeros)

    def add(self, state: FoldSums, visit: Block) -> None:
        rows = {"a": visit.a, "b": visit.b}
        u, v = (
            rows[side].double() - shift
            for side, shift in zip(self.kind, state.shifts, strict=True)
        )  # fmt: skip
        here = state.fold[visit.start : visit.stop]
        for fold in range(self.folds):
            chosen = (here == fold).to(u.device)
            x, y = u[chosen], v[chosen]
            state.n[fold] += len(x)
            state.u[fold] += x.sum(0)
            state.v[fold] += y.sum(0)
            state.uu[fold] += x.T @ x
            state.uv[fold] += x.T @ y
            state.vv[fold] += y.square().sum()

    def merge(self, one: FoldSums, other: FoldSums) -> FoldSums:
        names = ("n", "u", "v", "uu", "uv", "vv")
        summed = [getattr(one, name) + getattr(other, name) for name in names]
        return FoldSums(one.fold, one.shifts, *summed)

    def finish(self, state: FoldSums) -> HeldOut:
        return HeldOut(state)
