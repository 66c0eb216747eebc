"""Pick: the items that serve as anchors, once or once per seed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from latcomp.anchorfile import AnchorSet, read_anchors
from latcomp.anchors import STRATEGIES
from latcomp.errors import InputError, UsageError
from latcomp.matching import Matched

Anchors = int | str | Path | Sequence[int] | Sequence[str] | Tensor
"""How many anchors, an anchors file, or the row numbers or ids themselves."""


@dataclass(frozen=True)
class Picked:
    """One set of anchors per draw, as rows of the matched pair, and how they came about."""

    draws: list[Tensor]
    facts: dict[str, Any]


def pick(matched: Matched, anchors: Anchors, strategy: str, seeds: int, seed: int) -> Picked:
    """Pick anchors by strategy, or take those that were given.

    Strategies look at space a; the same items are the anchors of b. Raises InputError where
    anchors do not fit the data, UsageError where the request is wrong.
    """
    if isinstance(anchors, int):
        return _choose(matched, anchors, strategy, seeds, seed)
    if isinstance(anchors, (str, Path)):
        given = read_anchors(Path(anchors))
        rows = _from_file(matched, given, str(anchors))
        facts: dict[str, Any] = {"strategy": given.strategy, "seeds": [given.seed]}
        facts["file"] = str(anchors)
    else:
        rows = _given(matched, list(anchors))
        facts = {"strategy": "given", "file": None, "seeds": []}
    draw = torch.tensor(rows)
    return Picked([draw], {"count": len(rows), **facts, "digests": [_digest(matched, draw)]})


def _choose(matched: Matched, count: int, strategy: str, seeds: int, seed: int) -> Picked:
    if count < 1 or seeds < 1:
        raise UsageError(f"at least 1 anchor and 1 seed are needed, found {count} and {seeds}")
    chosen = STRATEGIES[strategy]
    if count > matched.n:
        raise InputError(
            f"{count} anchors were asked for, and {matched.n} items are known in both spaces",
            f"use --anchors {matched.n} or fewer",
        )
    used = list(range(seed, seed + seeds)) if chosen.seeded else [seed]
    draws = [chosen.choose(matched.a, count, one) for one in used]
    digests = [_digest(matched, draw) for draw in draws]
    facts = {"count": count, "strategy": strategy, "file": None, "seeds": used, "digests": digests}
    return Picked(draws, facts)


def _from_file(matched: Matched, given: AnchorSet, name: str) -> list[int]:
    if given.ids is not None and matched.ids is not None:
        return _by_id(matched, given.ids, name)
    digests = {"a": matched.digest_a, "b": matched.digest_b}
    side = next((s for s, digest in digests.items() if digest == given.source["digest"]), None)
    if side is None:
        raise InputError(
            f"{name} names its anchors by row number, in other data than these "
            f"({given.source['path']})",
            "select anchors anew, or store ids beside the embeddings",
        )
    rows = matched.rows_a if side == "a" else matched.rows_b
    place = {row: i for i, row in enumerate(rows.tolist())}
    lost = [row for row in given.rows if row not in place]
    if lost:
        raise InputError(f"{name}: row {lost[0]} is an anchor but was dropped from the comparison")
    return [place[row] for row in given.rows]


def _given(matched: Matched, anchors: list[Any]) -> list[int]:
    if anchors and isinstance(anchors[0], str):
        return _by_id(matched, anchors, "anchors")
    rows = [int(row) for row in anchors]
    if not rows:
        raise UsageError("no anchors were given")
    wrong = [row for row in rows if not 0 <= row < matched.n]
    if wrong:
        raise InputError(f"anchor {wrong[0]} is not a row: there are {matched.n} matched items")
    return rows


def _by_id(matched: Matched, wanted: list[str], name: str) -> list[int]:
    if matched.ids is None:
        raise InputError(f"{name} names anchors by id, but the spaces have no ids in common")
    place = {item: row for row, item in enumerate(matched.ids)}
    lost = [item for item in wanted if item not in place]
    if lost:
        raise InputError(
            f"{name}: {len(lost)} of {len(wanted)} anchors are not among the matched items, "
            f"{lost[0]!r} first",
            "select anchors anew from these data",
        )
    return [place[item] for item in wanted]


def _digest(matched: Matched, draw: Tensor) -> str:
    names = [matched.ids[row] if matched.ids else str(row) for row in draw.tolist()]
    return "sha256:" + hashlib.sha256("\0".join(names).encode()).hexdigest()
