"""Pick: the items that serve as anchors, once or once per seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from torch import Tensor

from latcomp.anchors import Pool, ask
from latcomp.draws import check_seeds
from latcomp.errors import InputError, UsageError
from latcomp.loading.elsewhere import load_elsewhere
from latcomp.loading.load import Source
from latcomp.loading.matching import Matched, match
from latcomp.picking.drawn import Picked, digest, draw, known
from latcomp.picking.given import from_file, rows_of
from latcomp.scan import Watch

Anchors = int | str | Path | Sequence[int] | Sequence[str] | Tensor
"""How many anchors ("all" of them), a file of anchors, or the row numbers or ids themselves.

A file is what `latcomp anchors` wrote, a list of ids (.txt, .npy, or a .json list), or pairs of ids
(.csv, .tsv).
"""


FLATTERING = "{} anchors were chosen for their agreement in both spaces, so scores flatter them"


NO_ANCHORS = Picked([], {"count": 0, "strategy": "none", "file": None, "seeds": [], "digests": []})
"""For a comparison of the spaces as they were saved, and nothing else."""


def pick(
    matched: Matched,
    anchors: Anchors,
    strategy: str,
    seeds: int,
    seed: int,
    watch: Watch | None = None,
) -> Picked:
    """Pick anchors by strategy, or take those that were given.

    Strategies look at space a, unless they say otherwise; the same items are the anchors of b.
    Raises InputError where anchors do not fit the data, UsageError where the request is wrong.
    """
    if isinstance(anchors, int):
        return _choose(matched, anchors, strategy, seeds, seed, watch)
    if isinstance(anchors, (str, Path)):
        if str(anchors) == "all":
            return known(matched, list(range(matched.n)), "all", None)
        return from_file(matched, Path(anchors))
    return known(matched, rows_of(matched, list(anchors)), "given", None)


def elsewhere(
    matched: Matched, sources: tuple[Source, Source], by: str, skip_invalid: bool
) -> Matched:
    """The items of two other files of the same models, matched ``by``, to pick anchors from.

    Raises InputError where they cannot be anchors of the matched items.
    """
    names, spaces = ("anchors of a", "anchors of b"), (matched.a, matched.b)
    a, b = load_elsewhere(sources, names, spaces, skip_invalid)
    return match(a, b, by)


def _choose(
    matched: Matched, count: int, strategy: str, seeds: int, seed: int, watch: Watch | None
) -> Picked:
    if count < 1 or seeds < 1:
        raise UsageError(f"at least 1 anchor and 1 seed are needed, found {count} and {seeds}")
    check_seeds(seed, seeds)
    chosen = ask(strategy)
    if count > matched.n:
        where = " in both spaces" if matched.other else ""
        raise InputError(
            f"{count} anchors were asked for, and {matched.n} items are known{where}",
            f"use --anchors {matched.n} or fewer",
        )
    pool = Pool(matched.a, matched.other, matched.a.labels)
    pool = pool if watch is None else replace(pool, watch=watch)
    used = list(range(seed, seed + seeds)) if chosen.seeded else [seed]
    rows = [chosen(pool, count, one) for one in used]
    digests = [digest(matched, one) for one in rows]
    facts = {"count": count, "strategy": strategy, "file": None, "seeds": used, "digests": digests}
    notes = (FLATTERING.format(strategy),) if chosen.both else ()
    return Picked([draw(matched, one) for one in rows], facts, notes)
