"""Whether the two clouds of rows have the same distribution, whatever the pairing of items."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from torch import Tensor

from latcomp.errors import NotApplicableError
from latcomp.measures import BOUNDS, Measure, Sampled, named
from latcomp.numerics.algebra import nuclear
from latcomp.numerics.dissimilarity import median_distance, squared
from latcomp.numerics.distances import euclidean
from latcomp.scan import Statistic
from latcomp.statistics.moments import CentredMoments, Moments


@named("frechet")
@dataclass(frozen=True)
class FrechetDistance(Measure):
    """Squared Frechet distance of two Gaussians with the spaces' means and covariances.

    Covariances with divisor n - 1; the square, as FID is reported. Blind to the pairing of items,
    not to a rotation of one space alone: both must lie in the same coordinates.
    """

    source: ClassVar[str] = "Dowson & Landau 1982; Heusel et al. 2017 (FID)"
    formula: ClassVar[str] = "|mu_x - mu_y|^2 + tr(S_x + S_y - 2 (S_x S_y)^(1/2))"
    range: ClassVar[BOUNDS] = (0.0, math.inf)
    better: ClassVar[str] = "lower"
    equal_width: ClassVar[bool] = True
    blind: ClassVar[bool] = True
    unmoved_by: ClassVar[frozenset[str]] = frozenset()
    cost: ClassVar[str] = "linear in items, cubic in dimensions"

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return (CentredMoments(exact=True),)

    def score(self, moments: Moments) -> float:
        left, right = (gram / (moments.n - 1) for gram in (moments.xx, moments.yy))
        apart = (moments.mean_a - moments.mean_b).square().sum()
        cross = 2 * nuclear(_root(left) @ _root(right))
        return max(0.0, float(apart + left.trace() + right.trace()) - cross)


def _root(gram: Tensor) -> Tensor:
    """Symmetric square root of a positive semi-definite matrix."""
    values, vectors = torch.linalg.eigh(gram)
    root: Tensor = (vectors * values.clamp(min=0).sqrt()) @ vectors.T
    return root


class _Clouds(Sampled):
    equal_width = True
    blind = True
    unmoved_by: ClassVar[frozenset[str]] = frozenset()
    better = "lower"
    range: ClassVar[BOUNDS] = (-math.inf, math.inf)


@named("mmd")
@dataclass(frozen=True)
class MaximumMeanDiscrepancy(_Clouds):
    """Unbiased squared maximum mean discrepancy of the two clouds; may be below 0, and 0 is best.

    Kernel rbf, exp(-|x - y|^2 / (2 sigma^2)) with sigma the median of the distances of both clouds
    together that are not zero, or poly, (x'y / d + 1)^3 as in KID. Pairs of different items inside
    a space, all pairs across. Blind to the pairing of items, not to a rotation of one space alone.
    """

    source: ClassVar[str] = "Gretton et al. 2012, eq. 3; Binkowski et al. 2018 (KID)"
    formula: ClassVar[str] = "mean k(x_i, x_j) + mean k(y_i, y_j) - 2 mean k(x_i, y_j)"
    variants: ClassVar[tuple[str, ...]] = ("mmd(kernel=poly)",)
    kernel: Literal["rbf", "poly"] = "rbf"
    items: int = 500
    repeats: int = 5
    seed: int = 0

    def one(self, x: Tensor, y: Tensor) -> float:
        n = len(x)
        pooled = torch.cat([x, y])
        kernel = _polynomial(pooled) if self.kernel == "poly" else _median_rbf(pooled)
        within = kernel[:n, :n], kernel[n:, n:]
        own = sum(float(part.sum() - part.trace()) for part in within) / (n * (n - 1))
        return own - 2 * float(kernel[:n, n:].mean())


def _polynomial(rows: Tensor) -> Tensor:
    kernel: Tensor = (rows @ rows.T / rows.shape[1] + 1).pow(3)
    return kernel


def _median_rbf(rows: Tensor) -> Tensor:
    centred = rows - rows.mean(0)
    width = median_distance(centred)
    if width is None:
        raise NotApplicableError("all rows of both spaces are equal")
    return squared(centred, centred).mul_(-1 / (2 * width**2)).exp_()


@named("energy-distance")
@dataclass(frozen=True)
class EnergyDistance(_Clouds):
    """Energy distance of the two clouds, by Euclidean distance; 0 only for equal distributions.

    V-statistic: self pairs count, divisor n^2; no square root. Blind to the pairing of items, not
    to a rotation of one space alone.
    """

    source: ClassVar[str] = "Szekely & Rizzo 2013, eq. 6"
    formula: ClassVar[str] = "2 mean |x_i - y_j| - mean |x_i - x_j| - mean |y_i - y_j|"
    range: ClassVar[BOUNDS] = (0.0, math.inf)
    items: int = 500
    repeats: int = 5
    seed: int = 0

    def one(self, x: Tensor, y: Tensor) -> float:
        across, left, right = (euclidean(*pair).mean() for pair in ((x, y), (x, x), (y, y)))
        return float(2 * across - left - right)


@named("domain-auc")
@dataclass(frozen=True)
class DomainClassifier(_Clouds):
    """How well a linear classifier tells which space a row is from: area under its ROC curve.

    Logistic regression on standardised columns, 5-fold, no item in two folds; .5 is chance, and
    best. Blind to the pairing of items, not to a rotation of one space alone.
    """

    source: ClassVar[str] = "Lopez-Paz & Oquab 2017 (classifier two-sample test), with ROC AUC"
    formula: ClassVar[str] = "AUC of held-out predictions of the space"
    range: ClassVar[BOUNDS] = (0.0, 1.0)
    by_order: ClassVar[bool] = True
    items: int = 500
    repeats: int = 5
    seed: int = 0

    def one(self, x: Tensor, y: Tensor) -> float:
        from sklearn.linear_model import LogisticRegression
        from sklearn.metrics import roc_auc_score
        from sklearn.model_selection import GroupKFold, cross_val_predict
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        rows, n = torch.cat([x, y]).numpy(), len(x)
        side = (torch.arange(2 * n) >= n).long().numpy()
        item = (torch.arange(2 * n) % n).numpy()
        model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
        folds = GroupKFold(min(5, n))
        held = cross_val_predict(
            model, rows, side, groups=item, cv=folds, method="decision_function"
        )
        return float(roc_auc_score(side, held))

    def chance(self, n: int, samples: object) -> float:
        return 0.5
