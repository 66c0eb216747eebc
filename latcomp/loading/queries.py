"""Queries from files of their own: the same queries as each of the two systems embeds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from latcomp.errors import InputError, UsageError
from latcomp.loading.load import Loaded, Source, load
from latcomp.loading.matching import Matched, match
from latcomp.spaces.pair import Pair


@dataclass(frozen=True)
class Queried:
    """Queries matched to each other, what a report says of them, and what a reader should know."""

    matched: Matched
    facts: dict[str, Any]
    notes: tuple[str, ...]

    def of(self, corpus: Pair) -> Pair:
        """The corpus, searched for these queries."""
        return corpus.asked_by(self.matched.a, self.matched.b)


def load_queries(
    sources: Sequence[Source],
    corpora: Sequence[Loaded],
    by: str,
    device: torch.device,
    skip_invalid: bool,
) -> Queried:
    """Load two query files, one for each corpus, and match their rows as corpora are matched.

    Raises UsageError unless there are two, and InputError where a file cannot be used or is not
    as wide as its corpus.
    """
    if isinstance(sources, str) or len(sources) != 2:
        raise UsageError("queries come as two files, one embedded by each model")
    loaded = [
        load(source, f"queries of {name}", None, device, skip_invalid)
        for source, name in zip(sources, "ab", strict=True)
    ]
    for queries, corpus in zip(loaded, corpora, strict=True):
        _check_width(queries, corpus)
    matched = match(loaded[0], loaded[1], by)
    facts = {"a": loaded[0].facts, "b": loaded[1].facts, "matching": matched.facts}
    return Queried(matched, facts, tuple(_notes(matched, corpora[0])))


def _check_width(queries: Loaded, corpus: Loaded) -> None:
    wide, wanted = queries.space.shape[1], corpus.space.shape[1]
    if wide != wanted:
        raise InputError(
            f"{queries.space.name} has {wide} dimensions and {corpus.space.name} has {wanted}",
            "the first query file is of the model of A, the second of the model of B",
        )


def _notes(matched: Matched, corpus: Loaded) -> list[str]:
    known = set(corpus.space.ids or ()) & set(matched.ids or ())
    if not known:
        return []
    return [
        f"{len(known):,} queries have the id of an item of the corpus: if they are the same, each "
        "finds itself first, which raises the agreement"
    ]
