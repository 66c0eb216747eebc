"""Numbers and names as a page carries them: short, and read by the browser without a loop."""

from __future__ import annotations

import base64
import math
from typing import Any

import numpy as np
from torch import Tensor

from latcomp.scoring.peritem import Column, Items, ranking
from latcomp.scoring.views import Picture

LONGEST = 80
"""Characters of an id or label that are shown; a longer one ends in an ellipsis."""

NAMED = 1_500_000
"""Characters that names of neighbours which are not drawn may take; else they go by row number."""

LISTED = 300_000
"""Neighbours of one space that are listed at most, over all items."""

COLUMNS = 24
"""Measures whose per-item scores a page holds."""

UNKNOWN = 65535
"""Stands for a score that an item does not have."""


def packed(numbers: Any, dtype: str) -> dict[str, str]:
    """An array as base64 of its little-endian bytes, beside the name of its type in JavaScript."""
    kinds = {"<f4": "Float32Array", "<u4": "Uint32Array", "<u2": "Uint16Array"}
    raw = np.ascontiguousarray(numbers).astype(dtype).tobytes()
    return {"type": kinds[dtype], "base64": base64.b64encode(raw).decode()}


def whole_numbers(numbers: Any) -> dict[str, str]:
    """Whole numbers in two bytes each where they fit, else in four."""
    array = np.asarray(numbers)
    return packed(array, "<u2" if array.size == 0 or array.max() < 2**16 else "<u4")


def pack(picture: Picture) -> dict[str, Any]:
    """What a page draws: items, where they lie in both spaces, scores, neighbours and labels.

    Neighbours are numbers of ``names``: drawn items come first, then their other neighbours. A
    number beyond the names is ``drawn`` + a row number.
    """
    items, places = picture.items, picture.places
    rows = items.rows[places].tolist()
    k = items.near[0].shape[1]
    shown = max(1, min(k, LISTED // len(rows)))
    near = [lists[places, :shown] for lists in items.near]
    numbers, others = _numbered(near, items, rows)
    axes = [] if picture.a is None or picture.b is None else [picture.a, picture.b]
    return {
        "drawn": len(rows),
        "total": picture.total,
        "queries": len(items.rows),
        "projection": picture.projection,
        "space": picture.space,
        "reason": picture.reason,
        "names": [_short(items.names[row]) for row in (*rows, *others)],
        "labels": _labels(items, rows),
        "axes": [packed(flat, "<f4") for flat in axes],
        "k": k,
        "shown": shown,
        "near": [whole_numbers(lists) for lists in numbers],
        "scores": [_scores(column, places) for column in items.columns[:COLUMNS]],
        "measures": len(items.columns),
        "order": whole_numbers(_order(items, places)),
    }


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _numbered(
    near: list[Tensor], items: Items, rows: list[int]
) -> tuple[list[np.ndarray[Any, Any]], list[int]]:
    """Neighbours as numbers, and the rows that have a name without being drawn."""
    lists = [each.numpy() for each in near]
    drawn = np.asarray(rows)
    others = np.setdiff1d(np.concatenate([each.ravel() for each in lists]), drawn)
    if sum(min(len(items.names[row]), LONGEST) for row in others.tolist()) > NAMED:
        others = others[:0]
    numbers = len(rows) + np.arange(len(items.names))  # of rows without a name
    numbers[drawn] = np.arange(len(rows))
    numbers[others] = len(rows) + np.arange(len(others))
    return [numbers[each] for each in lists], others.tolist()


def _labels(items: Items, rows: list[int]) -> dict[str, Any] | None:
    if items.labels is None:
        return None
    mine = [items.labels[row] for row in rows]
    known = sorted(set(mine), key=_by_size)
    at = {label: number for number, label in enumerate(known)}
    of = whole_numbers([at[label] for label in mine])
    return {"names": [_short(label) for label in known], "of": of}


def _by_size(label: str) -> tuple[bool, float, str]:
    """Numbers by size, before words."""
    number = label.isascii() and label.isdecimal()
    return not number, float(label) if number else 0.0, label


def _scores(column: Column, places: Tensor) -> dict[str, Any]:
    """Scores in steps of 1/65534 between the lowest and the highest."""
    scores = column.scores[places].numpy()
    known = column.known[places].numpy()
    low, high = (float(scores[known].min()), float(scores[known].max())) if known.any() else (0, 0)
    steps = np.round((scores - low) / ((high - low) or 1) * (UNKNOWN - 1))
    bounds = [limit if math.isfinite(limit) else None for limit in column.measure.range]
    return {
        "name": column.name,
        "better": column.measure.better,
        "range": bounds,
        "low": low,
        "high": high,
        "values": packed(np.where(known, steps, UNKNOWN), "<u2"),
    }


def _order(items: Items, places: Tensor) -> list[int]:
    """Drawn items in the order of `ranking`, those that moved most first; others after them."""
    if not items.columns:
        return list(range(len(places)))
    at = {place: number for number, place in enumerate(places.tolist())}
    ranked = [at[place] for place in ranking(items) if place in at]
    return ranked + sorted(set(range(len(places))) - set(ranked))
