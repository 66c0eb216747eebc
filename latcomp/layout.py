"""Tables that are wider than the screen: long names folded, columns cut into pages."""

from __future__ import annotations

import re
from collections.abc import Sequence

GAP = 3
"""Blanks between two columns."""

NAME_SHARE = 0.4
"""What a column of names may take of a screen that is too narrow for the table."""

INDENT = "  "
"""In front of the second and later lines of a folded name."""


def folded(text: str, width: int) -> str:
    r"""The text on lines of at most ``width``, broken after commas, brackets and hyphens.

    >>> folded("rsa(dissimilarity=cosine,comparison=kendall)", 28)
    'rsa(dissimilarity=cosine,\n  comparison=kendall)'
    """
    lines = [""]
    for piece in re.findall(r"[^,(\-]*[,(\-]|[^,(\-]+", text):
        if len(lines[-1]) + len(piece) > width and lines[-1].strip():
            lines.append(INDENT)
        room = max(1, width - len(lines[-1]))
        lines[-1] += piece[:room]
        rest = piece[room:]
        step = max(1, width - len(INDENT))
        lines += [INDENT + rest[at : at + step] for at in range(0, len(rest), step)]
    return "\n".join(lines)


def narrowed(
    columns: Sequence[str], rows: Sequence[Sequence[str]], width: int, gap: int = GAP
) -> list[tuple[str, ...]]:
    """The rows with long names in the first column folded, where the table is too wide."""
    if sum(_widths(columns, rows, gap)) - gap <= width:
        return [tuple(row) for row in rows]
    share = int(width * NAME_SHARE)
    return [(folded(row[0], share), *row[1:]) for row in rows]


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
    widths = _widths(columns, rows, gap)
    found = [list(range(names))]
    for column in range(names, len(columns)):
        page = found[-1]
        taken = sum(widths[c] for c in page) + widths[column] - gap
        if taken > width and len(page) > names:
            page = list(range(names))
            found.append(page)
        page.append(column)
    return found


def _widths(columns: Sequence[str], rows: Sequence[Sequence[str]], gap: int) -> list[int]:
    """The widest line of every column, and the gap after it."""
    return [
        max(len(line) for cell in cells for line in cell.split("\n")) + gap
        for cells in zip(columns, *rows, strict=True)
    ]
