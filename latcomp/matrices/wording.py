"""A matrix in words and cells: what every rendering for readers shows alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from latcomp.matrices.document import Matrix
from latcomp.matrices.viewing import Grid, short_names, summaries
from latcomp.tabling import Table, made, number, plain

LONGEST = 20
"""Letters of a name that a row of the matrix has room for."""


def heading(matrix: Matrix) -> Iterator[str]:
    """What was compared, by number, and how."""
    for place, space in enumerate(matrix.spaces):
        rows, width = space["shape"]
        yield plain(f"{place + 1}  {space['name']}  {rows:,} x {width} {space['dtype']}")
    if not matrix.square:
        yield f"rows: {_listed(matrix.rows)}; columns: {_listed(matrix.columns)}"
    count, items = len(matrix.pairs), f"{matrix.matching['items']:,} items"
    matched = f"{count:,} pairs of {items} matched by {matrix.matching['by']}"
    yield from made(matched, matrix.anchors, matrix.similarity, matrix.protocol)


def _listed(places: Sequence[int]) -> str:
    """Numbers of spaces as a reader counts them.

    >>> _listed([0, 1, 2]), _listed([0, 3])
    ('1 to 3', '1, 4')
    """
    if len(places) > 1 and list(places) == list(range(places[0], places[-1] + 1)):
        return f"{places[0] + 1} to {places[-1] + 1}"
    return ", ".join(str(place + 1) for place in places)


def summary(matrix: Matrix) -> Table:
    """One row per measure: least, mean and most, and the pairs that have them, by number."""
    rows: list[tuple[str, ...]] = [
        (
            found.label,
            found.space,
            number(found.mean),
            number(found.low[0]),
            _between(found.low[1]),
            number(found.high[0]),
            _between(found.high[1]),
        )
        for found in summaries(matrix)
    ]
    return Table("summary", ("measure", "space", "mean", "min", "of", "max", "of"), rows, 2)


def _between(pair: tuple[int, int]) -> str:
    return f"{pair[0] + 1}, {pair[1] + 1}"


def table(matrix: Matrix, grid: Grid, digits: int = 3) -> Table:
    """One measure, rows by columns; columns are named by the numbers of their spaces."""
    names = short_names(matrix.names)
    rows = [
        (
            f"{place + 1} {plain(cut(names[place], LONGEST))}",
            *(_cell(value, row == column, digits) for column, value in line),
        )
        for row, place, line in (
            (place, place, zip(grid.columns, values, strict=True))
            for place, values in zip(grid.rows, grid.values, strict=True)
        )
    ]
    way = ", from row to column" if grid.directed else ""
    columns = ("", *(str(place + 1) for place in grid.columns))
    return Table(f"{grid.label}, {grid.space}{way}", columns, rows, 1)


def _cell(value: float | None, itself: bool, digits: int) -> str:
    if itself:
        return "-"
    if value is None:
        return "n/a"
    return f"{value:.{digits}f}" if abs(value) < 100 else f"{value:.3g}"


def cut(name: str, longest: int) -> str:
    """The beginning of a long name.

    >>> cut("encoder_block_17", 10)
    'encoder_b~'
    """
    return name if len(name) <= longest else name[: longest - 1] + "~"


def legend(shown: Sequence[Grid]) -> Iterator[str]:
    """How to read the tables."""
    reasons = dict.fromkeys(
        (score.label, score.reason) for grid in shown for score in grid.known if score.reason
    )
    for label, reason in reasons:
        yield f"n/a  {label} {reason}"
    worse = sorted({g.label for g in shown if any(s.better == "lower" for s in g.known)})
    yield "higher is more alike" + (f", but for {', '.join(worse)}" if worse else "")
