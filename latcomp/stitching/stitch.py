"""The story of stitching: load, match, split, pick, express, train, test, report."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import ascii_lowercase
from typing import Any

from latcomp import kernel
from latcomp.draws import check_seeds
from latcomp.errors import UsageError
from latcomp.facts import environment_facts, times_facts
from latcomp.heads import Aim, Learnt, ask
from latcomp.loading.families import load_all
from latcomp.loading.load import Source
from latcomp.picking.pick import Anchors
from latcomp.recipes import parse_recipe
from latcomp.scan import Watch, unwatched
from latcomp.scoring.uncertainty import check_confidence
from latcomp.spaces.pair import Pair
from latcomp.stitching.aims import Labels, read_aim
from latcomp.stitching.axes import anchor_facts, draw_axes, elsewhere, is_drawn
from latcomp.stitching.cautions import cautions
from latcomp.stitching.given import Trained, as_learnt
from latcomp.stitching.metrics import OF_LABELS, OF_TARGETS
from latcomp.stitching.splits import Test
from latcomp.stitching.stitched import Stitched
from latcomp.stitching.summary import Held, summarise
from latcomp.stitching.trials import Bench
from latcomp.stitching.ways import Views, ask_standardize, ask_ways

MOST = 26
"""Spaces that have a letter for a name."""

SHARE = 0.2
"""The share of items held out, unless asked otherwise."""


def stitch(
    *spaces: Source,
    labels: Labels = None,
    targets: Source | None = None,
    head: str = "linear",
    heads: Mapping[str, Sequence[Trained]] | None = None,
    standardize: str = "none",
    through: str | Sequence[str] = "all",
    anchors: Anchors = 300,
    anchors_from: Sequence[Source] | None = None,
    strategy: str = "uniform",
    splits: int = 5,
    test: Test = None,
    seed: int = 0,
    similarity: str = "cosine",
    center: bool = False,
    ids: Any = None,
    match: str = "auto",
    skip_invalid: bool = False,
    confidence: float = 0.95,
    device: str = "auto",
    watch: Watch | None = None,
) -> Stitched:
    """Heads trained on each space and tested on all of them: the encoder x head matrix.

    ``spaces`` are two or more paths, arrays or tensors, n x d, named a, b, c ... in order; their
    items are matched by id or by position. A head learns ``labels`` (a list in the order of the
    first space, a file, or None for the labels that the files hold) or ``targets`` (a path, array
    or tensor of numbers, n x t) from the training items of one space, and is tested on the held
    out items of every space. ``through`` says how rows of another space reach the head:
    "relative", "absolute", a method of translation such as "ortho", or "all" of them.

    ``head`` is "linear" or "mlp", with options: "mlp(hidden=512)". ``heads`` are trained
    elsewhere instead, one per space, by what they take: {"relative": [f, g], "absolute": [p, q]};
    nothing is trained then. ``standardize`` treats what a head is given: "none", "row" (each
    item's coordinates), or "column" (each coordinate, over the batch at hand: transductive).
    ``splits`` times items are split, anchors drawn from the training items and heads trained,
    with seeds from ``seed`` on; ``test`` is the share held out, or the held out items themselves
    (row numbers of the first space, ids, or a file of ids): a fifth, unless said; with ``heads``,
    all items but the anchors, once. ``ids`` are those of the rows of all
    spaces, or a tuple of one list for each. Other options are those of `compare`.

    >>> import numpy as np
    >>> x = np.random.default_rng(0).standard_normal((200, 8))
    >>> turn = np.linalg.qr(np.random.default_rng(1).standard_normal((8, 8)))[0]
    >>> found = stitch(x, x @ turn, labels=x[:, 0] > 0, anchors=20, through="relative")
    >>> own, stitched = (found.find("accuracy", direction=d)[0].value for d in ("a->a", "a->b"))
    >>> own == stitched > 0.8
    True

    Raises InputError where an input cannot be used, UsageError where an option is wrong.
    """
    began = time.perf_counter()
    check_seeds(seed, splits)
    check_confidence(confidence)
    kind, standard = ask(head), ask_standardize(standardize)
    recipe = parse_recipe(similarity, center)
    ways = ask_ways(through, None if heads is None else list(heads))
    where = kernel.pick_device(device)
    if not 2 <= len(spaces) <= MOST:
        raise UsageError(f"2 to {MOST} spaces can be stitched, found {len(spaces)}")
    named = list(zip(ascii_lowercase, spaces, strict=False))
    told = watch or unwatched
    family = load_all(named, device=where, ids=ids, by=match, skip_invalid=skip_invalid, watch=told)
    aim = read_aim(family, labels, targets)
    bench = Bench(aim, kind, standard, ways, _learnt(heads, aim, len(spaces), anchors))
    if heads is None and test is None:
        test = SHARE
    pool = None
    if anchors_from is not None:
        pool = elsewhere(anchors_from, family, match, skip_invalid)
    runs = splits if heads is None else 1
    drawn = draw_axes(family, pool, anchors, strategy, runs, test, seed, watch)
    rows = tuple(space.rows(0, family.n) for space in family.spaces)
    rounds = []
    for number, (split, axes) in enumerate(drawn, 1):
        rounds.append(bench.run(Views(rows, axes, split, recipe)))
        told("stitch", number, len(drawn))
    first = drawn[0][0]
    held = Held(isinstance(test, float), len(first.train), len(first.test), confidence)
    scores = summarise(rounds, OF_TARGETS if aim.classes is None else OF_LABELS, held)
    every = [axes for _, axes in drawn]
    return Stitched(
        inputs=dict(zip(ascii_lowercase, (one.facts for one in family.loaded), strict=False)),
        matching={
            "by": family.by,
            "items": family.n,
            "dropped": dict(zip(ascii_lowercase, family.all_dropped, strict=False)),
        },
        target=_target(aim, targets),
        anchors=anchor_facts(every, pool),
        similarity=recipe.facts,
        protocol={
            **bench.facts,
            **held.facts,
            "seeds": [split.seed for split, _ in drawn],
            "standardize": standardize,
        },
        environment=environment_facts(Pair(family.spaces[0], family.spaces[1])),
        scores=tuple(scores),
        warnings=cautions(family, bench, rounds, scores, every),
        times=times_facts(began),
    )


def _learnt(
    heads: Mapping[str, Sequence[Trained]] | None, aim: Aim, spaces: int, anchors: Anchors
) -> dict[str, list[Learnt]] | None:
    if heads is None:
        return None
    if "relative" in heads and is_drawn(anchors):
        raise UsageError(
            "relative heads know the anchors they were trained with, and none were named",
            "give their ids or row numbers as anchors",
        )
    return as_learnt(heads, aim, spaces)


def _target(aim: Aim, targets: Source | None) -> dict[str, Any]:
    if aim.classes is not None:
        return {"kind": "labels", "classes": list(aim.classes)}
    named = str(targets) if isinstance(targets, (str, Path)) else "an array"
    return {"kind": "targets", "from": named, "width": aim.truth.shape[1]}
