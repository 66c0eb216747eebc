"""The page of a matrix: every measure as a heat map, its clusters, and a map of the spaces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from scipy.cluster.hierarchy import dendrogram

from latcomp import __version__
from latcomp.errors import InputError
from latcomp.files.atomic import write_text
from latcomp.matrices import wording
from latcomp.matrices.arranging import clusters, distances, placed
from latcomp.matrices.document import Matrix
from latcomp.matrices.viewing import Grid, Summary, chosen, short_names, summaries
from latcomp.page import check_page, fill
from latcomp.page.facts import how, source
from latcomp.page.verdict import Verdict, of_gates
from latcomp.tabling import gate_words, number, plain

PARTS = (
    ("Verdict", "verdict"),
    ("Every pair", "scores"),
    ("Tables", "tables"),
    ("How it was made", "made"),
)


def write_matrix_page(matrix: Matrix, path: Path, show: Sequence[str] = ()) -> None:
    """Write a matrix as an HTML file; measures in ``show`` first, else in the order of the run.

    Raises UsageError or InputError where the file cannot be made.
    """
    check_page(path)
    write_text(path, page(matrix, show))


def page(matrix: Matrix, show: Sequence[str] = ()) -> str:
    """A matrix as an HTML file with every measure in it."""
    asked = [*chosen(matrix, show), *chosen(matrix, ["all"])]
    grids = list({(grid.label, grid.space): grid for grid in asked}.values())
    return fill(
        "matrix.html.jinja",
        {"scores": [], "grids": [_grid(matrix, grid) for grid in grids]},
        version=__version__,
        title=f"{len(matrix.spaces)} spaces compared",
        heading=list(wording.heading(matrix)),
        parts=PARTS,
        verdict=_verdict(matrix, grids[0]),
        gates=[gate_words(gate) for gate in matrix.gates],
        warnings=[plain(text) for text in matrix.warnings],
        summary=wording.summary(matrix),
        tables=[wording.table(matrix, grid) for grid in grids],
        legend=list(wording.legend(grids)),
        facts=list(_facts(matrix)),
    )


def _verdict(matrix: Matrix, first: Grid) -> Verdict:
    """Gates decide where there are any; else which spaces are most and least alike."""
    sentences = [_extremes(matrix, one) for one in summaries(matrix)]
    if matrix.gates:
        return of_gates(matrix.gates, sentences)
    found = [s for s in summaries(matrix) if (s.label, s.space) == (first.label, first.space)]
    if not found:
        return Verdict("No pair has a score by the first measure", "fair", sentences)
    best, worst = _ends(matrix, found[0])
    headline = f"Most alike, by {first.label}: {best}; least: {worst}"
    return Verdict(headline, "fair", sentences)


def _ends(matrix: Matrix, found: Summary) -> tuple[str, str]:
    """The pairs that are most and least alike, and their scores."""
    score = next(
        score
        for pair in matrix.pairs
        for score in pair.scores
        if (score.label, score.space) == (found.label, found.space)
    )
    names = short_names(matrix.names)
    ends = [
        f"{plain(names[pair[0]])} and {plain(names[pair[1]])} ({number(value)})"
        for value, pair in (found.high, found.low)
    ]
    return (ends[0], ends[1]) if score.better == "higher" else (ends[1], ends[0])


def _extremes(matrix: Matrix, found: Summary) -> str:
    best, worst = _ends(matrix, found)
    where = f"{found.label} in the {found.space} spaces"
    return f"{where}: mean {number(found.mean)}, most alike {best}, least {worst}."


def _grid(matrix: Matrix, grid: Grid) -> dict[str, Any]:
    """One measure as its plots want it: spaces of one family in the order of their clusters."""
    names = [plain(name) for name in short_names(matrix.names)]
    better = next((score.better for score in grid.known), "higher")
    rows = list(range(len(grid.rows)))
    columns = list(range(len(grid.columns)))
    shown: dict[str, Any] = {"tree": None, "map": None, "reason": None}
    try:
        apart = distances(matrix, grid.label, grid.space)
        if len(apart) > 2:
            found = clusters(apart)
            tree = dendrogram(found.links, no_plot=True)
            lines = [[_steps(x), y] for x, y in zip(tree["icoord"], tree["dcoord"], strict=True)]
            rows = columns = found.order
            shown |= {"tree": lines, "map": placed(apart).tolist()}
        else:
            shown["reason"] = "clusters need three spaces"
    except InputError as error:
        shown["reason"] = error.problem
    return {
        "name": f"{grid.label}, {grid.space}{', from row to column' if grid.directed else ''}",
        "better": better,
        "rows": [names[grid.rows[i]] for i in rows],
        "columns": [names[grid.columns[j]] for j in columns],
        "values": [[grid.values[i][j] for j in columns] for i in rows],
        "names": [names[place] for place in grid.rows],
        **shown,
    }


def _steps(places: Sequence[float]) -> list[float]:
    """Places of scipy's dendrogram, 5, 15, 25, ..., as numbers of columns."""
    return [(place - 5) / 10 for place in places]


def _facts(matrix: Matrix) -> Iterator[tuple[str, str]]:
    for place, space in enumerate(matrix.spaces):
        yield f"space {place + 1}", source(space)
    matching = matrix.matching
    yield "matching", f"by {matching['by']}: {matching['items']:,} items that all spaces have"
    if matrix.anchors["count"]:
        yield "anchors", plain(list(wording.heading(matrix))[-1])
    yield from how(matrix.protocol, matrix.environment)
