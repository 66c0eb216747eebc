"""The two spaces as pictures on shared axes, item by item, for a page to draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch import Tensor

from latcomp.draws import permutation
from latcomp.measures import Measure
from latcomp.numerics.projection import projection
from latcomp.report import Report
from latcomp.scan import Statistic
from latcomp.scoring.extra import Compared
from latcomp.scoring.peritem import Items, look, own_lists
from latcomp.spaces.pair import Pair

DRAWN = 20_000
"""Items drawn in a view, unless asked otherwise; of more, a seeded sample."""

NUMBERS = 2**25
"""Coordinates of one space that are projected at most: wide spaces are drawn with fewer items."""


@dataclass(frozen=True)
class Picture:
    """Both spaces in two dimensions, and the items that are drawn.

    ``places`` are the drawn ones among the queries of ``items``, (drawn,); ``a`` and ``b`` are
    (drawn, 2). Where the spaces share no axes there is nothing but a ``reason``.
    """

    items: Items
    places: Tensor
    total: int
    projection: str
    space: str
    a: np.ndarray[tuple[int, int], np.dtype[np.float64]] | None = None
    b: np.ndarray[tuple[int, int], np.dtype[np.float64]] | None = None
    reason: str | None = None


@dataclass
class Views:
    """Keeps `Picture` of what was compared in ``picture``; the report stays as it is.

    The axes are shared: relative rows under the first draw of anchors, each space centred on its
    own mean and scaled to the same spread, stacked and projected together. ``draw`` is how many
    items are drawn at most.
    """

    draw: int = DRAWN
    by: str = "pca"
    picture: Picture | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        projection(self.by)

    def needs(self, measures: Sequence[Measure]) -> list[Statistic]:
        return own_lists(measures)

    def add(self, report: Report, compared: Compared) -> Report:
        items = look(compared, report.protocol["k"])
        space = "relative" if "relative" in compared.spaces else "absolute"
        pair = compared.spaces[space][0].pair
        places = self._places(items, pair)
        picture = Picture(items, places, pair.n, self.by, space)
        self.picture = self._project(picture, pair)
        return report

    def _places(self, items: Items, pair: Pair) -> Tensor:
        width = max(pair.a.shape[1], pair.b.shape[1])
        count = min(self.draw, max(1, NUMBERS // width))
        if len(items.rows) <= count:
            return torch.arange(len(items.rows))
        return permutation(len(items.rows), 0, "views")[:count].sort().values

    def _project(self, picture: Picture, pair: Pair) -> Picture:
        if not pair.comparable:
            widths = f"{pair.a.shape[1]} and {pair.b.shape[1]}"
            return replace(
                picture,
                reason=f"vectors as saved, of {widths} dimensions, have no axes in common: "
                "compare with anchors to see both spaces",
            )
        rows = picture.items.rows[picture.places]
        both = [_standing(side.take(rows)) for side in (pair.a, pair.b)]
        flat = projection(self.by)(np.vstack(both))  # (2 drawn, 2)
        return replace(picture, a=flat[: len(rows)], b=flat[len(rows) :])


def _standing(rows: Tensor) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Rows less their mean, scaled so that their mean squared length is 1; equal rows stay zero."""
    found = rows.double()
    found = found - found.mean(0)
    spread = float(found.square().sum(1).mean().sqrt())
    return (found / spread if spread else found).cpu().numpy()
