"""Which items teach and which are held out, once per seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from latcomp.draws import permutation
from latcomp.errors import InputError, UsageError
from latcomp.loading.families import Family
from latcomp.loading.idlists import read_ids

Test = float | Sequence[int] | Sequence[str] | str | Path | None
"""The share of items held out, or the held out items: rows of the first space, ids, or a file.

None holds out everything but the given anchors, for heads that need no teaching.
"""


@dataclass(frozen=True)
class Split:
    """Row numbers of the items that teach and of those that are held out, both ascending."""

    seed: int
    train: Tensor
    test: Tensor


def draw_splits(family: Family, test: Test, taught: Tensor, splits: int, seed: int) -> list[Split]:
    """``splits`` ways to hold items out; the rows ``taught`` (given anchors) never are.

    Raises InputError where items to be held out are anchors, or too few are left to teach.
    """
    if splits < 1:
        raise UsageError(f"at least 1 split is needed, found {splits}")
    seeds = range(seed, seed + splits)
    if isinstance(test, float):
        found = [_split(family, _drawn(family.n, test, taught, one), one) for one in seeds]
    else:
        held = _others(family, taught) if test is None else _held_out(family, test)
        _refuse_anchors(family, held, taught)
        found = [_split(family, held, one) for one in seeds]
    if test is not None and len(found[0].train) < 2:
        raise InputError(f"{len(found[0].train)} items are left to teach a head; 2 are needed")
    return found


def _split(family: Family, held: Tensor, seed: int) -> Split:
    mask = torch.zeros(family.n, dtype=torch.bool)
    mask[held] = True
    return Split(seed, (~mask).nonzero()[:, 0], mask.nonzero()[:, 0])


def _others(family: Family, taught: Tensor) -> Tensor:
    every = torch.arange(family.n)
    return every[~torch.isin(every, taught)]


def _drawn(n: int, share: float, taught: Tensor, seed: int) -> Tensor:
    if not 0 < share < 1:
        raise UsageError(f"the share held out lies between 0 and 1, found {share:g}")
    count = max(1, round(share * n))
    order = permutation(n, seed, "split")
    free = order[~torch.isin(order, taught)]
    if len(free) < count:
        raise InputError(
            f"{count} of {n} items are to be held out, and {len(taught)} are anchors",
            "anchors are never held out: use fewer, or hold out a smaller share with --test",
        )
    return free[:count]


def _held_out(family: Family, test: Sequence[int] | Sequence[str] | str | Path) -> Tensor:
    """Rows among the items of those that were named."""
    named: Sequence[Any] = read_ids(test) if isinstance(test, (str, Path)) else list(test)
    if not named:
        raise InputError("no item was named to be held out")
    if isinstance(named[0], str):
        if family.ids is None:
            raise InputError("held out items were named by id, but the files have no ids")
        place: dict[Any, int] = {name: row for row, name in enumerate(family.ids)}
    else:
        place = {row: i for i, row in enumerate(family.rows[0].tolist())}
    lost = [name for name in named if name not in place]
    if lost:
        raise InputError(
            f"{len(lost)} of {len(named)} held out items are not among the matched items, "
            f"{lost[0]!r} first"
        )
    return torch.tensor([place[name] for name in named])


def _refuse_anchors(family: Family, held: Tensor, taught: Tensor) -> None:
    both = held[torch.isin(held, taught)].tolist()
    if both:
        name = repr(family.ids[both[0]]) if family.ids else f"row {both[0]}"
        raise InputError(
            f"{len(both)} held out items are anchors, {name} first",
            "an item that is an anchor cannot be a test: hold out others",
        )
