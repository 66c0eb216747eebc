"""Tables that are wider than the screen, cut into pages below each other."""

from __future__ import annotations

from collections.abc import Sequence

GAP = 3
"""Blanks between two columns."""


def pages(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    names: int,
    width: int,
    gap: int = GAP,
) -> list[list[int]]:
    """Which columns stand on which page, so that none is wider than ``width``.

    The first ``names`` columns are repeated on every page; a page holds at least one other.
    ``gap`` blanks stand between two columns.

    >>> pages(["item", "one", "two"], [["ab", "1.25", "2.5"]], names=1, width=12)
    [[0, 1], [0, 2]]
    >>> pages(["item", "one", "two"], [["ab", "1.25", "2.5"]], names=1, width=80)
    [[0, 1, 2]]
    """
    widths = [max(map(len, cells)) + gap for cells in zip(columns, *rows, strict=True)]
    found = [list(range(names))]
    for column in range(names, len(columns)):
        page = found[-1]
        taken = sum(widths[c] for c in page) + widths[column] - gap
        if taken > width and len(page) > names:
            page = list(range(names))
            found.append(page)
        page.append(column)
    return found
