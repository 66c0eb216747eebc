"""Every checkpoint against the reference, whose relative representation is made once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from latcomp.loading.gathering import Gathered
from latcomp.measures import Measure, ask
from latcomp.picking.drawn import vectors
from latcomp.recipes import Recipe
from latcomp.registry import split_requests
from latcomp.report import Score
from latcomp.scan import Statistic, Watch, scan_together
from latcomp.scoring.score import Draw, needs, score
from latcomp.scoring.uncertainty import whole
from latcomp.spaces import KEPT_BYTES, Pair, Relative, Space, Stored, steps

NOTHING = torch.empty(0, dtype=torch.int64)


@dataclass(frozen=True)
class Wanted:
    """Measures of the relative spaces, and of the spaces as saved."""

    relative: list[Measure]
    absolute: list[Measure]

    @property
    def every(self) -> list[Measure]:
        """All of them."""
        return [*self.relative, *self.absolute]

    @property
    def names(self) -> list[str]:
        """How to ask for them."""
        return [
            *(f"relative.{one}" for one in self.relative),
            *(f"absolute.{one}" for one in self.absolute),
        ]


def want(measures: str | Sequence[str], k: int) -> Wanted:
    """The measures asked for, each in the space it belongs to unless it names one.

    What holds rows of one space against rows of another belongs in the relative spaces, and what
    looks inside each space in the spaces as saved. Raises UsageError for an unknown measure.
    """
    texts = [measures] if isinstance(measures, str) else measures
    wanted = Wanted([], [])
    for part in (part for text in texts for part in split_requests(text)):
        space, _, name = part.rpartition(".") if part.startswith(SPACES) else ("", "", part)
        for measure in ask([name], k):
            across = measure.equal_width if not space else space == "relative"
            held = wanted.relative if across else wanted.absolute
            if measure not in held:
                held.append(measure)
    return wanted


SPACES = ("relative.", "absolute.")


def measured(
    gathered: Gathered,
    wanted: Wanted,
    anchors: Sequence[Tensor],
    recipe: Recipe,
    queries: Tensor | None,
    confidence: float,
    watch: Watch,
) -> list[tuple[Score, ...]]:
    """The scores of every space after the first, the reference, against it.

    ``anchors`` are rows of the items, one set per draw.
    """
    frames = [_frame(gathered.spaces[0], rows, recipe) for rows in anchors if wanted.relative]
    found = []
    for place, space in enumerate(gathered.spaces[1:], 1):
        absolute = Pair(gathered.spaces[0], space).asking(queries)
        related = [
            Pair(frame, _related(space, rows, recipe)).asking(queries)
            for frame, rows in zip(frames, anchors, strict=bool(frames))
        ]
        found.append(_scores(wanted, absolute, related, anchors, confidence))
        watch("track", place, len(gathered.spaces) - 1)
    return found


def _related(space: Space, rows: Tensor, recipe: Recipe) -> Relative:
    known = vectors(space, rows)
    recipe.check(known)
    fitted = recipe.fit(known)
    return Relative(space, fitted, fitted.width)


def _frame(space: Space, rows: Tensor, recipe: Recipe) -> Space:
    """The reference by its anchors, computed once and kept while it fits."""
    related = _related(space, rows, recipe)
    n, width = related.shape
    if n * width * related.dtype.itemsize > KEPT_BYTES:
        return related
    held = torch.cat([related.rows(*step).cpu() for step in steps(related)])
    return Stored(space.name, held.numpy(), device=space.device)


def _scores(
    wanted: Wanted,
    absolute: Pair,
    related: Sequence[Pair],
    anchors: Sequence[Tensor],
    confidence: float,
) -> tuple[Score, ...]:
    jobs: list[tuple[Pair, list[Statistic]]] = [
        (pair, needs(wanted.relative, pair, pair is related[0])) for pair in related
    ]
    if wanted.absolute:
        jobs.append((absolute, needs(wanted.absolute, absolute, first=True)))
    found = [whole(each) for each in scan_together(jobs)]
    draws = [
        Draw(pair, one, NOTHING, rows.flatten())
        for pair, one, rows in zip(related, found, anchors, strict=False)
    ]
    scores = score(wanted.relative, {"relative": draws}, confidence) if draws else []
    if wanted.absolute:
        last = Draw(absolute, found[-1], NOTHING, NOTHING)
        scores += score(wanted.absolute, {"absolute": [last]}, confidence)
    return tuple(scores)
