"""The story of tracking: load, match, pick, relate, scan, score, correlate, report."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from latcomp import kernel
from latcomp.draws import check_seeds, draw_queries
from latcomp.errors import InputError, UsageError
from latcomp.facts import environment_facts, times_facts
from latcomp.loading.families import Family, load_all
from latcomp.loading.load import Source
from latcomp.loading.opening import File
from latcomp.picking.pick import Anchors, pick
from latcomp.recipes import Recipe, parse_recipe
from latcomp.scan import Watch, unwatched
from latcomp.scoring.score import check_enough
from latcomp.scoring.uncertainty import check_confidence
from latcomp.spaces.pair import Pair
from latcomp.tracking.correlating import Series, correlate
from latcomp.tracking.measured import measured, want
from latcomp.tracking.scored import (
    Columns,
    Known,
    Scores,
    matched_scores,
    read_scores,
    short_names,
)
from latcomp.tracking.tracked import Checkpoint, Tracked

MEASURES = "cosine,cka,mutual-knn"
"""What is measured, unless asked otherwise: the paper's, and two that need no anchors."""

QUERIES = 2000
UNSAID = Columns()


def track(
    reference: Source,
    *checkpoints: Source,
    names: Sequence[str] | None = None,
    measures: str | Sequence[str] = MEASURES,
    scores: Scores | None = None,
    columns: Columns = UNSAID,
    reach: float | None = None,
    anchors: Anchors = 300,
    strategy: str = "uniform",
    k: int = 10,
    seeds: int = 1,
    seed: int = 0,
    similarity: str = "cosine",
    center: bool = False,
    queries: int | str = QUERIES,
    match: str = "auto",
    skip_invalid: bool = False,
    confidence: float = 0.95,
    device: str = "auto",
    watch: Watch | None = None,
) -> Tracked:
    """How alike checkpoints, layers or models are to a reference, and does it go with their scores.

    ``reference`` and ``checkpoints`` are paths, arrays or tensors, n x d, with the same items;
    ``names`` are the checkpoints' names where they are arrays. ``measures`` are asked for as in
    `compare`; those that hold rows of one space against rows of the other are taken in the
    relative spaces, all others as saved, unless "relative.cka" says so. ``scores`` say how well
    each checkpoint does: a csv file with the ``columns`` name, score and, where there are any, run
    and epoch, or a mapping. ``reach`` leaves runs out of the correlations whose best score does
    not reach it. Other options are those of `compare`; anchors are chosen on the reference.

    >>> import numpy as np
    >>> x = np.random.default_rng(0).standard_normal((300, 8))
    >>> noise = np.random.default_rng(1).standard_normal((300, 8))
    >>> found = track(x, x + noise, x, names=["early", "late"], anchors=50, measures="cosine")
    >>> [(one.name, round(one.scores[0].value, 1)) for one in found.checkpoints]
    [('early', 0.5), ('late', 1.0)]

    Raises InputError where an input cannot be used, UsageError where an option is wrong.
    """
    began = time.perf_counter()
    check_seeds(seed, seeds)
    check_confidence(confidence)
    if not checkpoints:
        raise UsageError("a reference and at least one checkpoint are needed")
    wanted = want(measures, k)
    recipe, where = parse_recipe(similarity, center), kernel.pick_device(device)
    called = _names(checkpoints, names)
    known = None if scores is None else matched_scores(read_scores(scores, columns), called)
    named = list(zip(("reference", *called), (reference, *checkpoints), strict=True))
    told = watch or unwatched
    family = load_all(named, device=where, by=match, skip_invalid=skip_invalid, watch=told)
    check_enough(family.n, wanted.every)
    picked = pick(family.pair(0, 1), anchors, strategy, seeds, seed, watch)
    asked = draw_queries(family.n, queries, seed)
    if any(len(draw.rows) != len(draw.a) for draw in picked.draws):
        raise InputError("some of the anchors given are not among the items of all files")
    alike = measured(family, wanted, picked, recipe, asked, confidence, told)
    points = tuple(
        Checkpoint(name, one.facts, scored, **_of(known, place))
        for place, (name, one, scored) in enumerate(
            zip(short_names(called), family.loaded[1:], alike, strict=True)
        )
    )
    related = [] if known is None else list(_series(points, known))
    return Tracked(
        reference=family.loaded[0].facts,
        checkpoints=points,
        correlations=tuple(c for one in related for c in correlate(one, reach, confidence, seed)),
        matching={"by": family.by, "items": family.n, "dropped": family.all_dropped},
        anchors={**picked.facts, "excluded": False, "from": None},
        similarity=recipe.facts,
        protocol={
            "measures": wanted.names,
            "k": k,
            "queries": family.n if asked is None else len(asked),
            "database": family.n,
            "confidence": confidence,
            "reach": reach,
            "within-run": "mean over runs of the correlation over the checkpoints of each",
            "across-run": "over runs, the last checkpoint of each; without runs every checkpoint",
        },
        environment=environment_facts(Pair(family.spaces[0], family.spaces[1])),
        warnings=_warnings(family, points, recipe, picked.notes),
        times=times_facts(began),
    )


def _names(checkpoints: Sequence[Source], names: Sequence[str] | None) -> list[str]:
    if names is not None and len(names) != len(checkpoints):
        raise UsageError(f"{len(names)} names were given for {len(checkpoints)} checkpoints")
    called = list(names) if names else [_name(*one) for one in enumerate(checkpoints, 1)]
    twice = next((name for name in called if called.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"two checkpoints are called {twice}")
    return called


def _name(place: int, source: Source) -> str:
    if isinstance(source, File):
        return source.name
    return str(source) if isinstance(source, (str, Path)) else str(place)


def _series(points: Sequence[Checkpoint], known: Sequence[Known]) -> Iterator[Series]:
    """One measure of all checkpoints each, where all of them have a value."""
    for column in zip(*(one.scores for one in points), strict=True):
        values = [score.value for score in column if score.value is not None]
        if len(values) == len(points):
            first = column[0]
            yield Series(first.label, first.space, first.direction, tuple(values), tuple(known))


def _of(known: Sequence[Known] | None, place: int) -> dict[str, Any]:
    if known is None:
        return {}
    one = known[place]
    return {"score": one.score, "run": one.run, "epoch": one.epoch}


HIGH = 0.3
"""Relative cosine of unrelated items above which a reader is told of it."""


def _warnings(
    family: Family, points: Sequence[Checkpoint], recipe: Recipe, notes: Sequence[str]
) -> tuple[str, ...]:
    found = [note for one in family.loaded for note in one.notes]
    if family.by == "position":
        found.append("rows were matched by position, not by id: all files must be in one order")
    lost = max(family.all_dropped)
    if lost:
        found.append(f"up to {lost} items of a file are not in all files and were dropped")
    chances = [s.chance or 0.0 for one in points for s in one.scores if s.measure == "cosine"]
    if max(chances, default=0.0) > HIGH and not recipe.centred:
        found.append(
            f"unrelated items have a relative cosine of up to {max(chances):.2f}: try --center"
        )
    return tuple(dict.fromkeys([*found, *notes]))
