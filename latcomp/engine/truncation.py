"""Neighbours selected in a few leading coordinates, with a bound on what the others can add.

Relative rows lie close to few directions: their Gram matrix goes with the square of that of the
space. Turned to the leading directions, a unit row is p = (p', p"), p" being what few coordinates
leave of it, and by Cauchy and Schwarz p q <= p' q' + |p"| |q"|. The length of the rest is one more
coordinate, so one narrow product gives the highest that every cosine can be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from latcomp import kernel
from latcomp.engine.products import product32
from latcomp.engine.searching import FLOAT64_ERROR, SPARE
from latcomp.engine.trial import Trial
from latcomp.spaces.pair import Pair
from latcomp.spaces.unit import PREPARED_ROWS, SplitUnit

WIDTHS = (32, 48, 64, 80, 96, 128, 160, 192, 224, 256, 320, 384, 448, 512)
"""Coordinates to try, the length of the rest being one of them."""

WORTH = 0.5
"""Coordinates, as a share of all, that save more time than settling their candidates takes."""

FEWEST_ROWS = 12288
"""With fewer rows all products take less time than finding the leading directions."""


@dataclass(frozen=True)
class Leading:
    """Leading coordinates of unit rows, (n, width) float32, the last the length of the rest.

    ``farthest`` is the longest rest.
    """

    rows: Tensor
    farthest: float


class TruncatedSearch:
    """The highest that cosines can be by their leading coordinates.

    It serves one kind of search, or "ab" and "ba". ``basis``, (p, width - 1) float64, holds the
    leading directions, orthonormal.
    """

    coarse = True

    def __init__(self, pair: Pair, basis: Tensor, spare: int) -> None:
        self._pair = pair
        self._basis = basis
        self._leading: dict[SplitUnit, Leading] = {}
        self.spare = spare
        self.name = f"{basis.shape[1] + 1} leading coordinates"

    def scores(self, kind: str, queries: slice, database: slice) -> Tensor:
        left, right = (
            self._lead(self._pair.queries_of(kind)),
            self._lead(self._pair.database_of(kind)),
        )
        return product32(left.rows[queries], right.rows[database])

    def asking(self, kind: str, queries: Tensor) -> Callable[[slice], Tensor]:
        left = self._lead(self._pair.queries_of(kind)).rows[queries]
        right = self._lead(self._pair.database_of(kind)).rows
        return lambda database: product32(left, right[database])

    def bound(self, kind: str, floor: Tensor) -> Tensor:  # noqa: ARG002 (a basis is of one kind)
        return floor.double() + _error(self._basis.shape[1] + 1)

    def least(self, kind: str, score: Tensor) -> Tensor:
        left, right = (
            self._lead(self._pair.queries_of(kind)),
            self._lead(self._pair.database_of(kind)),
        )
        rest = 2 * left.farthest * right.farthest
        return score.double() - rest - _error(self._basis.shape[1] + 1)

    def _lead(self, unit: SplitUnit) -> Leading:
        if unit not in self._leading:
            self._leading[unit] = _leading(unit, self._basis)
        return self._leading[unit]


def may_pay(n: int, width: int) -> bool:
    """Whether a pair is large enough for leading coordinates to save time."""
    return n >= FEWEST_ROWS and bool(_widths(width))


def truncated(pair: Pair, trial: Trial) -> TruncatedSearch | None:
    """A search by as few leading coordinates as do for the trial; None where few do not do."""
    grams = trial.database.gram + pair.database_of(trial.kind[::-1]).gram
    directions = torch.linalg.eigh(grams).eigenvectors.flip(1)
    spare = max(SPARE, trial.depth)

    def serve(width: int) -> bool:
        return trial.few(_able(trial, directions[:, : width - 1]), spare)

    *fewer, most = _widths(trial.database.shape[1])
    if not serve(most):
        return None
    width = next((one for one in fewer if serve(one)), most)
    return TruncatedSearch(pair, directions[:, : width - 1].contiguous(), spare)


def _able(trial: Trial, basis: Tensor) -> Tensor:
    """How many items each query of the trial must keep, by leading coordinates: (q,)."""
    turn, error = basis.float(), _error(basis.shape[1] + 1)
    queries = _coordinates(trial.queries, trial.queries @ turn)
    able = torch.zeros(len(queries), device=queries.device)
    for start, stop in kernel.bounds(trial.database.shape[0], PREPARED_ROWS):
        rows = trial.database.rows(start, stop)
        able += trial.able(product32(queries, _coordinates(rows, rows @ turn)).add_(error))
    return able


def _widths(width: int) -> list[int]:
    return [one for one in WIDTHS if one <= WORTH * width]


def _leading(unit: SplitUnit, basis: Tensor) -> Leading:
    """The coordinates are computed in float64 and then rounded."""
    n, width = unit.shape[0], basis.shape[1] + 1
    found = torch.empty(n, width, device=unit.device)
    for start, stop in kernel.bounds(n, PREPARED_ROWS):
        rows = unit.rows(start, stop).double()
        found[start:stop] = _coordinates(rows, rows @ basis)
    return Leading(found, float(found[:, -1].max()))


def _coordinates(rows: Tensor, turned: Tensor) -> Tensor:
    """Leading coordinates ``turned`` of rows, and the length of the rest, rounded upwards."""
    rest = rows.square().sum(1, keepdim=True) - turned.square().sum(1, keepdim=True)
    length = rest.clamp_(min=0).add_(FLOAT64_ERROR).sqrt_().mul_(1 + 2 * kernel.FLOAT32_UNIT)
    return torch.cat([turned, length], dim=1)


def _error(width: int) -> float:
    """More than products of ``width`` leading coordinates are off by, which were rounded twice."""
    return 2 * kernel.product_error(width)
