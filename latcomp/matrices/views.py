"""Every space of a family as it was saved and relative to every draw of anchors, made once."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from latcomp.picking.drawn import Picked, vectors
from latcomp.recipes import FittedRecipe, Recipe
from latcomp.spaces.pair import Pair, Queries, kept
from latcomp.spaces.space import Space


class Views:
    """Makes any two spaces of a family into pairs, one as they were saved and one per draw.

    What a space brings into its pairs is made once: its queries, and what its anchors teach.
    """

    def __init__(
        self, spaces: Sequence[Space], picked: Picked, recipe: Recipe, queries: Tensor | None
    ) -> None:
        self._spaces = spaces
        self._queries = queries
        self._asked = [None if queries is None else kept(one, queries) for one in self._spaces]
        self._fitted = [_fit(space, picked, recipe) for space in self._spaces]

    def saved(self, a: int, b: int) -> Pair:
        """The pair of two spaces, by their numbers, as they were saved."""
        return Pair(self._spaces[a], self._spaces[b], self._both(self._asked[a], self._asked[b]))

    def pairs(self, a: int, b: int) -> list[Pair]:
        """The pair as it was saved, and relative to each draw of anchors."""
        absolute = self.saved(a, b)
        fitted = zip(self._fitted[a], self._fitted[b], strict=True)
        return [absolute, *(absolute.relative(one, other, one.width) for one, other in fitted)]

    def _both(self, a: Space | None, b: Space | None) -> Queries | None:
        if self._queries is None or a is None or b is None:
            return None
        return Queries(self._queries, a, b)


def _fit(space: Space, picked: Picked, recipe: Recipe) -> Sequence[FittedRecipe]:
    found = [vectors(space, draw.rows) for draw in picked.draws]
    for anchors in found:
        recipe.check(anchors)
    return [recipe.fit(anchors) for anchors in found]
