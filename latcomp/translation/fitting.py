"""Fit: a translation from pairs of rows, or from two spaces that nobody has paired."""

from __future__ import annotations

import torch
from torch import Tensor

from latcomp.draws import permutation
from latcomp.errors import InputError
from latcomp.spaces.space import Space
from latcomp.translation.translation import Translation
from latcomp.translators import Standardize, Translator, ask, spelt

Pairing = Tensor | tuple[Tensor, Tensor] | None
"""Paired rows: the same numbers in both spaces, (m,), or one tensor for each; None is all."""


ILL = 1e4
"""Ratio of the largest to the smallest singular value from which on least squares is fragile."""

UNPAIRED_ROWS = 20_000
"""Rows of a space that an unpaired method is shown."""


def fit(
    a: Tensor | Space, b: Tensor | Space, method: str | Translator = "ortho", rows: Pairing = None
) -> Translation:
    """The map that takes items of a, (n, d), to where they are in b, (p, e).

    ``method`` is one of `latcomp.translators.TRANSLATORS`, as in "ortho" or "ridge(alpha=0.1)".
    It is fitted on the paired ``rows``; an unpaired method ("unsupervised") looks at these rows
    of either side without knowing who is who.

    >>> x = torch.randn(50, 4, generator=torch.Generator().manual_seed(0))
    >>> turn = torch.linalg.qr(torch.randn(4, 4, generator=torch.Generator().manual_seed(1)))[0]
    >>> bool(torch.allclose(fit(x, 3 * x @ turn).apply(x), 3 * x @ turn, atol=1e-5))
    True

    Raises InputError where the rows cannot teach a map, UsageError for an unknown method.
    """
    wanted = ask(method) if isinstance(method, str) else method
    if rows is None and not wanted.paired:
        rows = _some(a), _some(b)
    x, y = _rows(a, rows, 0), _rows(b, rows, 1)
    if wanted.paired and len(x) != len(y):
        raise InputError(f"{len(x)} rows of a are paired with {len(y)} rows of b")
    mean_x, scale_x = _standards(x, wanted.standardize, "a")
    mean_y, scale_y = _standards(y, wanted.standardize, "b")
    x, y = (x - mean_x) / scale_x, (y - mean_y) / scale_y
    solved = wanted.solve(x, y)
    matrix = solved.matrix / scale_x[:, None] * scale_y
    mean_x, matrix, mean_y = mean_x.cpu(), matrix.cpu(), mean_y.cpu()
    notes = (*_cautions(x, y, wanted), *solved.notes)
    return Translation(spelt(wanted), mean_x, matrix, mean_y, min(len(x), len(y)), notes)


def _some(space: Tensor | Space) -> Tensor:
    """Rows of a space to show to an unpaired method."""
    n = space.shape[0]
    if n <= UNPAIRED_ROWS:
        return torch.arange(n)
    return permutation(n, 0, "unpaired")[:UNPAIRED_ROWS].sort().values


def _rows(space: Tensor | Space, rows: Pairing, side: int) -> Tensor:
    """The rows that are fitted on, float64: (m, d)."""
    chosen = rows[side] if isinstance(rows, tuple) else rows
    if isinstance(space, Tensor):
        return (space if chosen is None else space[chosen.to(space.device)]).double()
    return space.take(torch.arange(space.shape[0]) if chosen is None else chosen).double()


def _cautions(x: Tensor, y: Tensor, method: Translator) -> list[str]:
    """What is weak in the rows that were fitted on."""
    notes = []
    for rows, side in ((x, "a"), (y, "b")):
        pairs, width = rows.shape
        values = torch.linalg.svdvals(rows)
        spanned = int((values > values[0] * max(rows.shape) * torch.finfo(rows.dtype).eps).sum())
        if spanned < width:
            what = "pairs" if method.paired else "rows"
            notes.append(
                f"the {pairs} {what} span {spanned} of {width} dimensions of {side}: "
                "the others are guessed"
            )
        elif values[0] > ILL * values[-1]:
            ratio = float(values[0] / values[-1])
            notes.append(f"{side} is ill-conditioned: its axes differ by a factor of {ratio:,.0f}")
    return notes


def _standards(rows: Tensor, how: Standardize, side: str) -> tuple[Tensor, Tensor]:
    """Mean and scale of every axis, (d,) and (d,), by what ``how`` takes away."""
    if how == "none":
        return torch.zeros_like(rows[0]), torch.ones_like(rows[0])
    mean = rows.mean(0)
    if how == "center":
        return mean, torch.ones_like(mean)
    spread = (rows - mean).square().mean(0)  # (d,)
    if not bool(spread.sum() > 0):
        raise InputError(f"the rows of {side} to fit on are all equal, so no map can be fitted")
    if how == "scale":
        return mean, spread.sum().sqrt().expand_as(mean)
    return mean, spread.sqrt().where(spread > 0, 1.0)
