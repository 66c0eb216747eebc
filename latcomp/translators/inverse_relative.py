"""Into relative coordinates, and out of the other space's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from latcomp import kernel
from latcomp.draws import permutation
from latcomp.errors import UsageError
from latcomp.translators import TRANSLATORS, Solved, Standardize


@TRANSLATORS.add("inverse-relative")
@dataclass(frozen=True)
class InverseRelative:
    """Relative to the anchors of a, and back from the anchors of b by their pseudo-inverse.

    x -> unit anchors of a -> products -> pinv(unit anchors of b). An item keeps its length, so
    that the map is linear. Each of ``subsets`` looks at ``anchors`` of the pairs (0: all of
    them), the farthest from each other from a drawn one on, since near ones make the inverse
    unstable; the maps are averaged. The source needs only the anchors of b, not its other items.
    """

    source: ClassVar[str] = "Maiorca et al. 2024 (arXiv 2406.15057)"
    paired: ClassVar[bool] = True
    anchors: int = 0
    subsets: int = 1
    seed: int = 0
    standardize: Standardize = "scale"

    def __post_init__(self) -> None:
        if self.anchors < 0 or self.subsets < 1:
            raise UsageError(
                "inverse-relative: anchors is at least 0 and subsets at least 1, "
                f"found {self.anchors} and {self.subsets}"
            )

    def solve(self, x: Tensor, y: Tensor) -> Solved:
        x, y = _unit(x), _unit(y)
        count = min(self.anchors or len(x), len(x))
        first = permutation(len(x), self.seed, "inverse-relative")[: self.subsets].tolist()
        kept = [_spread(x, start, count) for start in first]
        maps = [x[rows].T @ torch.linalg.pinv(y[rows].T) for rows in kept]  # (d, m) @ (m, e)
        return Solved(torch.stack(maps).mean(0))


def _unit(rows: Tensor) -> Tensor:
    norm = kernel.lengths(rows)
    return rows / norm.where(norm > 0, 1.0)


def _spread(unit: Tensor, start: int, count: int) -> Tensor:
    """Rows that are far from each other, from ``start`` on: (count,)."""
    if count == len(unit):
        return torch.arange(count, device=unit.device)
    chosen = [start]
    nearest = unit @ unit[start]
    while len(chosen) < count:
        nearest[chosen] = torch.inf
        chosen.append(int(nearest.argmin()))
        nearest = torch.maximum(nearest, unit @ unit[chosen[-1]])
    return torch.tensor(chosen, device=unit.device)
