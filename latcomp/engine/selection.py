"""The running best of many queries, fed tile by tile; nearly as cheap as reading the tile once.

A processor opens only the groups of columns that hold something better than what is known, fewer
with every tile. A GPU would wait to be told how many: it opens as many groups of every query.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import max_pool1d

from latcomp.engine import compiled

GROUP = 16
"""Columns whose maximum is looked at before any of them is."""


class Best:
    """The ``kept`` highest scores seen so far, and their columns, for every query.

    ``scores`` is (queries, kept) float32 in descending order and ``columns`` (queries, kept) with
    -1 where nothing was seen yet. No score left out exceeds the last one kept. ``of`` is how many
    columns there are to see.
    """

    def __init__(self, queries: int, kept: int, device: torch.device, of: int = 0) -> None:
        self.scores = torch.full((queries, kept), -torch.inf, device=device)
        self.columns = torch.full((queries, kept), -1, dtype=torch.int32, device=device)
        self._loops = compiled.loops(device, queries * of)

    def offer(self, scores: Tensor, query: int, column: int) -> None:
        """Show the scores (r, c) of queries from ``query`` on with columns from ``column`` on.

        ``scores`` may be a transposed view, and of any dtype. Only groups of columns whose maximum
        beats a query's last score are opened, and only what beats it there is sorted in.
        """
        if self._loops is not None:
            self._loops.offer(scores, query, column, self.scores, self.columns)
            return
        if shapes_are_fixed(scores.device):
            self._offer_all(scores, query, column)
            return
        whole = scores.shape[1] // GROUP * GROUP
        for start, stop, width in ((0, whole, GROUP), (whole, scores.shape[1], 1)):
            if start < stop:
                groups = scores[:, start:stop].view(len(scores), -1, width)
                self._offer(groups, query, column + start)

    def merge(self, other: Best) -> Best:
        """The best of what two have seen of different columns."""
        both = Best(len(self.scores), self.scores.shape[1], self.scores.device)
        both.scores, both.columns = self.scores.clone(), self.columns.clone()
        both._sort_in(slice(None), other.scores, other.columns)
        return both

    def _sort_in(self, rows: slice | Tensor, scores: Tensor, columns: Tensor) -> None:
        """Sort scores and their columns, (rows, any), into the best of some queries."""
        kept = self.scores.shape[1]
        best = torch.cat([self.scores[rows], scores], dim=1).topk(kept, dim=1)
        known = torch.cat([self.columns[rows], columns], dim=1)
        self.scores[rows] = best.values
        self.columns[rows] = known.gather(1, best.indices)

    def _offer_all(self, scores: Tensor, query: int, column: int) -> None:
        """Open as many groups of each query as it keeps scores: none else can hold its best."""
        kept, groups = self.scores.shape[1], scores.shape[1] // GROUP
        places = torch.arange(scores.shape[1], dtype=torch.int32, device=scores.device)
        places = places.expand(len(scores), -1)
        if groups > kept:
            grouped = scores[:, : groups * GROUP].view(len(scores), groups, GROUP)
            opened = _group_maxima(grouped).topk(kept, dim=1, sorted=False).indices
            opened = opened[:, :, None] * GROUP + places[0, :GROUP]
            left_over = places[:, groups * GROUP :]
            places = torch.cat([opened.flatten(1), left_over], dim=1)
            scores = scores.gather(1, places)
        here = slice(query, query + len(scores))
        self._sort_in(here, scores.float(), places.int() + column)

    def _offer(self, groups: Tensor, query: int, column: int) -> None:
        tops = _group_maxima(groups).float()  # (r, groups)
        here = slice(query, query + len(tops))
        floor = self._floor(tops, here)
        row, group = (tops > floor[:, None]).nonzero(as_tuple=True)
        if not len(row):
            return
        strips = _strips(groups, row, group).float()  # (opened, width)
        opened, place = (strips > floor[row, None]).nonzero(as_tuple=True)
        found = column + group[opened] * groups.shape[2] + place
        self._insert(query, row[opened], strips[opened, place], found.int())

    def _floor(self, tops: Tensor, here: slice) -> Tensor:
        """What a score must beat: the last one kept, or as many group maxima where none is yet."""
        floor = self.scores[here, -1]
        kept = self.scores.shape[1]
        if tops.shape[1] < kept or not bool((floor == -torch.inf).any()):
            return floor
        lowest = tops.topk(kept, dim=1).values[:, -1]
        below = torch.nextafter(lowest, torch.full_like(lowest, -torch.inf))
        return torch.maximum(floor, below)

    def _insert(self, query: int, row: Tensor, scores: Tensor, columns: Tensor) -> None:
        """Sort in scores listed by ascending row; rows that gained nothing are not touched."""
        counts = row.bincount()
        rows = counts.nonzero()[:, 0]
        place = (counts > 0).cumsum(0)[row] - 1
        slot = torch.arange(len(row), device=row.device) - (counts.cumsum(0) - counts)[row]
        shape = (len(rows), int(counts.max()))
        new_scores = torch.full(shape, -torch.inf, device=scores.device)
        new_columns = torch.full(shape, -1, dtype=columns.dtype, device=scores.device)
        new_scores[place, slot] = scores
        new_columns[place, slot] = columns
        rows = rows + query
        self._sort_in(rows, new_scores, new_columns)


def shapes_are_fixed(device: torch.device) -> bool:
    """Whether a device is left to work ahead, which it cannot where shapes depend on values."""
    return device.type == "cuda"


def _group_maxima(groups: Tensor) -> Tensor:
    """Maximum over dim 2 of (r, groups, width), walking memory in its own order."""
    if _transposed(groups):
        return groups.permute(1, 2, 0).amax(1).T
    return max_pool1d(groups.flatten(1)[:, None], groups.shape[2])[:, 0]


def _strips(groups: Tensor, row: Tensor, group: Tensor) -> Tensor:
    """The scores of some groups: (opened, width)."""
    if _transposed(groups):
        return groups[row, group]
    return groups.flatten(0, 1).index_select(0, row * groups.shape[1] + group)


def _transposed(groups: Tensor) -> bool:
    return groups.stride(0) < groups.stride(2)
