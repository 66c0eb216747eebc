"""What a reader should know before trusting a number, one sentence each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from latcomp.loading.load import Loaded
from latcomp.loading.matching import Matched
from latcomp.report import Score
from latcomp.scoring.score import Draw
from latcomp.statistics.agreement import Agreement, RowAgreement

ANISOTROPIC = 0.1
"""Mean cosine of unrelated items above which centring is advised."""

CROWDED = 0.05
"""Chance level of biased CKA above which a reader is told of it."""


def cautions(
    loaded: Sequence[Loaded],
    matched: Matched,
    scores: Sequence[Score],
    spaces: dict[str, list[Draw]],
    center: bool,
) -> list[str]:
    """Warnings about the inputs, the matching and what the scores can bear."""
    return [
        *(note for one in loaded for note in one.notes),
        *_about_matching(loaded, matched),
        *_about_means(spaces, center),
        *_about_bias(scores),
    ]


def _about_matching(loaded: Sequence[Loaded], matched: Matched) -> Iterator[str]:
    if matched.facts["by"] == "position":
        yield "rows were matched by position, not by id: the two files must be in the same order"
    for side, one in zip("ab", loaded, strict=True):
        invalid = len(one.seen.invalid) + len(one.seen.zero)
        if invalid:
            yield f"{invalid} rows of {side} hold NaN, Inf or only zeros and were left out"
        dropped = matched.facts["dropped"][side] - invalid
        if dropped > 0:
            total = one.space.shape[0]
            yield f"{dropped} of the {total} items of {side} have no match and were dropped"


def _about_means(spaces: dict[str, list[Draw]], center: bool) -> Iterator[str]:
    agreement: Agreement = spaces["absolute"][0].found[RowAgreement()]
    unrelated = (agreement.unrelated_a, agreement.unrelated_b)
    for side, mean in zip("ab", unrelated, strict=True):
        if not center and mean > ANISOTROPIC:
            yield f"unrelated items have a mean cosine of {mean:.2f} in {side}: try --center"


def _about_bias(scores: Sequence[Score]) -> Iterator[str]:
    for score in scores:
        if score.measure == "cka" and score.chance is not None and score.chance > CROWDED:
            yield (
                f"cka in the {score.space} spaces would be {score.chance:.2f} for items paired at "
                "random, having many dimensions for few items: cka-debiased is free of that"
            )
