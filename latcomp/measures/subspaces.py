"""Whether two spaces span the same directions, and how alike their aligned rows are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from latcomp.errors import NotApplicableError
from latcomp.measures import BOUNDS, Measure, named
from latcomp.numerics.algebra import whitening
from latcomp.scan import Statistic
from latcomp.statistics.aligned import AlignedCosines
from latcomp.statistics.moments import CentredMoments, Moments

_ROTATIONS = frozenset({"rotation", "isotropic scale", "permutation"})


@named("eigenspace-overlap")
@dataclass(frozen=True)
class EigenspaceOverlap(Measure):
    """How much of one column space lies in the other.

    NOT centred; U and V are orthonormal bases of the column spaces; the divisor is the larger
    width, not the rank.
    """

    source: ClassVar[str] = "May et al. 2019, definition 1"
    formula: ClassVar[str] = "|U'V|^2 / max(d, d')"
    unmoved_by: ClassVar[frozenset[str]] = _ROTATIONS | {"per-axis scale", "invertible linear"}
    cost: ClassVar[str] = "linear in items, cubic in dimensions"

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return (CentredMoments(exact=True),)

    def score(self, moments: Moments) -> float:
        left, right = _uncentred(moments)
        cross = moments.xy + moments.n * torch.outer(moments.mean_a, moments.mean_b)
        shared = (left.T @ cross @ right).square().sum()
        return float(shared) / max(len(left), len(right))

    def note(self, moments: Moments) -> str | None:
        widest = max(basis.shape[1] for basis in _uncentred(moments))
        if widest < moments.n:
            return None
        return f"a space spans every direction of its {moments.n} items: nothing is compared"


def _uncentred(moments: Moments) -> tuple[Tensor, Tensor]:
    grams = (
        gram + moments.n * torch.outer(mean, mean)
        for gram, mean in ((moments.xx, moments.mean_a), (moments.yy, moments.mean_b))
    )
    left, right = (whitening(gram) for gram in grams)
    return left, right


@named("aligned-cosine")
@dataclass(frozen=True)
class AlignedCosine(Measure):
    """Mean cosine of each item's two vectors after the best rotation of one space onto the other.

    Narrower rows are padded with zeros; ``center`` subtracts the column means first. The rotation
    is fitted on the same items.
    """

    source: ClassVar[str] = "Hamilton et al. 2016, section 2.3 (Procrustes, then cosine)"
    formula: ClassVar[str] = "mean of cos(x_i Q, y_i), Q = U V' of the singular vectors of X'Y"
    range: ClassVar[BOUNDS] = (-1.0, 1.0)
    over: ClassVar[str | None] = "items"
    unmoved_by: ClassVar[frozenset[str]] = _ROTATIONS
    cost: ClassVar[str] = "two walks, linear in items, cubic in dimensions"
    variants: ClassVar[tuple[str, ...]] = ("aligned-cosine(center=true)",)
    center: bool = False

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return (AlignedCosines(self.center),)

    def per_item(self, cosines: Tensor | None) -> Tensor:
        if cosines is None:
            raise NotApplicableError("a row equals the mean of all rows, so it has no cosine")
        return cosines

    def knows_error(self) -> bool:
        """The mean that is taken out errs, too."""
        return not self.center

    def invariances(self) -> frozenset[str]:
        return self.unmoved_by | {"translation"} if self.center else self.unmoved_by
