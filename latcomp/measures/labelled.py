"""Whether neighbours are of one kind, where items have labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from torch import Tensor

from latcomp.measures import Measure, named, without_self
from latcomp.numerics.overlap import Added
from latcomp.scan import Statistic
from latcomp.spaces.pair import Pair
from latcomp.statistics.labels import ItemLabels
from latcomp.statistics.neighbours import Lists, Neighbours


@named("neighbour-labels")
@dataclass(frozen=True)
class NeighbourLabels(Measure):
    """Share of an item's k nearest neighbours that have its label. About one space alone.

    Cosine, the item itself excluded by row number. ``side`` is a or b. The labels are those of a,
    or of b where a has none.
    """

    source: ClassVar[str] = (
        "agreement of k nearest neighbours, leave one out (Cover & Hart 1967, no vote)"
    )
    formula: ClassVar[str] = "mean over items of |{j in N(i): label j = label i}| / k"
    over: ClassVar[str | None] = "queries"
    one_sided: ClassVar[bool] = True
    cost: ClassVar[str] = "neighbour search"
    unmoved_by: ClassVar[frozenset[str]] = Measure.unmoved_by | {"row scale"}
    variants: ClassVar[tuple[str, ...]] = ("neighbour-labels(side=b)",)
    k: int = 10
    side: Literal["a", "b"] = "a"

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return Neighbours(self.side * 2, depth + 1), ItemLabels()

    def per_item(self, lists: Lists, labels: Tensor) -> Tensor:
        return self._same(lists, labels).mean(1)

    def neighbourly(self, lists: Lists, labels: Tensor) -> Added:
        """A neighbour has the label or not, and keeps out the next one, which has it as often."""
        same = self._same(lists, labels)
        added = (same - same.mean(1, keepdim=True)) / self.k
        return Added(lists.rows, without_self(lists, self.k), added)

    def chance(self, n: int, lists: Lists, labels: Tensor) -> float:
        alike = torch.bincount(labels)[labels[lists.rows]] - 1
        return float(alike.double().mean()) / (n - 1)

    def refuses(self, pair: Pair) -> str | None:
        return None if pair.labels is not None else "needs labels of the items: --labels FILE"

    def _same(self, lists: Lists, labels: Tensor) -> Tensor:
        near = labels[without_self(lists, self.k)]
        return (near == labels[lists.rows][:, None]).double()
