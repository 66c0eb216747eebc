"""Tracked checkpoints in words and cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from latcomp.layout import pages
from latcomp.report import Score
from latcomp.tabling import Page, Table, interval, number, plain
from latcomp.tracking.tracked import CORRELATIONS, Tracked


def page(found: Tracked, width: int) -> Page:
    """What a terminal of this width shows."""
    return Page(list(heading(found)), tables(found, width), list(legend(found)))


def heading(found: Tracked) -> Iterator[str]:
    """What was tracked, and how."""
    facts, anchors, made = found.reference, found.anchors, found.protocol
    dataset = f"::{facts['dataset']}" if facts["dataset"] else ""
    rows, width = facts["shape"]
    yield plain(f"reference  {facts['path']}{dataset}  {rows:,} x {width} {facts['dtype']}")
    yield (
        f"{len(found.checkpoints):,} checkpoints; {found.matching['items']:,} items matched by "
        f"{found.matching['by']}, {made['queries']:,} of them queries; k = {made['k']}"
    )
    seeds = anchors["seeds"]
    drawn = f" (seeds {seeds[0]} to {seeds[-1]})" if len(seeds) > 1 else ""
    yield plain(
        f"relative: {found.similarity['name']} to {anchors['count']} {anchors['strategy']} "
        f"anchors{drawn}, the same for all"
    )


def tables(found: Tracked, width: int) -> list[Table]:
    """Similarities of every checkpoint, and how these go with its score.

    One table of similarities, or one per measure where the screen is too narrow.
    """
    every = range(len(found.checkpoints[0].scores))
    whole = _checkpoints(found, every)
    wide = len(pages(whole.columns, whole.rows, whole.texts, width)) > 1
    made = [_checkpoints(found, [place]) for place in every] if wide else [whole]
    if found.correlations:
        made += [_correlations(found, over) for over in CORRELATIONS]
    return made


def _checkpoints(found: Tracked, places: Sequence[int]) -> Table:
    """Every checkpoint, with the scores in these places."""
    first = found.checkpoints[0]
    runs = any(one.run is not None for one in found.checkpoints)
    epochs = any(one.epoch is not None for one in found.checkpoints)
    known = any(one.score is not None for one in found.checkpoints)
    columns = [
        "checkpoint",
        *(["run"] if runs else []),
        *(["epoch"] if epochs else []),
        *(["score"] if known else []),
        *(
            text
            for place in places
            for text in (_column(first.scores[place]), "interval", "chance")
        ),
    ]
    rows = [
        (
            plain(one.name),
            *([plain(one.run or "")] if runs else []),
            *(["" if one.epoch is None else f"{one.epoch:g}"] if epochs else []),
            *([number(one.score)] if known else []),
            *(cell for place in places for cell in _cells(one.scores[place])),
        )
        for one in found.checkpoints
    ]
    return Table("", tuple(columns), rows, 1 + runs)


def _column(score: Score) -> str:
    return score.label + (f" {score.direction}" if score.direction else "")


def _cells(score: Score) -> tuple[str, str, str]:
    if score.value is None:
        return "n/a", "", ""
    bounds = score.interval_both or score.interval or score.interval_anchors
    chance = "" if score.chance is None else number(score.chance)
    return number(score.value), interval(bounds), chance


def _correlations(found: Tracked, over: str) -> Table:
    rows: list[tuple[str, ...]] = [
        (
            f"{one.measure}{f' {one.direction}' if one.direction else ''}",
            one.coefficient,
            number(one.value),
            interval(one.interval),
            f"{one.n:,}",
        )
        for one in found.correlations
        if one.over == over
    ]
    confidence = f"{found.protocol['confidence']:.0%} interval"
    caption = f"{over} correlation with the score: {found.protocol[over]}"
    return Table(caption, ("measure", "coefficient", "r", confidence, "runs"), rows, 2)


def legend(found: Tracked) -> Iterator[str]:
    """How to read the tables."""
    reasons = dict.fromkeys(
        (score.label, score.reason) for score in found.scores if score.reason is not None
    )
    for label, reason in reasons:
        yield f"n/a  {label}: {reason}"
    spaces: dict[str, list[str]] = {}
    for score in found.checkpoints[0].scores:
        spaces.setdefault(score.space, []).append(_column(score))
    for space, labels in spaces.items():
        how = "of the relative spaces" if space == "relative" else "of the spaces as saved"
        yield f"{', '.join(labels)}: {how}"
    share = f"{found.protocol['confidence']:.0%}"
    drawn = " and draws of anchors together" if len(found.anchors["digests"]) > 1 else ""
    yield f"interval: {share}, over items{drawn}; chance: items paired at random"
    for one in found.correlations:
        if one.reason or one.note:
            yield f"{one.over} {one.coefficient} of {one.measure}: {one.reason or one.note}"
