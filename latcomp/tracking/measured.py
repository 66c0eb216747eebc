"""Every checkpoint against the reference, whose own statistics are learnt once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from latcomp.loading.families import Family
from latcomp.matrices.sharing import Shared
from latcomp.matrices.views import Views
from latcomp.measures import Measure, ask
from latcomp.picking.drawn import Picked
from latcomp.pipeline import drawn
from latcomp.recipes import Recipe
from latcomp.registry import split_requests
from latcomp.report import Score
from latcomp.scan import Statistic, Watch, unwatched
from latcomp.scoring.score import Draw, needs, score
from latcomp.spaces.pair import Pair


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
    family: Family,
    wanted: Wanted,
    picked: Picked,
    recipe: Recipe,
    queries: Tensor | None,
    confidence: float,
    watch: Watch,
) -> list[tuple[Score, ...]]:
    """The scores of every space after the first, the reference, against it.

    What the reference tells by itself is learnt once.
    """
    views = Views(family.spaces, picked, recipe, queries)
    shared = Shared(views, None, unwatched)
    found = []
    for place in range(1, len(family.spaces)):
        pairs = views.pairs(0, place)
        jobs: list[tuple[Pair, list[Statistic]]] = [
            (pairs[0], needs(wanted.absolute, pairs[0], first=True) if wanted.absolute else [])
        ]
        for pair in pairs[1:]:
            asked = needs(wanted.relative, pair, pair is pairs[1]) if wanted.relative else []
            jobs.append((pair, asked))
        spaces = drawn(pairs, shared.learn(0, place, jobs), picked, exclude=False)
        found.append(_scores(wanted, spaces, confidence))
        shared.forget(place)
        watch("track", place, len(family.spaces) - 1)
    return found


def _scores(wanted: Wanted, spaces: dict[str, list[Draw]], confidence: float) -> tuple[Score, ...]:
    held = {"relative": wanted.relative, "absolute": wanted.absolute}
    return tuple(
        one
        for name, draws in spaces.items()
        for one in (score(held[name], {name: draws}, confidence) if held[name] else [])
    )
