"""Sets of anchors: their vectors in both spaces, which items they are, and how they came about."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from latcomp.loading.matching import Matched
from latcomp.recipes import Recipe
from latcomp.spaces.pair import Pair
from latcomp.spaces.space import Space


@dataclass(frozen=True)
class AnchorDraw:
    """One set of anchors: their vectors in both spaces, and their rows among the matched items.

    ``a`` is (m, d) and ``b`` (m, d'), float64. ``rows`` is (m,), or (m, g) where an anchor is the
    mean of g items; it is empty where the anchors come from elsewhere.
    """

    rows: Tensor
    a: Tensor
    b: Tensor


@dataclass(frozen=True)
class Picked:
    """One set of anchors per draw, how they came about, and what a reader should know of them."""

    draws: list[AnchorDraw]
    facts: dict[str, Any]
    notes: tuple[str, ...] = ()

    def elsewhere(self) -> Picked:
        """The same anchors, none of which is an item that is compared."""
        nothing = torch.empty(0, dtype=torch.int64)
        return Picked([AnchorDraw(nothing, d.a, d.b) for d in self.draws], self.facts, self.notes)


def vectors(space: Space, rows: Tensor) -> Tensor:
    """Anchors' vectors in one space, float64: rows (m,) or (m, g) -> (m, d)."""
    found = space.take(rows.flatten()).double()
    return found.view(*rows.shape, -1).mean(1) if rows.ndim == 2 else found


def express(pair: Pair, anchors: AnchorDraw, recipe: Recipe) -> Pair:
    """The pair relative to the anchors. Raises InputError where they cannot serve."""
    for found in (anchors.a, anchors.b):
        recipe.check(found)
    a, b = recipe.fit(anchors.a), recipe.fit(anchors.b)
    return pair.relative(a, b, a.width)


def draw(matched: Matched, rows: Tensor) -> AnchorDraw:
    """The matched items in these rows as anchors: (m,), or (m, g) for means of g items."""
    return AnchorDraw(rows, vectors(matched.a, rows), vectors(matched.b, rows))


def known(
    matched: Matched, rows: list[int] | Tensor, strategy: str, file: str | None, *seeds: int
) -> Picked:
    """One set of anchors that are matched items, with ``strategy`` and ``file`` as its origin."""
    held = torch.as_tensor(rows)
    facts = {"count": len(held), "strategy": strategy, "file": file, "seeds": list(seeds)}
    return Picked([draw(matched, held)], {**facts, "digests": [digest(matched, held)]})


def digest(matched: Matched, rows: Tensor) -> str:
    """SHA-256 of the ids of the items in these rows, or of the row numbers."""
    flat = rows.flatten().tolist()
    return digest_of([matched.ids[row] if matched.ids else str(row) for row in flat])


def digest_of(names: list[str]) -> str:
    """SHA-256 of names in order."""
    return "sha256:" + hashlib.sha256("\0".join(names).encode()).hexdigest()
