"""A map from one space into another, and the space it makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import overload

from torch import Tensor

from latcomp import kernel
from latcomp.errors import InputError
from latcomp.spaces.space import Space


@dataclass(frozen=True, eq=False)
class Translation:
    """x -> (x - mean) @ matrix + offset, from d dimensions into e, float64.

    ``method`` is spelt as it is asked for; ``fitted`` is how many pairs (or, for an unpaired
    method, rows of the smaller side) it was fitted on; ``notes`` are what to know of the fit.
    """

    method: str
    mean: Tensor  # (d,)
    matrix: Tensor  # (d, e)
    offset: Tensor  # (e,)
    fitted: int
    notes: tuple[str, ...] = ()

    @property
    def shape(self) -> tuple[int, int]:
        """Dimensions it takes, and gives."""
        return self.matrix.shape[0], self.matrix.shape[1]

    @overload
    def apply(self, rows: Tensor) -> Tensor: ...

    @overload
    def apply(self, rows: Space) -> Translated: ...

    def apply(self, rows: Tensor | Space) -> Tensor | Translated:
        """Rows (n, d) translated: (n, e), computed in float64, in the dtype of ``rows``.

        A `Space` becomes a space, whose rows are translated when they are read. Raises InputError
        where the rows have another number of dimensions.
        """
        if rows.shape[1] != self.shape[0]:
            raise InputError(
                f"the map takes {self.shape[0]} dimensions, and these rows have {rows.shape[1]}"
            )
        if not isinstance(rows, Tensor):
            return Translated(rows, self)
        placed = (rows.double() - self.mean.to(rows.device)) @ self.matrix.to(rows.device)
        return kernel.settled(placed + self.offset.to(rows.device), rows.dtype)


class Translated:
    """A space seen through a translation: n items x e dimensions. A space like any other."""

    def __init__(self, space: Space, translation: Translation) -> None:
        self.name = space.name
        self.device = space.device
        self.dtype = space.dtype
        self._space = space
        self._translation = translation

    @property
    def shape(self) -> tuple[int, int]:
        return self._space.shape[0], self._translation.shape[1]

    def rows(self, start: int, stop: int) -> Tensor:
        return self._translation.apply(self._space.rows(start, stop))

    def take(self, index: Tensor) -> Tensor:
        return self._translation.apply(self._space.take(index))
