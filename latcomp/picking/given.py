"""Anchors that were given: in a file, by ids, or by row numbers."""

from __future__ import annotations

from operator import index
from pathlib import Path
from typing import Any

import torch

from latcomp.errors import InputError, UsageError
from latcomp.loading.idlists import read_ids
from latcomp.loading.mapping import SUFFIXES, IdPair, read_mapping
from latcomp.loading.matching import Matched
from latcomp.picking.anchorfile import AnchorSet, read_anchors
from latcomp.picking.drawn import AnchorDraw, Picked, digest_of, known, vectors
from latcomp.spaces.stored import Stored


def from_file(matched: Matched, path: Path) -> Picked:
    """Anchors as a file names them: a set, a list of ids, or pairs of ids."""
    if path.suffix in SUFFIXES:
        return _paired(matched, read_mapping(path), "pairs", str(path))
    if path.suffix in (".txt", ".npy"):
        return known(matched, _by_id(matched, read_ids(path), str(path)), "given", str(path))
    given = read_anchors(path)
    if given.ids is not None and given.ids_b is not None:
        pairs = list(zip(given.ids, given.ids_b, strict=True))
        return _paired(matched, pairs, given.strategy, str(path), given.seed)
    rows = torch.tensor(_rows(matched, given, str(path))).view(-1, given.per_anchor)
    held = rows[:, 0] if given.per_anchor == 1 else rows
    return known(matched, held, given.strategy, str(path), given.seed)


def _rows(matched: Matched, given: AnchorSet, name: str) -> list[int]:
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


def _paired(matched: Matched, pairs: list[IdPair], strategy: str, file: str, *seeds: int) -> Picked:
    """Anchors by an id in each file, whether or not they are among the items compared."""
    place_a, place_b = (_places(whole, file) for whole in (matched.whole_a, matched.whole_b))
    found = [(a, b) for a, b in pairs if a in place_a and b in place_b]
    if not found:
        raise InputError(f"{file}: none of its {len(pairs)} pairs is in both files")
    rows_a, rows_b = (
        torch.tensor([place[pair[side]] for pair in found])
        for side, place in enumerate((place_a, place_b))
    )
    items = {pair: row for row, pair in enumerate(_row_pairs(matched))}
    among = [items.get(pair) for pair in zip(rows_a.tolist(), rows_b.tolist(), strict=True)]
    draw = AnchorDraw(
        torch.tensor([row for row in among if row is not None], dtype=torch.int64),
        vectors(matched.whole_a, rows_a),
        vectors(matched.whole_b, rows_b),
    )
    facts = {"count": len(found), "strategy": strategy, "file": file, "seeds": list(seeds)}
    names = [f"{a}\t{b}" for a, b in found]
    lost = len(pairs) - len(found)
    notes = (f"{lost} of the {len(pairs)} anchors of {file} are not in both files",) if lost else ()
    return Picked([draw], {**facts, "digests": [digest_of(names)]}, notes)


def _row_pairs(matched: Matched) -> list[tuple[int, int]]:
    return list(zip(matched.rows_a.tolist(), matched.rows_b.tolist(), strict=True))


def _places(space: Stored, file: str) -> dict[str, int]:
    if space.ids is None:
        raise InputError(f"{file} names anchors by id, but {space.name} has no ids")
    if len(set(space.ids)) < len(space.ids):
        raise InputError(f"{file} names anchors by id, but {space.name} has duplicate ids")
    return {name: row for row, name in enumerate(space.ids)}


def rows_of(matched: Matched, anchors: list[Any]) -> list[int]:
    """Rows of the matched items that ids or row numbers name."""
    if anchors and isinstance(anchors[0], str):
        return _by_id(matched, anchors, "anchors")
    try:
        rows = [index(row) for row in anchors]
    except TypeError as error:
        raise InputError(f"anchors are row numbers or ids: {error}") from error
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
