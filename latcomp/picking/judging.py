"""Judge: how good a set of anchors is for two spaces."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import torch
from torch import Tensor

from latcomp import kernel
from latcomp.errors import InputError
from latcomp.loading.both import load_both
from latcomp.loading.load import Source
from latcomp.loading.mapping import Mapping
from latcomp.loading.matching import Matched
from latcomp.picking.drawn import AnchorDraw
from latcomp.picking.made import Made, made_facts
from latcomp.picking.pick import Anchors, elsewhere, pick
from latcomp.scan import Watch, unwatched
from latcomp.spaces.space import Space, steps

SCHEMA = "latcomp/anchors-check/1"

NAMED = 5
"""How many anchors, or items, are named."""

ALIKE = 0.99
"""Cosine above which two anchors are nearly the same axis."""

FEW_DIRECTIONS = 0.2
"""Effective rank, as a share of the rank there could be, below which anchors are redundant."""

DISAGREEING, AGREEING = 0.3, 0.7
"""Correlation of the two Gram matrices below and above which the verdict says so."""

FAR = 0.2
"""Mean cosine to the nearest anchor below which items are far from all anchors."""


@dataclass(frozen=True)
class Side:
    """The anchors in one space; cosines of vectors centred on the anchors' mean.

    ``nearest`` is the mean over items of the cosine to the nearest anchor, ``nearest_low`` its
    5th percentile, and ``uncovered`` names the items with the lowest. ``coherence`` is the largest
    cosine between two anchors, ``closest`` those two. ``condition`` is the ratio of the largest to
    the smallest eigenvalue of the anchors' Gram matrix that could differ from 0, or None where
    one of these is 0; ``effective_rank`` is exp(entropy) of its eigenvalues, ``full_rank`` how
    large that could be.
    """

    nearest: float
    nearest_low: float
    uncovered: tuple[str, ...]
    coherence: float
    closest: tuple[str, str]
    condition: float | None
    effective_rank: float
    full_rank: int


@dataclass(frozen=True)
class Judgement(Made):
    """A set of anchors in both spaces.

    ``agreement`` is the correlation of the two Gram matrices above the diagonal: how alike the
    two spaces see the anchors. ``worst`` names the anchors whose rows of them agree least, each
    with its correlation. ``verdict`` says in words what follows. ``drawn`` is how the anchors were
    chosen.
    """

    schema: ClassVar[str] = SCHEMA
    command: ClassVar[str] = "anchors check A B"

    anchors: int
    a: Side
    b: Side
    agreement: float
    worst: tuple[tuple[str, float], ...]
    verdict: tuple[str, ...]
    drawn: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def built(cls, found: dict[str, Any]) -> Judgement:
        a, b = (_side_of(found.pop(side)) for side in "ab")
        worst = tuple((name, value) for name, value in found.pop("worst"))
        verdict = tuple(found.pop("verdict"))
        return super().built({**found, "a": a, "b": b, "worst": worst, "verdict": verdict})


def _side_of(found: dict[str, Any]) -> Side:
    parts: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in found.items()}
    return Side(**parts)


def check_anchors(
    a: Source,
    b: Source,
    *,
    anchors: Anchors = 300,
    anchors_from: tuple[Source, Source] | None = None,
    strategy: str = "uniform",
    seed: int = 0,
    match: str = "auto",
    mapping: Mapping | None = None,
    skip_invalid: bool = False,
    device: str = "auto",
    watch: Watch = unwatched,
) -> Judgement:
    """How good these anchors are for a and b: coverage, redundancy, and agreement.

    Options are those of `compare`. Raises InputError where an input cannot be used, or where
    there are fewer than 3 anchors.
    """
    began = time.perf_counter()
    where = kernel.pick_device(device)
    both = load_both(a, b, device=where, by=match, mapping=mapping, skip_invalid=skip_invalid)
    matched = both.matched
    source = matched
    if anchors_from is not None:
        source = elsewhere(matched, anchors_from, match, skip_invalid)
    picked = pick(source, anchors, strategy, 1, seed, watch)
    drawn = picked.draws[0]
    found = judge(matched, drawn, _names(source, drawn), watch)
    return replace(found, drawn=picked.facts, **made_facts(both, began))


def judge(
    matched: Matched, drawn: AnchorDraw, names: Sequence[str], watch: Watch = unwatched
) -> Judgement:
    """Judge anchors that were picked; ``names`` has one entry for each."""
    if len(drawn.a) < 3:
        raise InputError(f"at least 3 anchors are needed to judge them, found {len(drawn.a)}")
    axes = [_unit(vectors - vectors.mean(0)) for vectors in (drawn.a, drawn.b)]
    grams = [rows @ rows.T for rows in axes]
    sides = [
        _side(space, vectors, names, matched.ids, watch)
        for space, vectors in ((matched.a, drawn.a), (matched.b, drawn.b))
    ]
    upper = torch.triu_indices(len(names), len(names), 1)
    agreement = float(_correlations(*(gram[upper[0], upper[1]][None] for gram in grams)))
    rows = _correlations(*(_off_diagonal(gram) for gram in grams))
    lowest = rows.argsort(stable=True)[:NAMED].tolist()
    worst = tuple((names[i], float(rows[i])) for i in lowest)
    verdict = tuple(_verdict(sides[0], sides[1], agreement))
    return Judgement(len(names), sides[0], sides[1], agreement, worst, verdict)


def _names(source: Matched, drawn: AnchorDraw) -> list[str]:
    """Ids of the anchors where they have one each, and their places in the set otherwise."""
    whole = drawn.rows.ndim == 1 and len(drawn.rows) == len(drawn.a)
    if not whole or source.ids is None:
        rows = source.rows_a[drawn.rows] if whole else range(len(drawn.a))
        return [f"{'row' if whole else 'anchor'} {row}" for row in rows]
    return [source.ids[row] for row in drawn.rows.tolist()]


def _side(
    space: Space, vectors: Tensor, names: Sequence[str], ids: list[str] | None, watch: Watch
) -> Side:
    axes = _unit(vectors - vectors.mean(0))
    nearest = _nearest(space, vectors.mean(0), axes, watch)
    low = nearest.argsort(stable=True)[:NAMED].tolist()
    gram = (axes @ axes.T).fill_diagonal_(-1.0)
    first, second = divmod(int(gram.argmax()), len(names))
    full_rank = min(len(vectors) - 1, vectors.shape[1])
    values = torch.linalg.svdvals(axes).square()[:full_rank]
    shares = values / values.sum().clamp(min=torch.finfo(values.dtype).tiny)
    singular = int(torch.linalg.matrix_rank(axes)) < full_rank
    return Side(
        nearest=float(nearest.mean()),
        nearest_low=float(nearest.kthvalue(max(1, len(nearest) // 20)).values),
        uncovered=tuple(ids[row] if ids else f"row {row}" for row in low),
        coherence=float(gram.max()),
        closest=(names[first], names[second]),
        condition=None if singular else float(values[0] / values[-1]),
        effective_rank=float(torch.exp(torch.special.entr(shares).sum())),
        full_rank=full_rank,
    )


def _nearest(space: Space, origin: Tensor, axes: Tensor, watch: Watch) -> Tensor:
    """Cosine of every item to the nearest anchor, (n,) float64."""
    n = space.shape[0]
    found = torch.empty(n, dtype=torch.float64)
    for start, stop in steps(space):
        rows = _unit(space.rows(start, stop) - origin)
        found[start:stop] = (rows @ axes.T).max(1).values.cpu()
        watch("coverage", stop, n)
    return found


def _unit(rows: Tensor) -> Tensor:
    norm = kernel.lengths(rows)
    return rows / norm.where(norm > 0, 1.0)


def _off_diagonal(gram: Tensor) -> Tensor:
    m = len(gram)
    return gram.flatten()[1:].view(m - 1, m + 1)[:, :-1].reshape(m, m - 1)


def _correlations(a: Tensor, b: Tensor) -> Tensor:
    """Pearson correlation of every row of a with the same row of b; 0 where one is constant."""
    left, right = (rows - rows.mean(1, keepdim=True) for rows in (a, b))
    return (_unit(left) * _unit(right)).sum(1)


def _verdict(a: Side, b: Side, agreement: float) -> Iterator[str]:
    if agreement < DISAGREEING:
        yield (
            f"poor: the two spaces see these anchors differently (correlation {agreement:.2f}); "
            "items can hardly agree more than the anchors they are described by"
        )
    elif agreement < AGREEING:
        yield f"usable: the two spaces see the anchors partly alike (correlation {agreement:.2f})"
    else:
        yield f"good: the two spaces see the anchors alike (correlation {agreement:.2f})"
    for name, side in (("a", a), ("b", b)):
        if side.coherence > ALIKE:
            one, other = side.closest
            yield f"{one} and {other} are nearly the same axis in {name}: one of them is wasted"
        if side.effective_rank < FEW_DIRECTIONS * side.full_rank:
            yield (
                f"the anchors span {side.effective_rank:.0f} of {side.full_rank} directions in "
                f"{name}: try --strategy farthest or kmeans"
            )
        if side.nearest < FAR:
            yield (
                f"items of {name} are far from every anchor (mean cosine {side.nearest:.2f} to "
                "the nearest): use more anchors, or anchors of the same domain"
            )
