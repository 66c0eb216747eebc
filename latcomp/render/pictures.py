"""Whether a picture can be drawn, known before the work that it is to show."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from latcomp.errors import UsageError
from latcomp.files.atomic import check_writable
from latcomp.optional import need


def check_plot(path: Path, suffixes: Sequence[str] = (".png", ".svg", ".pdf")) -> None:
    """Raise UsageError for a name with another ending, InputError where none can be drawn there."""
    if path.suffix not in suffixes:
        *others, last = suffixes
        raise UsageError(f"{path} must end in {', '.join(others)} or {last}")
    check_writable(path)
    need("matplotlib", "plot", "a plot")
