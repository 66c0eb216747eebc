"""A sweep as a picture: one panel per measure, one line per strategy (matplotlib)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from latcomp.errors import UsageError
from latcomp.files.atomic import whole
from latcomp.picking.sweeping import Setting, Sweep

SUFFIXES = (".png", ".svg", ".pdf")


def check_plot(path: Path) -> None:
    """Raise UsageError for a name with another ending, or where matplotlib is not installed."""
    if path.suffix not in SUFFIXES:
        raise UsageError(f"{path} must end in {', '.join(SUFFIXES)}")
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise UsageError(
            "a plot needs matplotlib", "pip install 'latcomp[plot]' brings it"
        ) from None


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
