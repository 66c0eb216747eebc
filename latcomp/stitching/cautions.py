"""What a reader should know before trusting a stitched number, one sentence each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from string import ascii_lowercase

import torch

from latcomp.loading.families import Family
from latcomp.report import Score
from latcomp.scoring.cautions import about_invalid
from latcomp.stitching.axes import Axes
from latcomp.stitching.stitched import own
from latcomp.stitching.trials import Bench, Round


def cautions(
    family: Family,
    bench: Bench,
    rounds: Sequence[Round],
    scores: Sequence[Score],
    axes: Sequence[Axes],
) -> tuple[str, ...]:
    """Warnings about the inputs, the matching, the heads, and what the scores can bear."""
    found = [
        *(note for one in family.loaded for note in one.notes),
        *_about_matching(family),
        *(note for one in axes for note in one.notes),
        *(note for one in rounds for note in one.notes),
        *_about_classes(bench, axes),
        *_about_own_heads(scores),
        *(
            f"{what} is transductive: what a head says of an item depends on the other held out "
            "items, so that a single item cannot be judged so"
            for what in bench.transductive
        ),
    ]
    return tuple(dict.fromkeys(found))


def _about_matching(family: Family) -> Iterator[str]:
    if family.by == "position":
        yield "rows were matched by position, not by id: all files must be in the same order"
    every = zip(ascii_lowercase, family.loaded, family.all_dropped, strict=False)
    for name, one, lost in every:
        yield from about_invalid(name, one)
        dropped = lost - one.invalid
        if dropped > 0:
            total = one.space.shape[0]
            yield f"{dropped} of the {total} items of {name} are not in all files and were dropped"


def _about_classes(bench: Bench, axes: Sequence[Axes]) -> Iterator[str]:
    if bench.aim.classes is None:
        return
    counts = torch.bincount(bench.aim.truth, minlength=len(bench.aim.classes))
    rare = [
        name for name, n in zip(bench.aim.classes, counts.tolist(), strict=True) if n < len(axes)
    ]
    if rare:
        yield (
            f"{len(rare)} of {len(counts)} classes have fewer items than there are splits, "
            f"{rare[0]!r} first: heads may never see them"
        )


def _about_own_heads(scores: Sequence[Score]) -> Iterator[str]:
    """Heads that learnt nothing on their own space."""
    for score in scores:
        if not own(score) or score.interval is None or score.chance is None:
            continue
        low, high = score.interval
        lost = low <= score.chance if score.better == "higher" else high >= score.chance
        if lost and score.measure in ("accuracy", "r2"):
            trained = (score.direction or "")[0]
            yield (
                f"the {score.space} head of {trained} is not above chance on {trained} itself "
                f"({score.measure}), so what it scores elsewhere says nothing of the spaces"
            )
