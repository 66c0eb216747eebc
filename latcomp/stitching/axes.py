"""The anchors of a split: drawn from what is not held out, or given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from latcomp.errors import InputError, UsageError
from latcomp.loading.elsewhere import load_elsewhere
from latcomp.loading.families import Family, match_all
from latcomp.loading.load import Source
from latcomp.picking.drawn import vectors
from latcomp.picking.pick import Anchors, pick
from latcomp.scan import Watch
from latcomp.stitching.splits import Split, Test, draw_splits

NOTHING = torch.empty(0, dtype=torch.int64)


@dataclass(frozen=True)
class Axes:
    """Anchors as every space has them, (m, d), float64, and which items they are.

    ``rows`` is empty where the anchors are not among the items.
    """

    vectors: tuple[Tensor, ...]
    rows: Tensor
    facts: dict[str, Any]
    notes: tuple[str, ...] = ()


def is_drawn(anchors: Anchors) -> bool:
    """Whether anchors are asked for by number, or all, and so are drawn for every split."""
    return isinstance(anchors, int) or str(anchors) == "all"


def draw_axes(
    family: Family,
    pool: Family | None,
    anchors: Anchors,
    strategy: str,
    splits: int,
    test: Test,
    seed: int,
    watch: Watch | None,
) -> list[tuple[Split, Axes]]:
    """Every split with its anchors, none of which is held out."""
    if is_drawn(anchors):
        return [
            (split, _drawn(family, pool, split, anchors, strategy, watch))
            for split in draw_splits(family, test, NOTHING, splits, seed)
        ]
    axes = _given(pool or family, anchors)
    if pool is not None:
        axes = replace(axes, rows=_same_items(pool, axes.rows, family))
    return [(split, axes) for split in draw_splits(family, test, axes.rows, splits, seed)]


def _same_items(pool: Family, rows: Tensor, family: Family) -> Tensor:
    """Rows of the items that are, by id, the items in these rows of the pool."""
    if pool.ids is None or family.ids is None:
        return NOTHING
    named = {pool.ids[row] for row in rows.tolist()}
    found = [row for row, name in enumerate(family.ids) if name in named]
    return torch.tensor(found, dtype=torch.int64)


def _given(family: Family, anchors: Anchors) -> Axes:
    """Anchors that were named, the same for every split."""
    picked = pick(family.pair(0, 1), anchors, "given", 1, 0)
    draw = picked.draws[0]
    among = draw.rows.flatten()
    if len(draw.rows) == len(draw.a):
        found = tuple(vectors(space, draw.rows) for space in family.spaces)
    elif len(family.spaces) == 2:
        found = (draw.a, draw.b)
    else:
        raise InputError(
            "some of the anchors given are not among the items, which only two spaces allow",
            "give them as items of files of their own with --anchors-from",
        )
    return Axes(found, among, picked.facts, picked.notes)


def elsewhere(sources: Sequence[Source], family: Family, by: str, skip_invalid: bool) -> Family:
    """Items of other files of the same models, one file per space, to draw anchors from.

    Raises InputError where they cannot be anchors of the items, UsageError for too many or few.
    """
    if len(sources) != len(family.spaces):
        raise UsageError(
            f"anchors come from one file per space: {len(family.spaces)} are needed, "
            f"found {len(sources)}"
        )
    names = [f"anchors {number}" for number in range(1, len(sources) + 1)]
    return match_all(load_elsewhere(sources, names, family.spaces, skip_invalid), by)


def _drawn(
    family: Family,
    pool: Family | None,
    split: Split,
    anchors: Anchors,
    strategy: str,
    watch: Watch | None,
) -> Axes:
    """Anchors drawn with the split's seed, from what is not held out."""
    source = pool or family
    allowed = split.train if pool is None else _unheld(pool, family, split)
    if isinstance(anchors, int) and anchors > len(allowed):
        raise InputError(
            f"{anchors} anchors were asked for, and {len(allowed)} items can be anchors: held out "
            "items never are",
            f"use --anchors {len(allowed)} or fewer",
        )
    picked = pick(source.of(allowed.numpy()).pair(0, 1), anchors, strategy, 1, split.seed, watch)
    rows = allowed[picked.draws[0].rows]
    found = tuple(vectors(space, rows) for space in source.spaces)
    items = rows.flatten() if pool is None else NOTHING
    return Axes(found, items, picked.facts, picked.notes)


def _unheld(pool: Family, family: Family, split: Split) -> Tensor:
    """Rows of the pool that are not, by id, held out items."""
    if pool.ids is None or family.ids is None:
        return torch.arange(pool.n)
    held = {family.ids[row] for row in split.test.tolist()}
    return torch.tensor([row for row, name in enumerate(pool.ids) if name not in held])


def anchor_facts(axes: Sequence[Axes], pool: Family | None) -> dict[str, Any]:
    """What a report says of the anchors of all splits."""
    distinct = list({one.facts["digests"][0]: one.facts for one in axes}.values())
    files = None if pool is None else [one.facts["path"] for one in pool.loaded]
    return {
        **distinct[0],
        "count": len(axes[0].vectors[0]),
        "seeds": [seed for facts in distinct for seed in facts["seeds"]],
        "digests": [facts["digests"][0] for facts in distinct],
        "held_out": False,
        "from": files,
    }
