"""Stitched heads in words and cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import fmean

from latcomp.layout import pages
from latcomp.report import Score
from latcomp.stitching.stitched import Stitched, own
from latcomp.tabling import Page, Table, interval, number, plain


def page(found: Stitched, width: int) -> Page:
    """What a terminal of this width shows."""
    return Page(list(heading(found)), tables(found, width), list(legend(found)))


def heading(found: Stitched) -> Iterator[str]:
    """What was stitched, and how."""
    for name, facts in found.inputs.items():
        dataset = f"::{facts['dataset']}" if facts["dataset"] else ""
        rows, width = facts["shape"]
        yield plain(f"{name}  {facts['path']}{dataset}  {rows:,} x {width} {facts['dtype']}")
    made, anchors = found.protocol, found.anchors
    seeds = made["seeds"]
    yield (
        f"{found.matching['items']:,} items matched by {found.matching['by']}: "
        f"{made['train']:,} teach, {made['test']:,} are held out; "
        + (f"seeds {seeds[0]} to {seeds[-1]}" if len(seeds) > 1 else f"seed {seeds[0]}")
    )
    yield plain(f"heads: {made['head']}{_treated(found)}, for {_aim(found)}")
    file = f" of {anchors['file']}" if anchors["file"] else ""
    yield plain(
        f"relative: {found.similarity['name']} to {anchors['count']} {anchors['strategy']} "
        f"anchors{file}, none of them held out"
    )


def _treated(found: Stitched) -> str:
    made = found.protocol
    words = "" if made["standardize"] == "none" else f", standardised by {made['standardize']}"
    return f"{words} (transductive)" if made["transductive"] else words


def _aim(found: Stitched) -> str:
    if found.target["kind"] == "labels":
        return f"{len(found.target['classes'])} classes"
    return f"{found.target['width']} numbers per item, {found.target['from']}"


def tables(found: Stitched, width: int) -> list[Table]:
    """One table, or one per metric where the screen is too narrow; matrices for many spaces."""
    metrics = list(dict.fromkeys(score.measure for score in found.scores))
    if len(found.inputs) > 2:
        return [*_matrices(found, metrics[0]), *(_means(found, metric) for metric in metrics)]
    whole = _pairs(found, metrics)
    if len(pages(whole.columns, whole.rows, whole.texts, width)) == 1:
        return [whole]
    return [_pairs(found, [metric]) for metric in metrics]


def _pairs(found: Stitched, metrics: Sequence[str]) -> Table:
    """Every head on every space, through every way."""
    lines: dict[tuple[str, str], list[str]] = {}
    for score in sorted(found.scores, key=lambda s: s.direction or ""):
        if score.measure in metrics:
            line = lines.setdefault((score.direction or "", score.space), [])
            line += _cells(score)
    names = [(*way.split("->"), space + _star(found)) for way, space in lines]
    columns = [column for metric in metrics for column in (metric, found_interval(found), "chance")]
    rows = [(*name, *cells) for name, cells in zip(names, lines.values(), strict=True)]
    return Table("", ("head of", "on", "through", *columns), rows, 3)


def found_interval(found: Stitched) -> str:
    """The name of the column of intervals."""
    return f"{found.protocol['confidence']:.0%} interval"


def _star(found: Stitched) -> str:
    return " *" if found.protocol["transductive"] else ""


def _cells(score: Score) -> tuple[str, str, str]:
    if score.value is None:
        return "n/a", "", ""
    return number(score.value), interval(score.interval), number(score.chance)


def _matrices(found: Stitched, metric: str) -> Iterator[Table]:
    """Per way, heads by the space they were trained on against the spaces they were tested on."""
    for way in dict.fromkeys(score.space for score in found.scores):
        held = {
            score.direction: score
            for score in found.scores
            if score.space == way and score.measure == metric
        }
        chance = number(next((s.chance for s in held.values() if s.chance is not None), None))
        rows = [
            (one, *(number(held[f"{one}->{on}"].value) if f"{one}->{on}" in held else ""
                    for on in found.inputs))
            for one in found.inputs
        ]  # fmt: skip
        caption = f"{metric} through {way}{_star(found)}, chance {chance}"
        yield Table(caption, ("head of", *(f"on {on}" for on in found.inputs)), rows, 1)


def _means(found: Stitched, metric: str) -> Table:
    """Per way, what heads score on their own space and on others, and the range of the latter."""
    rows: list[tuple[str, ...]] = []
    for way in dict.fromkeys(score.space for score in found.scores):
        known = [
            s
            for s in found.scores
            if s.space == way and s.measure == metric and s.value is not None
        ]
        mine = [s.value for s in known if own(s) and s.value is not None]
        others = [s.value for s in known if not own(s) and s.value is not None]
        chance = number(known[0].chance) if known else ""
        rows.append((way + _star(found), *_mean(mine), *_mean(others), chance))
    columns = ("through", "own", "lowest", "highest", "stitched", "lowest", "highest", "chance")
    return Table(f"{metric}, mean over spaces", columns, rows, 1)


def _mean(values: Sequence[float]) -> tuple[str, str, str]:
    if not values:
        return "n/a", "", ""
    return number(fmean(values)), number(min(values)), number(max(values))


def legend(found: Stitched) -> Iterator[str]:
    """How to read the tables."""
    reasons: dict[str, list[str]] = {}
    for score in found.scores:
        if score.reason is not None:
            ways = reasons.setdefault(score.reason, [])
            if score.space not in ways:
                ways.append(score.space)
    for reason, ways in reasons.items():
        yield f"n/a  through {', '.join(ways)}: {reason}"
    if found.protocol["transductive"]:
        yield "*  transductive: what is said of an item depends on the other held out items"
    yield (
        f"chance: {found.protocol['chance']}; the head of a space on itself is what can be "
        "reached there"
    )
    if any(score.interval for score in found.scores):
        yield f"interval: of {found.protocol['interval']}"
