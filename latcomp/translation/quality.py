"""How good a translation is on items that it was not fitted on."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from latcomp import kernel
from latcomp.draws import permutation
from latcomp.numerics.chance import harmonic
from latcomp.numerics.retrieval import Held, Ranks, crowds, ranks
from latcomp.report import Score
from latcomp.scoring.means import mean_score
from latcomp.spaces.space import Space
from latcomp.translation.translation import Translation

DEPTHS = (1, 5)
"""The k of hit@k, which translation of words calls P@k."""

SIGMAS = 3.0
"""How far the mean rank must lie from chance, in its standard errors, to be more than chance."""


@dataclass(frozen=True)
class Test:
    """Items that nothing was fitted on, to judge translations by.

    ``a`` and ``b`` hold the database: the same items in the same order; ``asked``, (q,), are the
    rows of those that are searched for.
    """

    __test__ = False

    a: Tensor
    b: Tensor
    asked: Tensor


def draw_test(
    a: Space, b: Space, fitted: Tensor, queries: int, database: int, seed: int
) -> Test | None:
    """Held-out queries, and a database of them and others, in memory; None where none is left.

    ``fitted`` are the rows that maps are fitted on: never queries, but in the database.
    """
    n = a.shape[0]
    drawn = permutation(n, seed, "translated")
    held = drawn[~torch.isin(drawn, fitted)][:queries]
    if len(held) == 0:
        return None
    others = drawn[~torch.isin(drawn, held)][: max(0, database - len(held))]
    kept = torch.cat([held, others]).sort().values
    asked = torch.searchsorted(kept, held.sort().values)
    return Test(a.take(kept).double(), b.take(kept).double(), asked.to(a.device))


def quality(translation: Translation, test: Test, confidence: float) -> list[Score]:
    """Scores of the held-out items: cosine and MSE with the true row, and retrieval both ways.

    a->b searches translated items of a among the rows of b, by cosine or by CSLS, which discounts
    rows that are near to everything; b->a searches rows of b among translated items of a.
    """
    placed = translation.apply(test.a)
    return [
        *_closeness(placed, test.b, test.asked, translation.method, confidence),
        *_retrieval(placed, test.b, test.asked, translation.method, confidence),
    ]


def _closeness(
    placed: Tensor, b: Tensor, asked: Tensor, way: str, confidence: float
) -> Iterator[Score]:
    found, true = placed[asked], b[asked]
    left, right = unit(found), unit(true)
    paired_at_random = float(left.mean(0) @ right.mean(0))
    alike = (left * right).sum(1).clamp(-1, 1)
    yield mean_score("cosine", way, alike, paired_at_random, confidence, limits=(-1.0, 1.0))
    missed = (found - true).square().mean(1)
    meant = (found.mean(0) * true.mean(0)).mean()
    at_random = float(found.square().mean() + true.square().mean() - 2 * meant)
    yield mean_score(
        "mse", way, missed, at_random, confidence, limits=(0.0, math.inf), better="lower"
    )


def _retrieval(
    placed: Tensor, b: Tensor, asked: Tensor, way: str, confidence: float
) -> Iterator[Score]:
    here, there = Held(unit(placed)), Held(unit(b))
    crowd_here, crowd_there = crowds(here, there, b.device)
    both = {
        "a->b": ranks(here, there, (crowd_here, crowd_there), asked),
        "b->a": ranks(there, here, (crowd_there, crowd_here), asked),
    }
    n = len(b)
    chance = harmonic(n) / n
    for direction, found in both.items():
        ahead = (found.nearest.double() - 1) / max(1, n - 1)
        yield mean_score(
            "foscttm", way, ahead, 0.5, confidence, direction=direction, better="lower"
        )
        for search in ("nn", "csls"):
            ranked = _ranked(found, search)
            end = "" if search == "nn" else "-csls"
            yield mean_score("mrr" + end, way, 1 / ranked, chance, confidence, direction=direction)
            for k in DEPTHS:
                hit = (ranked <= k).double()
                yield mean_score(
                    "hit" + end, way, hit, min(1, k / n), confidence, k=k, direction=direction
                )


def unit(rows: Tensor) -> Tensor:
    """Rows at length 1; a row of zeros stays, and is like nothing."""
    norm = kernel.lengths(rows)
    return rows / norm.where(norm > 0, 1.0)


def _ranked(found: Ranks, search: str) -> Tensor:
    return (found.nearest if search == "nn" else found.csls).double()


def at_chance(scores: Sequence[Score]) -> bool:
    """Whether held-out items are no nearer to their match than to others, in either direction.

    The share of rows ahead of the match (`foscttm`) is uniform on 0 to 1 by chance.
    """
    shares = [one for one in scores if one.measure == "foscttm"]
    return bool(shares) and all(
        one.value is not None
        and one.items is not None
        and 0.5 - one.value < SIGMAS / math.sqrt(12 * one.items)
        for one in shares
    )
