"""A space expressed by similarities to anchors."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from latcomp import kernel
from latcomp.spaces.space import Space, labels_of


class Fitted(Protocol):
    """A similarity once it knows its anchors: rows (n, d) -> float64 similarities (n, anchors)."""

    def __call__(self, rows: Tensor) -> Tensor: ...


@runtime_checkable
class Factored(Protocol):
    """A fitted similarity that is linear in a few coordinates.

    With more anchors than dimensions, the products of relative rows can be had without them.
    """

    def factors(self) -> tuple[Fitted, Tensor] | None:
        """(rows -> coordinates (n, c), basis (m, c)), or None where c would not be below m.

        The similarities are coordinates @ basis.T, and the columns of the basis are orthonormal.
        """


class Relative:
    """A space expressed by similarities to anchors: n items x m anchors. A space like any other.

    Similarities are computed in float64 and rounded to ``dtype``, that of the space unless given.
    A row's similarities depend on that row alone, to the last bit, whatever is computed with it.
    """

    def __init__(
        self, space: Space, fitted: Fitted, anchors: int, dtype: torch.dtype | None = None
    ) -> None:
        self.name = space.name
        self.device = space.device
        self.dtype = dtype or space.dtype
        self._unrounded = dtype == torch.float64
        self._space = space
        self._fitted = fitted
        self._anchors = anchors

    @property
    def shape(self) -> tuple[int, int]:
        return self._space.shape[0], self._anchors

    @property
    def labels(self) -> list[str] | None:
        """The labels of the space that is expressed."""
        return labels_of(self._space)

    @property
    def unrounded(self) -> Relative:
        """The same space in float64."""
        return Relative(self._space, self._fitted, self._anchors, torch.float64)

    def rows(self, start: int, stop: int) -> Tensor:
        return self._relate(self._space.rows(start, stop))

    def take(self, index: Tensor) -> Tensor:
        return self._relate(self._space.take(index))

    def _relate(self, rows: Tensor) -> Tensor:
        found = self._fitted(kernel.padded(rows))[: len(rows)]
        return found if self._unrounded else kernel.settled(found, self.dtype)


def unrounded(space: Space) -> Space:
    """The space with every digit that is known of it."""
    return space.unrounded if isinstance(space, Relative) else space
