"""What a reader should know before trusting a number, one sentence each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

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
        *about_loading(loaded, matched),
        *(
            text
            for side, mean in zip("ab", means(spaces), strict=True)
            for text in about_mean(side, mean, center)
        ),
        *about_bias(scores),
    ]


def about_loading(
    loaded: Sequence[Loaded], matched: Matched, names: Sequence[str] = "ab"
) -> Iterator[str]:
    """What happened to two spaces, called ``names``, while they were read and matched."""
    for one in loaded:
        yield from one.notes
    if matched.facts["by"] == "position":
        yield "rows were matched by position, not by id: the two files must be in the same order"
    for side, name, one in zip("ab", names, loaded, strict=True):
        yield from about_rows(name, one, matched.facts["dropped"][side])


def about_rows(name: str, one: Loaded, dropped: int) -> Iterator[str]:
    """Rows of a space that were left out, and how many of the ``dropped`` have no match."""
    yield from about_invalid(name, one)
    invalid = one.invalid
    if dropped > invalid:
        total = one.space.shape[0]
        yield f"{dropped - invalid} of the {total} items of {name} have no match and were dropped"


def about_invalid(name: str, one: Loaded) -> Iterator[str]:
    """Rows of a space that no measure can use."""
    if one.invalid == 1:
        yield f"1 row of {name} holds NaN, Inf or only zeros and was left out"
    elif one.invalid:
        yield f"{one.invalid} rows of {name} hold NaN, Inf or only zeros and were left out"


def means(spaces: dict[str, list[Draw]]) -> tuple[float, float]:
    """The mean cosines of different items in a and in b, as they were saved."""
    agreement: Agreement = spaces["absolute"][0].found[RowAgreement()]
    return agreement.unrelated_a, agreement.unrelated_b


def about_mean(name: str, mean: float, center: bool) -> Iterator[str]:
    """That all cosines of a space are high, unless they were centred."""
    if not center and mean > ANISOTROPIC:
        yield f"unrelated items have a mean cosine of {mean:.2f} in {name}: try --center"


def about_bias(scores: Iterable[Score]) -> Iterator[str]:
    """That biased CKA is high by itself."""
    for score in scores:
        if score.measure == "cka" and score.chance is not None and score.chance > CROWDED:
            yield (
                f"cka in the {score.space} spaces would be {score.chance:.2f} for items paired at "
                "random, having many dimensions for few items: cka-debiased is free of that"
            )
