"""How rows of one space reach a head that was trained on another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import torch
from torch import Tensor

from latcomp import kernel, translators
from latcomp.errors import NotApplicableError, UsageError
from latcomp.recipes import Recipe
from latcomp.registry import did_you_mean, split_requests
from latcomp.stitching.axes import Axes
from latcomp.stitching.splits import Split
from latcomp.translation.fitting import fit

Standardize = Callable[[Tensor], Tensor]


@dataclass(frozen=True, eq=False)
class Views:
    """All spaces under one split and one set of anchors.

    ``rows`` holds every space, (n, d); ``relative`` expresses it by the anchors, (n, m).
    """

    rows: tuple[Tensor, ...]
    axes: Axes
    split: Split
    recipe: Recipe

    @cached_property
    def relative(self) -> tuple[Tensor, ...]:
        """Every space by its similarities to the anchors, in the dtype of its rows."""
        for anchors in self.axes.vectors:
            self.recipe.check(anchors)
        fitted = [self.recipe.fit(anchors) for anchors in self.axes.vectors]
        return tuple(
            kernel.settled(f(rows), rows.dtype) for f, rows in zip(fitted, self.rows, strict=True)
        )

    def framed(self, frame: str) -> tuple[Tensor, ...]:
        """What heads of a frame, "relative" or "absolute", are trained on."""
        return self.relative if frame == "relative" else self.rows


class Way(Protocol):
    """A way for rows of a space to reach a head of another."""

    @property
    def name(self) -> str:
        """As it is asked for."""

    @property
    def frame(self) -> str:
        """Whose heads it speaks to: those trained on "relative" or on "absolute" coordinates."""

    def reach(self, views: Views, tested: int, trained: int) -> Tensor:
        """Held out items of the space ``tested`` as a head of ``trained`` expects them.

        Raises NotApplicableError or InputError, with the reason, where there is no way.
        """


@dataclass(frozen=True)
class Relative:
    """Both spaces by their similarities to the same anchors (Moschella et al. 2023)."""

    name: str = "relative"
    frame: str = "relative"

    def reach(self, views: Views, tested: int, trained: int) -> Tensor:
        return views.relative[tested][views.split.test]


@dataclass(frozen=True)
class Absolute:
    """Rows as they were saved: what stitching without any method would be."""

    name: str = "absolute"
    frame: str = "absolute"

    def reach(self, views: Views, tested: int, trained: int) -> Tensor:
        widths = [views.rows[one].shape[1] for one in (trained, tested)]
        if widths[0] != widths[1]:
            raise NotApplicableError(f"needs equal dimensions: {widths[0]} and {widths[1]}")
        return views.rows[tested][views.split.test]


@dataclass(frozen=True)
class Translated:
    """Rows translated into the space of the head, by a map fitted on the anchors of both.

    A method that needs no pairs looks at the items that teach, not knowing who is who.
    """

    method: translators.Translator
    frame: str = "absolute"

    @property
    def name(self) -> str:
        return translators.spelt(self.method)

    def reach(self, views: Views, tested: int, trained: int) -> Tensor:
        known = views.axes.vectors
        if not self.method.paired:
            known = tuple(rows[views.split.train].double() for rows in views.rows)
        rows = views.rows[tested][views.split.test]
        if tested == trained:
            return rows
        return fit(known[tested], known[trained], self.method).apply(rows)


PLAIN: dict[str, Way] = {"relative": Relative(), "absolute": Absolute()}


def ask_ways(through: str | Sequence[str], frames: Sequence[str] | None = None) -> list[Way]:
    """The ways that are asked for, each once; "all" is every one that needs no search for pairs.

    ``frames`` are those that there are heads for, where they were trained elsewhere. Raises
    UsageError for an unknown way, or one without heads.
    """
    texts = [through] if isinstance(through, str) else through
    parts = [part for text in texts for part in split_requests(text)]
    names = [name for part in parts for name in (_all(frames) if part == "all" else [part])]
    if not names:
        raise UsageError("no way to stitch was asked for", f"known: {', '.join(_all(None))}, all")
    ways = [_way(name) for name in dict.fromkeys(names)]
    lost = [way for way in ways if frames is not None and way.frame not in frames]
    if lost:
        raise UsageError(
            f"stitching through {lost[0].name} needs {lost[0].frame} heads, and none were given"
        )
    return ways


def _all(frames: Sequence[str] | None) -> list[str]:
    paired = [name for name, kind in translators.TRANSLATORS.items() if kind.paired]
    return [n for n in (*PLAIN, *paired) if frames is None or _way(n).frame in frames]


def _way(name: str) -> Way:
    if name in PLAIN:
        return PLAIN[name]
    bare = name.partition("(")[0]
    if bare not in list(translators.TRANSLATORS):
        known = [*PLAIN, *translators.TRANSLATORS]
        raise UsageError(f"unknown way to stitch {name!r}", did_you_mean(bare, known))
    return Translated(translators.ask(name))


def _none(rows: Tensor) -> Tensor:
    return rows


def _by_row(rows: Tensor) -> Tensor:
    """Every item's coordinates at mean 0 and standard deviation 1."""
    return _scaled(rows, 1)


def _by_column(rows: Tensor) -> Tensor:
    """Every coordinate at mean 0 and standard deviation 1 over the batch at hand."""
    return _scaled(rows, 0)


def _scaled(rows: Tensor, over: int) -> Tensor:
    centred = rows - rows.mean(over, keepdim=True)
    spread = centred.square().mean(over, keepdim=True).sqrt()
    return centred / torch.where(spread > 0, spread, 1.0)


STANDARDIZE: dict[str, Standardize] = {"none": _none, "row": _by_row, "column": _by_column}


def ask_standardize(name: str) -> Standardize:
    """The treatment of what heads are given. Raises UsageError where it is unknown."""
    if name not in STANDARDIZE:
        raise UsageError(f"unknown standardisation {name!r}", did_you_mean(name, list(STANDARDIZE)))
    return STANDARDIZE[name]
