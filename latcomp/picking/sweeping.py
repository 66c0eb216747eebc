"""Sweep: what a comparison says with fewer or more anchors, and with other strategies."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import torch

from latcomp import kernel
from latcomp.draws import draw_queries
from latcomp.errors import InputError, UsageError
from latcomp.loading.both import load_both
from latcomp.loading.load import Source
from latcomp.loading.mapping import Mapping
from latcomp.loading.matching import Matched
from latcomp.measures import Measure, ask
from latcomp.picking.drawn import AnchorDraw, express
from latcomp.picking.made import Made, made_facts
from latcomp.picking.pick import elsewhere, pick
from latcomp.recipes import Recipe, parse_recipe
from latcomp.report import Score
from latcomp.scan import Watch, scan, unwatched
from latcomp.scoring.score import Draw, check_enough, needs, score
from latcomp.spaces.pair import Pair

SCHEMA = "latcomp/sweep/1"

COUNTS = (25, 50, 100, 200, 300, 500, 1000)

SLACK = 0.01
"""A value this close to the best, or within its spread over seeds, has saturated."""


@dataclass(frozen=True)
class Setting:
    """One strategy and number of anchors: the value of every measure, and its spread over seeds.

    ``values`` and ``spreads`` go by "mrr@10 a->b"; a spread is None where there is one draw.
    """

    strategy: str
    count: int
    seeds: int
    values: dict[str, float | None]
    spreads: dict[str, float | None]


@dataclass(frozen=True)
class Sweep(Made):
    """Every setting; and per measure and strategy the smallest number that has saturated."""

    schema: ClassVar[str] = SCHEMA
    command: ClassVar[str] = "anchors sweep A B"

    similarity: str
    items: int
    queries: int
    settings: tuple[Setting, ...]
    enough: dict[str, dict[str, int]]
    protocol: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def built(cls, found: dict[str, Any]) -> Sweep:
        settings = tuple(Setting(**part) for part in found.pop("settings"))
        for one in settings:
            if not found["enough"].keys() <= one.values.keys() & one.spreads.keys():
                raise ValueError("a setting lacks a measure")
        return super().built({**found, "settings": settings})


def sweep_anchors(
    a: Source,
    b: Source,
    *,
    counts: Sequence[int] = COUNTS,
    strategies: Sequence[str] = ("uniform",),
    anchors_from: tuple[Source, Source] | None = None,
    measures: str | Sequence[str] = "jaccard,mrr,cosine",
    k: int = 10,
    seeds: int = 3,
    seed: int = 0,
    similarity: str = "cosine",
    center: bool = False,
    queries: int | str = 2000,
    match: str = "auto",
    mapping: Mapping | None = None,
    skip_invalid: bool = False,
    device: str = "auto",
    watch: Watch = unwatched,
) -> Sweep:
    """Measures against the number of anchors and against strategies.

    Options are those of `compare`. ``queries`` items, or "all", are searched for; the
    same ones in every setting. Counts above the number of items are left out.

    Raises InputError where an input cannot be used, UsageError where an option is wrong.
    """
    began = time.perf_counter()
    wanted = ask([measures] if isinstance(measures, str) else measures, k)
    recipe = parse_recipe(similarity, center)
    where = kernel.pick_device(device)
    both = load_both(a, b, device=where, by=match, mapping=mapping, skip_invalid=skip_invalid)
    matched = both.matched
    check_enough(matched.n, wanted)
    source = matched
    if anchors_from is not None:
        source = elsewhere(matched, anchors_from, match, skip_invalid)
    tried = _tried(counts, source)
    pair = Pair(matched.a, matched.b).asking(draw_queries(matched.n, queries, seed))
    settings: list[Setting] = []
    better: dict[str, str] = {}
    for done, (name, count) in enumerate((s, c) for s in strategies for c in tried):
        drawn = pick(source, count, name, seeds, seed, watch).draws
        scores = {_label(one): one for one in _scores(pair, drawn, wanted, recipe)}
        settings.append(_setting(name, count, len(drawn), scores))
        better |= {label: one.better for label, one in scores.items()}
        watch("sweep", done + 1, len(strategies) * len(tried))
    enough = {label: _enough(settings, label, better[label]) for label in settings[0].values}
    return Sweep(
        str(recipe),
        matched.n,
        len(pair.query_rows),
        tuple(settings),
        enough,
        protocol={"k": k, "seeds": seeds, "seed": seed},
        **made_facts(both, began),
    )


def _tried(counts: Sequence[int], source: Matched) -> list[int]:
    if not counts or min(counts) < 1:
        raise UsageError(f"counts must be positive numbers, found {list(counts)}")
    tried = sorted({count for count in counts if count <= source.n})
    if not tried:
        raise InputError(f"{min(counts)} anchors were asked for, and {source.n} items are known")
    return tried


def _scores(
    pair: Pair, drawn: Sequence[AnchorDraw], wanted: Sequence[Measure], recipe: Recipe
) -> list[Score]:
    nothing = torch.empty(0, dtype=torch.int64)
    related = [(express(pair, one, recipe), one.rows.flatten()) for one in drawn]
    draws = [Draw(one, scan(one, needs(wanted, one)), nothing, rows) for one, rows in related]
    return list(score(wanted, {"relative": draws}))


def _setting(name: str, count: int, seeds: int, scores: dict[str, Score]) -> Setting:
    spreads = {
        label: one.over_seeds["std"] if one.over_seeds else None for label, one in scores.items()
    }
    values = {label: one.value for label, one in scores.items()}
    return Setting(name, count, seeds, values, spreads)


def _label(one: Score) -> str:
    return one.label if one.direction is None else f"{one.label} {one.direction}"


def _enough(settings: Sequence[Setting], label: str, better: str) -> dict[str, int]:
    """Per strategy, the fewest anchors that come within slack or spread of the best value."""
    found = {}
    sign = 1 if better == "higher" else -1
    for name in dict.fromkeys(setting.strategy for setting in settings):
        known = [
            (s.count, s.values[label], s.spreads[label]) for s in settings if s.strategy == name
        ]
        scored = [
            (count, sign * value, spread or 0.0)
            for count, value, spread in known
            if value is not None
        ]
        if scored:
            best = max(value for _, value, _ in scored)
            found[name] = min(
                c for c, value, spread in scored if value >= best - max(SLACK, spread)
            )
    return found
