"""Grow: from a few known pairs of items to many, by what the known ones say of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from latcomp import kernel
from latcomp.errors import InputError, UsageError
from latcomp.loading.load import Loaded, Source, load
from latcomp.loading.mapping import IdPair, Mapping, as_pairs
from latcomp.picking.anchorfile import AnchorSet
from latcomp.picking.pairing import Pairing, pairing
from latcomp.recipes import Recipe, parse_recipe
from latcomp.scan import Watch, unwatched
from latcomp.spaces.stored import Stored

CANDIDATES = 5000
"""Items of each space, in file order, among which pairs are looked for."""

GROWTH = 1.35
"""How many times as many pairs a round may keep as the one before it."""

SETTLING = 5
"""Rounds at the full number of pairs."""


@dataclass(frozen=True)
class Pairs:
    """Paired candidates: rows in a and rows in b, (p,) each; the first ``known`` were given."""

    a: Tensor
    b: Tensor
    known: int


@dataclass(frozen=True)
class Way:
    """How pairs are found: in which relative spaces, and by what they are likely."""

    recipe: Recipe
    likely: Pairing


@dataclass(frozen=True)
class Grown:
    """Pairs of ids, the known ones first; ``rows`` are those of the first ids in ``source``."""

    pairs: list[IdPair]
    known: int
    rows: list[int]
    source: dict[str, Any]

    def anchors(self) -> AnchorSet:
        """The pairs as a set of anchors."""
        ids_a, ids_b = ([pair[side] for pair in self.pairs] for side in (0, 1))
        return AnchorSet("grown", 0, self.source, self.rows, ids_a, ids_b)


def grow_anchors(
    a: Source,
    b: Source,
    known: Mapping | Sequence[IdPair],
    *,
    count: int = 300,
    candidates: int = CANDIDATES,
    similarity: str = "cosine(center)",
    by: str = "neighbours",
    skip_invalid: bool = False,
    device: str = "auto",
    watch: Watch = unwatched,
) -> Grown:
    """Grow ``known`` pairs of ids to ``count`` pairs, without any other knowledge of who is who.

    The known pairs are anchors. Two candidates are paired where each is the likeliest partner of
    the other, ``by`` their cosines in the relative spaces less those of hubs ("neighbours"), or by
    optimal transport between the two sets of candidates ("transport", needs POT); the likeliest
    pairs become anchors of the next round, all but the known ones chosen anew, a third more each
    time. After the bootstrapping of Cannistraci et al. 2023 (arXiv 2303.00721). Memory grows with
    the square of ``candidates``, not with n.

    Raises InputError where an input cannot be used, or where fewer than 3 known pairs are items
    of both files; UsageError where an option is wrong.
    """
    recipe = parse_recipe(similarity)
    likely = pairing(by)
    if count < 1 or candidates < 2:
        raise UsageError(f"count and candidates must be positive, found {count} and {candidates}")
    where = kernel.pick_device(device)
    sides = [load(one, name, None, where, skip_invalid) for one, name in ((a, "a"), (b, "b"))]
    pairs = as_pairs(known) or []
    rows = [_candidates(side, [p[i] for p in pairs], candidates) for i, side in enumerate(sides)]
    names = [_named(side, kept) for side, kept in zip(sides, rows, strict=True)]
    start = _known(pairs, *names)
    vectors = [s.space.take(torch.tensor(r)).double() for s, r in zip(sides, rows, strict=True)]
    grown = _grow(vectors[0], vectors[1], start, count, Way(recipe, likely), watch)
    chosen = list(zip(grown.a.tolist(), grown.b.tolist(), strict=True))
    source = {key: sides[0].facts[key] for key in ("path", "dataset", "shape", "digest")}
    return Grown(
        [(names[0][x], names[1][y]) for x, y in chosen],
        grown.known,
        [rows[0][x] for x, _ in chosen],
        source,
    )


def _named(side: Loaded, rows: Sequence[int]) -> list[str]:
    ids = _ids(side.space)
    return [ids[row] for row in rows]


def _known(pairs: Sequence[IdPair], a: Sequence[str], b: Sequence[str]) -> Pairs:
    """The known pairs as places among the candidates."""
    place_a, place_b = ({name: i for i, name in enumerate(names)} for names in (a, b))
    found = [(place_a[x], place_b[y]) for x, y in pairs if x in place_a and y in place_b]
    if len(found) < 3:
        raise InputError(
            f"{len(found)} of the {len(pairs)} known pairs are in both files; at least 3 are needed"
        )
    places = torch.tensor(found).T
    return Pairs(places[0], places[1], len(found))


def _ids(space: Stored) -> list[str]:
    if space.ids is None:
        raise InputError(
            f"{space.name} has no ids to pair by",
            "write them into the file, as in `latcomp convert IN OUT --ids ids.txt`",
        )
    if len(set(space.ids)) < len(space.ids):
        raise InputError(f"{space.name} has duplicate ids, so pairs of ids name no items")
    return space.ids


def _candidates(side: Loaded, known: Sequence[str], count: int) -> list[int]:
    """The first usable rows in file order, and those of the known items wherever they are."""
    place = {name: row for row, name in enumerate(_ids(side.space))}
    wanted = {*side.rows[:count].tolist(), *(place[name] for name in known if name in place)}
    return sorted(wanted & set(side.rows.tolist()))


def _grow(a: Tensor, b: Tensor, known: Pairs, count: int, way: Way, watch: Watch) -> Pairs:
    sizes = [known.known]
    while sizes[-1] < count:
        sizes.append(min(count, int(sizes[-1] * GROWTH) + 1))
    sizes = sizes[1:] + [count] * SETTLING
    pairs = known
    for done, size in enumerate(sizes):
        pairs = _paired(way.likely(_cosines(a, b, pairs, way.recipe)), known, size)
        watch("grow", done + 1, len(sizes))
    return pairs


def _cosines(a: Tensor, b: Tensor, pairs: Pairs, recipe: Recipe) -> Tensor:
    """Cosines of relative vectors: (candidates of a, of b)."""
    sides = []
    for vectors, rows in ((a, pairs.a), (b, pairs.b)):
        recipe.check(vectors[rows])
        related = recipe.fit(vectors[rows])(vectors)
        norm = kernel.lengths(related)
        sides.append((related / norm.where(norm > 0, 1.0)).float())
    return sides[0] @ sides[1].T


def _paired(likeness: Tensor, known: Pairs, size: int) -> Pairs:
    """The known pairs, and the likeliest mutual ones among the rest up to ``size`` pairs."""
    likeness[known.a] = -torch.inf
    likeness[:, known.b] = -torch.inf
    best = likeness.max(1)
    back = likeness.argmax(0)
    rows = torch.arange(len(likeness), device=likeness.device)
    mutual = ((back[best.indices] == rows) & (best.values > -torch.inf)).nonzero()[:, 0]
    order = best.values[mutual].argsort(descending=True, stable=True)
    kept = mutual[order[: max(0, size - known.known)]]
    a, b = torch.cat([known.a, kept.cpu()]), torch.cat([known.b, best.indices[kept].cpu()])
    return Pairs(a, b, known.known)
