"""Pictures of a sweep and of tracked checkpoints (matplotlib)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from latcomp.files.atomic import whole
from latcomp.picking.sweeping import Setting, Sweep
from latcomp.tracking.tracked import Tracked


def plot(sweep: Sweep, path: Path) -> None:
    """Draw value against number of anchors, with bands of one standard deviation over seeds."""
    from matplotlib.figure import Figure

    labels = list(sweep.enough)
    figure = Figure(figsize=(3.2 * len(labels), 3.0), layout="constrained")
    panels = figure.subplots(1, len(labels), squeeze=False)[0]
    for panel, label in zip(panels, labels, strict=True):
        for name in dict.fromkeys(setting.strategy for setting in sweep.settings):
            _line(panel, [s for s in sweep.settings if s.strategy == name], label)
        panel.set(title=label, xlabel="anchors", xscale="log")
    panels[0].legend()
    with whole(path) as temporary:
        figure.savefig(temporary, format=path.suffix[1:], metadata=_undated(path))


def _line(panel: Any, settings: list[Setting], label: str) -> None:
    points = [
        (s.count, value, s.spreads[label] or 0.0)
        for s in settings
        if (value := s.values[label]) is not None
    ]
    counts = [count for count, _, _ in points]
    low = [value - spread for _, value, spread in points]
    high = [value + spread for _, value, spread in points]
    panel.plot(counts, [value for _, value, _ in points], marker="o", label=settings[0].strategy)
    panel.fill_between(counts, low, high, alpha=0.2)


def _undated(path: Path) -> dict[str, None]:
    """Metadata without a date, so that the same sweep gives the same file."""
    return (
        {} if path.suffix == ".png" else {"CreationDate" if path.suffix == ".pdf" else "Date": None}
    )


def plot_track(found: Tracked, path: Path) -> None:
    """Draw similarity to the reference over checkpoints, a line per run, and against scores."""
    from matplotlib.figure import Figure

    labels = [score.label for score in found.checkpoints[0].scores]
    scored = all(one.score is not None for one in found.checkpoints)
    figure = Figure(figsize=(3.4 * len(labels), 5.6 if scored else 3.0), layout="constrained")
    panels = figure.subplots(1 + scored, len(labels), squeeze=False)
    for column, label in enumerate(labels):
        for run, points in _runs(found, column).items():
            name = {"label": run} if run else {}
            places = [place for place, _, _ in points]
            panels[0, column].plot(places, [y for _, y, _ in points], marker=".", **name)
            if scored:
                panels[1, column].plot([y for _, y, _ in points], [s for _, _, s in points], "o")
        panels[0, column].set(title=label, xlabel=_axis(found), ylabel="similarity")
        if scored:
            panels[1, column].set(xlabel=f"{label} with the reference", ylabel="score")
    if 1 < len(_runs(found, 0)) <= MOST_NAMED:
        panels[0, 0].legend(title="run", fontsize="small")
    with whole(path) as temporary:
        figure.savefig(temporary, format=path.suffix[1:], metadata=_undated(path))


MOST_NAMED = 10
"""Runs up to which a picture names each."""


def _runs(found: Tracked, column: int) -> dict[str, list[tuple[float, float, float | None]]]:
    """Place, similarity and score of the checkpoints of every run that have a value, in order."""
    held: dict[str, list[tuple[float, float, float | None]]] = {}
    for place, one in enumerate(found.checkpoints, 1):
        value = one.scores[column].value
        if value is not None:
            at = place if one.epoch is None else one.epoch
            held.setdefault(one.run or "", []).append((at, value, one.score))
    return {run: sorted(points, key=lambda point: point[0]) for run, points in held.items()}


def _axis(found: Tracked) -> str:
    return "checkpoint" if found.checkpoints[0].epoch is None else "epoch"
