"""The ways from a query of the new model to items of the old index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from torch import Tensor

from latcomp.migration.corpus import Asked, Corpus
from latcomp.numerics.retrieval import UnitRows
from latcomp.recipes import Recipe
from latcomp.spaces.relative import Relative
from latcomp.spaces.unit import Unit
from latcomp.translation.fitting import fit
from latcomp.translation.quality import unit
from latcomp.translators import Translator, spelt

KINDS = {
    "today": "old queries in the old index",
    "unchanged": "new queries in the old index",
    "queries": "new queries translated, in the old index",
    "index": "new queries in the old index, translated",
    "relative": "new queries in the old index, both relative to {anchors} anchors",
    "re-embedded": "new queries in an index by the new model",
}
"""What is done, in the order of how much of it must be changed."""


@dataclass(frozen=True)
class Road:
    """One way to search: queries and index in one space, or the reason why there is none."""

    name: str
    kind: str
    queries: Tensor | None
    index: UnitRows | None
    reason: str | None = None
    notes: tuple[str, ...] = ()


def roads(
    asked: Asked, corpus: Corpus, methods: Sequence[Translator], recipe: Recipe, anchors: int
) -> Iterator[Road]:
    """Every way, from nothing changed to everything embedded anew."""
    old, new = Unit(corpus.old), Unit(corpus.new)
    if asked.old is not None:
        yield Road("today", "today", unit(asked.old), old)
    if asked.new.shape[1] == old.shape[1]:
        yield Road("unchanged", "unchanged", unit(asked.new), old)
    else:
        why = f"needs equal dimensions: {old.shape[1]} and {asked.new.shape[1]}"
        yield Road("unchanged", "unchanged", None, None, why)
    for method in methods:
        back = fit(corpus.fit_new, corpus.fit_old, method)
        yield Road(spelt(method), "queries", unit(back.apply(asked.new)), old, notes=back.notes)
    for method in methods:
        ahead = fit(corpus.fit_old, corpus.fit_new, method)
        index = Unit(ahead.apply(corpus.old))
        yield Road(f"index-{spelt(method)}", "index", unit(asked.new), index, notes=ahead.notes)
    yield _relative(asked, corpus, recipe, anchors)
    yield Road("re-embedded", "re-embedded", unit(asked.new), new)


def _relative(asked: Asked, corpus: Corpus, recipe: Recipe, anchors: int) -> Road:
    old, new = corpus.fit_old[:anchors], corpus.fit_new[:anchors]
    for found in (old, new):
        recipe.check(found)
    fitted, turned = recipe.fit(old), recipe.fit(new)
    index = Unit(Relative(corpus.old, fitted, fitted.width))
    return Road("relative", "relative", unit(turned(asked.new)), index)
