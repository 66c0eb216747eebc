"""What lists of neighbours have in common, and what each item adds to that by being there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

NONE_LEFT, NONE_RIGHT = -1, -2
"""What fills up a list that lacks an entry: equal to no item, nor to what fills up the other."""


@dataclass(frozen=True)
class Added:
    """What each item in ``columns`` adds, by being there, to the score of the query beside it.

    A pair may be listed more than once: its parts add up.
    """

    rows: Tensor  # (q,) row numbers of the queries
    columns: Tensor  # (q, c) row numbers; where it is that of the query, nothing is added
    amounts: Tensor  # (q, c) float64


def in_common(left: Tensor, right: Tensor) -> Tensor:
    """Which entries of each row of ``left`` are in the same row of ``right``.

    (n, k), (n, l) -> (n, k) bool, a few thousand rows at a time.
    """
    found = [
        (left[start : start + 4096, :, None] == right[start : start + 4096, None, :]).any(2)
        for start in range(0, len(left), 4096)
    ]
    return torch.cat(found)


def shared(left: Tensor, right: Tensor) -> Tensor:
    """How many entries each row of ``left`` has in common with the same row of ``right``.

    (n, k), (n, k) -> (n,) float64; entries of a row are distinct.
    """
    return in_common(left, right).sum(1).double()


def jaccard(common: Tensor, k: int) -> Tensor:
    """The Jaccard overlap of two lists of k that share so many entries."""
    return common / (2 * k - common)


def added_by_neighbours(
    rows: Tensor, left: Tensor, right: Tensor, of: Callable[[Tensor], Tensor]
) -> Added:
    """What neighbours add to a score of how many entries two lists of k share, (q, k) each.

    ``of`` maps how many are shared, (q,), to the score. What `added_by_entries` finds, at once.
    """
    in_right, in_left = in_common(left, right), in_common(right, left)
    common = in_right.sum(1).double()
    whole = of(common)
    last_left, last_right = in_right[:, -1].double(), in_left[:, -1].double()
    twice = (left[:, -1] == right[:, -1]).double()
    fill = _filling(
        whole,
        of(common - last_left),
        of(common - last_right),
        of(common - last_left - last_right + twice),
    )
    lost = (whole - of((common - 1).clamp(min=0)))[:, None].where(in_right, 0.0)
    return _added(rows, left, right, (lost, torch.zeros_like(lost)), (in_right, in_left), fill)


def added_by_entries(
    rows: Tensor, left: Tensor, right: Tensor, score: Callable[[Tensor, Tensor], Tensor]
) -> Added:
    """What neighbours add to any score of two lists of k, (q, k) each, found by leaving them out.

    ``score`` maps two lists, (q, k), to (q,); entries behind a neighbour that is left out move up.
    A neighbour keeps the next one out of each list it is in. The next ones, unknown, are taken to
    add what the last ones do on average, in proportion to the score of the query. A query that is
    in its own lists is there whoever else is.
    """

    def without(from_left: Tensor, from_right: Tensor) -> Tensor:
        return score(_without(left, from_left, NONE_LEFT), _without(right, from_right, NONE_RIGHT))

    whole = score(left, right)
    nobody = torch.full_like(left[:, 0], NONE_LEFT + NONE_RIGHT)
    last_left, last_right = left[:, -1], right[:, -1]
    fill = _filling(
        whole,
        without(last_left, nobody),
        without(nobody, last_right),
        without(last_left, last_right),
    )
    lost_left = torch.stack([whole - without(entry, entry) for entry in left.T], dim=1)
    lost_right = torch.stack([whole - without(nobody, entry) for entry in right.T], dim=1)
    both = in_common(left, right), in_common(right, left)
    return _added(rows, left, right, (lost_left, lost_right), both, fill)


def _filling(whole: Tensor, *without_last: Tensor) -> list[Tensor]:
    """What who moves up adds to every score, (q,), from the scores without the last entries."""
    share = whole / whole.mean().clamp(min=torch.finfo(torch.float64).tiny)
    return [(whole - rest).mean() * share for rest in without_last]


def _added(
    rows: Tensor,
    left: Tensor,
    right: Tensor,
    lost: tuple[Tensor, Tensor],
    both: tuple[Tensor, Tensor],
    fill: Sequence[Tensor],
) -> Added:
    """The parts of neighbours, (q, 2 k), from what is ``lost`` without them and who moves up.

    ``both`` says which neighbours of either list are in the other, too: they are listed with the
    left. ``fill`` is what moving up adds in the left list, in the right one, and in both.
    """
    of_left, of_right, of_both = (one[:, None] for one in fill)
    amounts_left = lost[0] - of_both.where(both[0], of_left)
    amounts_right = (lost[1] - of_right).where(~both[1], 0.0)
    columns = torch.cat([left, right], dim=1)
    amounts = torch.cat([amounts_left, amounts_right], dim=1)
    return Added(rows, columns, amounts.where(columns != rows[:, None], 0.0))


def _without(lists: Tensor, entry: Tensor, filling: int) -> Tensor:
    """The lists (q, k) without one entry each, (q,), where they have it; others behind move up."""
    gone = lists == entry[:, None]
    order = gone.int().argsort(dim=1, stable=True)
    return lists.where(~gone, filling).gather(1, order)
