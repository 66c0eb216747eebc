"""What is asked for: which spaces, by which names, and which pairs of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from latcomp.errors import UsageError
from latcomp.loading.expanding import expand, natural
from latcomp.loading.load import Source
from latcomp.loading.opening import File

Sources = Sequence[Source] | Mapping[str, Source]
"""Files, patterns of datasets, arrays or tensors; or the same under names of their own."""


@dataclass(frozen=True)
class Layout:
    """Every space once, by name, and which of them are rows and which columns of the matrix."""

    sources: dict[str, Source]
    rows: tuple[int, ...]
    columns: tuple[int, ...]

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """The pairs to compare, each once, no space with itself."""
        asked = [(a, b) for a in self.rows for b in self.columns if a != b]
        return list({frozenset(pair): pair for pair in reversed(asked)}.values())[::-1]


def lay_out(spaces: Sources, against: Sources | None = None) -> Layout:
    """Expand patterns, name every space, and say which are rows and which columns.

    Raises UsageError where a space stands twice in a family or there is no pair to compare.
    """
    first, second = _named(spaces), _named(spaces if against is None else against)
    together = {**first, **second}
    if len(together) < 2:
        raise UsageError(
            f"a matrix needs at least two spaces, found {len(together)}",
            "name several files, or datasets by a pattern, as in `run.h5::layer*`",
        )
    place = {name: number for number, name in enumerate(together)}
    rows, columns = ([place[name] for name in family] for family in (first, second))
    return Layout(together, tuple(rows), tuple(columns))


def _named(spaces: Sources) -> dict[str, Source]:
    if isinstance(spaces, Mapping):
        return dict(spaces)
    listed = [named for source in _in_order(spaces) for named in _expanded(source)]
    named = [
        (str(one.name) if isinstance(one, File) else f"space {number}", one)
        for number, one in enumerate(listed, 1)
    ]
    twice = [name for name, times in Counter(name for name, _ in named).items() if times > 1]
    if twice:
        raise UsageError(f"{twice[0]} was named twice", "name every space once")
    return dict(named)


def _in_order(spaces: Sequence[Source]) -> Sequence[Source]:
    """Names in alphabetical order, as a shell lists files, by the numbers in them: 2 before 10."""
    names = [str(one.name if isinstance(one, File) else one) for one in spaces if _is_name(one)]
    if len(names) < len(spaces) or names != sorted(names):
        return spaces
    order = sorted(range(len(names)), key=lambda place: natural(names[place]))
    return [spaces[place] for place in order]


def _is_name(source: Source) -> bool:
    return isinstance(source, (str, Path, File))


def _expanded(source: Source) -> list[Source]:
    """The files that a name stands for; what is no name stands for itself."""
    if isinstance(source, (str, Path)):
        source = File(str(source))
    if not isinstance(source, File):
        return [source]
    names = expand([source.name], source.asked)
    return [File(name, source.asked, source.ids, source.labels) for name in names]
