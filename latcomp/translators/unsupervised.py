"""No pairs at all: the shapes of the two clouds say who is who."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import ClassVar

import torch
from torch import Tensor

from latcomp import kernel
from latcomp.draws import permutation
from latcomp.errors import InputError, UsageError
from latcomp.numerics.algebra import rotation
from latcomp.numerics.clusters import centres
from latcomp.spaces.stored import Stored
from latcomp.spaces.unit import Unit
from latcomp.translators import TRANSLATORS, Solved, Standardize

CROWD = 10
"""Neighbours whose mean cosine is taken off, against hubs (CSLS)."""

ALIKE = 0.9
"""Mean cosine of two restarts' translations from which on they found the same map."""

SHARE = 6
"""One of so many restarts is refined."""

GUESSES = 10
"""Random first guesses of one quadratic assignment, the best of which counts."""

APART = 10
"""How far ahead of the others, in their standard deviations, a map must be to stand alone."""

LONELY = (
    "none of the other {} refined restarts found this map, and it is hardly better than theirs: "
    "it is most likely wrong"
)


@TRANSLATORS.add("unsupervised")
@dataclass(frozen=True)
class Unsupervised:
    """A rotation from two unpaired clouds of points: centroids matched by quadratic assignment.

    Unit rows of either space fall into ``clusters``; the centroids are matched so that their
    cosines agree best; every row is described by its cosines to the matched centroids, and paired
    with the mutual neighbour of the other space; a rotation is fitted on these pairs, and refined
    by the mutual neighbours that it makes, until they stay. Of ``restarts`` such maps the most
    promising are refined, and the one whose translations are nearest to their neighbours wins.
    Says so when it is neither found again nor far ahead of the others: it is then most likely
    wrong. Looks at ``rows`` rows of either space, drawn apart.
    """

    source: ClassVar[str] = "after mini-vec2vec (arXiv 2510.02348); refined as Artetxe et al. 2018"
    paired: ClassVar[bool] = False
    clusters: int = 20
    restarts: int = 30
    rounds: int = 50
    rows: int = 5000
    seed: int = 0
    standardize: Standardize = "scale"

    def __post_init__(self) -> None:
        for name in ("clusters", "restarts", "rounds", "rows"):
            if getattr(self, name) < 1 + (name == "clusters"):
                raise UsageError(f"unsupervised: {name} is too small: {getattr(self, name)}")

    def solve(self, x: Tensor, y: Tensor) -> Solved:
        x, y = (self._drawn(rows, side) for rows, side in ((x, "a"), (y, "b")))
        starts = [_turn(x, y, *self._start(x, y, self.seed + i)) for i in range(self.restarts)]
        starts.sort(key=lambda turn: -_nearness(x @ turn, y))
        turns = [self._refined(x, y, turn) for turn in starts[: max(1, self.restarts // SHARE)]]
        turns.sort(key=lambda turn: -_nearness(x @ turn, y))
        return Solved(turns[0], _doubts(x, y, turns))

    def _drawn(self, rows: Tensor, side: str) -> Tensor:
        """Unit rows, in an order that does not know the other side's."""
        if len(rows) < 2 * self.clusters:
            raise InputError(
                f"{len(rows)} rows of {side} cannot fall into {self.clusters} clusters",
                "write unsupervised(clusters=N) with a smaller N",
            )
        drawn = permutation(len(rows), self.seed, f"unsupervised {side}")[: self.rows]
        return _unit(rows[drawn.to(rows.device)])

    def _refined(self, x: Tensor, y: Tensor, turn: Tensor) -> Tensor:
        """The rotation once the mutual neighbours that it makes stay as they are.

        They are looked for along the directions that the pairs agree on, weighed by how much.
        """
        left, right, before = x @ turn, y, None
        for _ in range(self.rounds):
            rows, columns = _mutual(_unit(left), _unit(right))
            if before is not None and torch.equal(before, columns):
                break
            before = columns
            u, s, v = torch.linalg.svd(x[rows].T @ y[columns], full_matrices=False)
            turn, left, right = u @ v, x @ (u * s), y @ (v.T * s)
        return turn

    def _start(self, x: Tensor, y: Tensor, seed: int) -> tuple[Tensor, Tensor]:
        """Pairs by cosines to centroids that were matched by their cosines with each other."""
        c, d = (_centroids(rows, self.clusters, seed) for rows in (x, y))
        d = d[_assigned(c @ c.T, d @ d.T, seed)]
        near = [rows @ points.T for rows, points in ((x, c), (y, d))]
        return _mutual(*(_unit(each - each.mean(1, keepdim=True)) for each in near))


def _unit(rows: Tensor) -> Tensor:
    norm = kernel.lengths(rows)
    return rows / norm.where(norm > 0, 1.0)


def _centroids(rows: Tensor, count: int, seed: int) -> Tensor:
    """Unit centroids of clusters: (count, d)."""
    return _unit(centres(Unit(Stored("rows", rows.cpu().numpy())), count, seed).to(rows))


def _assigned(one: Tensor, other: Tensor, seed: int) -> Tensor:
    """The order of ``other`` that makes it most like ``one``, (c, c) each: (c,)."""
    import numpy as np
    from scipy.optimize import quadratic_assignment

    tables = one.cpu().numpy(), other.cpu().numpy()
    options = {"maximize": True, "rng": np.random.default_rng(seed), "P0": "randomized"}
    guesses = [quadratic_assignment(*tables, options=options) for _ in range(GUESSES)]
    best = max(guesses, key=lambda guess: guess.fun).col_ind
    start = np.stack([np.arange(len(one)), best], axis=1)
    options = {"maximize": True, "rng": options["rng"], "partial_guess": start}
    refined = quadratic_assignment(*tables, method="2opt", options=options)
    return torch.from_numpy(refined.col_ind)


def _csls(left: Tensor, right: Tensor) -> Tensor:
    """Cosines of unit rows less the crowdedness of both places: (n, n'), float32."""
    near = left.float() @ right.float().T
    ahead = near.topk(min(CROWD, near.shape[1]), dim=1).values.mean(1, keepdim=True)
    back = near.topk(min(CROWD, near.shape[0]), dim=0).values.mean(0, keepdim=True)
    return near.mul_(2).sub_(ahead).sub_(back)


def _mutual(left: Tensor, right: Tensor) -> tuple[Tensor, Tensor]:
    """Rows that are each other's nearest by CSLS: (p,) of left and (p,) of right."""
    near = _csls(left, right)
    best, back = near.argmax(1), near.argmax(0)
    rows = torch.arange(len(left), device=left.device)
    kept = back[best] == rows
    return rows[kept], best[kept]


def _turn(x: Tensor, y: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    return rotation(x[rows].T @ y[columns])


def _nearness(placed: Tensor, y: Tensor) -> float:
    """Mean cosine of translations with their CSLS neighbours: how well the clouds lie together."""
    near = _csls(placed, y).argmax(1)
    return float((_unit(placed) * y[near]).sum(1).mean())


def _doubts(x: Tensor, y: Tensor, turns: Sequence[Tensor]) -> tuple[str, ...]:
    """A warning where the map that was kept, the first, has nothing to speak for it."""
    best, *others = (_nearness(x @ turn, y) for turn in turns)
    placed = _unit(x @ turns[0])
    same = any(float((placed * _unit(x @ turn)).sum(1).mean()) > ALIKE for turn in turns[1:])
    if len(others) < 2 or same or best - fmean(others) > APART * stdev(others):
        return ()
    return (LONELY.format(len(others)),)
