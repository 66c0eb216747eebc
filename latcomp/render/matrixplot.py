"""A matrix as a picture: a heat map, its hierarchy of clusters, and a map of the spaces."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from latcomp.errors import InputError
from latcomp.files.atomic import whole
from latcomp.matrices.arranging import Clusters, clusters, distances, placed
from latcomp.matrices.document import Matrix
from latcomp.matrices.viewing import Grid, short_names
from latcomp.matrices.wording import cut

SUFFIXES = (".png", ".svg")

LONGEST = 24
"""Letters of a name that an axis has room for."""

NUMBERED = 16
"""Rows or columns up to which every cell has its number written in it."""

CELL = 0.46
"""Inches of a cell."""

RESOLUTION = 150


def plot_matrix(matrix: Matrix, grid: Grid, path: Path) -> str | None:
    """Draw one measure; give back, in words, why there are no clusters, where there are none."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    try:
        apart = distances(matrix, grid.label, grid.space)
        reason = None if len(apart) > 2 else "clusters need three spaces"
    except InputError as error:
        reason = error.problem
    high, wide = (max(3.0, CELL * len(places)) for places in (grid.rows, grid.columns))
    with rc_context({"svg.hashsalt": "latcomp", "svg.fonttype": "none", "font.size": 9}):
        if reason is None:
            figure = Figure(figsize=(1.9 * wide + 3.5, high + 2.2), layout="constrained")
            _clustered(figure, matrix, grid, apart)
        else:
            figure = Figure(figsize=(wide + 3.0, high + 1.6), layout="constrained")
            _heat(figure, figure.subplots(), matrix, grid, range(len(grid.rows)))
        way = ", from row to column" if grid.directed else ""
        figure.suptitle(f"{grid.label}, {grid.space}{way}")
        with whole(path) as temporary:
            dateless = {} if path.suffix == ".png" else {"Date": None}
            figure.savefig(
                temporary,
                format=path.suffix[1:],
                dpi=RESOLUTION,
                metadata=dateless,
                bbox_inches="tight",
            )
    return reason


def _clustered(figure: Any, matrix: Matrix, grid: Grid, apart: np.ndarray[Any, Any]) -> None:
    found = clusters(apart)
    heat, plane = figure.subplots(1, 2, width_ratios=[1.25, 1])
    _heat(figure, heat, matrix, grid, found.order)
    _tree(heat.inset_axes((0, 1.01, 1, 0.16)), found)
    _map(plane, placed(apart), _names(matrix, grid.rows))


def _heat(figure: Any, panel: Any, matrix: Matrix, grid: Grid, order: Sequence[int]) -> None:
    """The scores as colours, rows and columns in ``order`` where they are the same spaces."""
    across = order if matrix.square else range(len(grid.columns))
    values = np.array(
        [[np.nan if (v := grid.values[i][j]) is None else v for j in across] for i in order]
    )
    better = next((score.better for score in grid.known), "higher")
    image = panel.imshow(
        np.ma.masked_invalid(values), cmap="viridis" if better == "higher" else "viridis_r"
    )
    panel.set_facecolor("#dddddd")  # shows where there is no number
    rows, columns = _names(matrix, grid.rows), _names(matrix, grid.columns)
    panel.set_yticks(range(len(order)), [rows[i] for i in order])
    panel.set_xticks(range(len(columns)), [columns[j] for j in across], rotation=90)
    panel.tick_params(length=0)
    panel.spines[:].set_visible(False)
    if max(values.shape) <= NUMBERED:
        _write(panel, values, image)
    figure.colorbar(image, ax=panel, label=f"{grid.label} ({better} is more alike)", shrink=0.8)


def _write(panel: Any, values: np.ndarray[Any, Any], image: Any) -> None:
    """Every number in its cell, dark on light and light on dark."""
    for (i, j), value in np.ndenumerate(values):
        if np.isfinite(value):
            red, green, blue, _ = image.cmap(image.norm(value))
            light = 0.299 * red + 0.587 * green + 0.114 * blue > 0.5
            colour = "black" if light else "white"
            panel.text(j, i, f"{value:.2f}", ha="center", va="center", color=colour, fontsize=7)


def _tree(panel: Any, found: Clusters) -> None:
    from scipy.cluster.hierarchy import dendrogram

    dendrogram(found.links, ax=panel, no_labels=True, link_color_func=lambda _: "#555555")
    panel.set_ylabel("distance", fontsize=7)
    panel.tick_params(labelsize=7)
    panel.spines[["top", "right", "bottom"]].set_visible(False)
    panel.patch.set_alpha(0)


def _map(panel: Any, points: np.ndarray[Any, Any], names: Sequence[str]) -> None:
    panel.scatter(points[:, 0], points[:, 1], color="#31688e", zorder=2)
    for name, point in zip(names, points, strict=True):
        panel.annotate(name, point, xytext=(4, 4), textcoords="offset points", fontsize=8)
    panel.margins(0.18)
    panel.set_aspect("equal", adjustable="datalim")
    panel.set(title="distances on a plane (MDS)", xticks=[], yticks=[])


def _names(matrix: Matrix, places: Sequence[int]) -> list[str]:
    short = short_names(matrix.names)
    return [cut(short[place], LONGEST).replace("$", r"\$") for place in places]
