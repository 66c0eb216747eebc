"""Migrate: what is found in an old index with a new model, way by way."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from latcomp import kernel
from latcomp.draws import check_seeds
from latcomp.errors import InputError, UsageError
from latcomp.facts import environment_facts, times_facts
from latcomp.findings import MIGRATION, Findings
from latcomp.loading.both import load_both
from latcomp.loading.load import Source
from latcomp.loading.mapping import IdPair, Mapping
from latcomp.loading.matching import Matched
from latcomp.migration.corpus import Asked, Corpus, asked_files, asked_items, split
from latcomp.migration.roads import Road, roads
from latcomp.migration.truth import WORDS, Truth, by_hand, by_model, read_relevant
from latcomp.migration.verdict import Thresholds, judge_ways
from latcomp.numerics.chance import expected_reciprocal
from latcomp.numerics.lookup import look
from latcomp.recipes import parse_recipe
from latcomp.report import Score
from latcomp.scan import Watch, unwatched
from latcomp.scoring.cautions import about_loading
from latcomp.scoring.means import mean_score
from latcomp.scoring.uncertainty import check_confidence
from latcomp.spaces.pair import Pair
from latcomp.translation.translate import asked_methods

METHODS = "ortho,affine,ridge"
"""Translations that are tried unless others are asked for."""


def migrate(
    old: Source,
    new: Source,
    *,
    queries_new: Source | None = None,
    queries_old: Source | None = None,
    relevant: str | Path | Sequence[IdPair] | None = None,
    truth: str = "new",
    methods: str | Sequence[str] = METHODS,
    fit_on: int | None = None,
    anchors: int = 300,
    similarity: str = "cosine(center)",
    k: int = 10,
    queries: int = 1_000,
    seed: int = 0,
    thresholds: Thresholds | None = None,
    confidence: float = 0.95,
    match: str = "auto",
    mapping: Mapping | None = None,
    skip_invalid: bool = False,
    device: str = "auto",
    watch: Watch = unwatched,
) -> Findings:
    """Can the new model query the old index?

    ``old`` is the corpus embedded by the old model (the index), ``new`` the same corpus, or a part
    of it, embedded by the new one. ``queries_new`` are queries by the new model, ``queries_old``
    the same by the old one; without them, items are held out as queries. Maps are fitted on
    ``fit_on`` of the items (half of them, at most 10,000), and those are taken out of the index,
    so that it holds nothing that a map has seen; the first ``anchors`` of them are the anchors of
    the relative index, made by ``similarity``.

    ``truth`` says what a query should find: "new", the ``k`` nearest items by the new model (what
    a full re-embedding would return); "old", those by the old model; ``relevant``, pairs of query
    id and item id, overrides both. recall@k is the share of these among the first k found, mrr
    the mean of 1 / rank of the nearest of them (of the first found of the relevant ones).

    Raises InputError where an input cannot be used, UsageError where an option is wrong.
    """
    began = time.perf_counter()
    check_seeds(seed)
    check_confidence(confidence)
    if truth not in ("new", "old"):
        raise UsageError(f"the truth is new or old, found {truth!r}", "or give --relevant FILE")
    if k < 1 or anchors < 1:
        raise UsageError(f"k and anchors are at least 1, found {k} and {anchors}")
    wanted, recipe = asked_methods(methods), parse_recipe(similarity)
    both = load_both(
        old,
        new,
        device=kernel.pick_device(device),
        names=("old", "new"),
        by=match,
        mapping=mapping,
        skip_invalid=skip_invalid,
    )
    pairs = read_relevant(Path(relevant)) if isinstance(relevant, (str, Path)) else relevant
    files = _files(queries_new, queries_old)
    if files is None:
        asked = asked_items(both.matched, queries, seed)
    else:
        asked = asked_files(both.matched, files, queries, seed, match, skip_invalid)
    corpus = split(both.matched, asked, fit_on, _needed(both.matched, pairs), seed)
    if k >= corpus.old.shape[0]:
        raise InputError(f"k = {k} needs more items in the index than {corpus.old.shape[0]}")
    true = by_model(truth, asked, corpus, k) if pairs is None else by_hand(pairs, asked, corpus)
    asked = _kept(asked, true)
    tried: list[Road] = []
    scores: list[Score] = []
    for road in roads(asked, corpus, wanted, recipe, anchors):
        watch("migrate", len(tried), 2 * len(wanted) + 4)
        scores += _scores(road, true, k, corpus.old.shape[0], confidence)
        tried.append(replace(road, queries=None, index=None))
    verdict, usual = _judged(tried, scores, thresholds or Thresholds())
    return Findings(
        schema=MIGRATION,
        inputs={"old": both.a.facts, "new": both.b.facts, **asked.facts},
        matching=both.matched.facts,
        protocol={
            "k": k,
            "truth": WORDS[true.kind].format(k=k),
            **_sizes(asked, corpus),
            "relative": str(recipe),
            "relative_anchors": min(anchors, len(corpus.fit_old)),
            "seed": seed,
            "ties": "by row number",
            "confidence": confidence,
        },
        environment=environment_facts(Pair(both.matched.a, both.matched.b)),
        ways=tuple(
            {"way": road.name, "kind": road.kind, "notes": list(road.notes)} for road in tried
        ),
        usual=usual,
        scores=tuple(scores),
        verdict=verdict,
        warnings=(
            *about_loading((both.a, both.b), both.matched, ("old", "new")),
            *true.notes,
            *_warnings(tried),
        ),
        times=times_facts(began),
    )


def _files(new: Source | None, old: Source | None) -> tuple[Source, Source | None] | None:
    if new is not None:
        return new, old
    if old is not None:
        raise UsageError("--queries-old needs the same queries as --queries-new")
    return None


def _needed(matched: Matched, pairs: Sequence[IdPair] | None) -> list[int]:
    """Rows of the items that are known to be relevant."""
    place = {name: row for row, name in enumerate(matched.ids or [])}
    return [place[item] for _, item in pairs or [] if item in place]


def _sizes(asked: Asked, corpus: Corpus) -> dict[str, Any]:
    return {
        "queries": len(asked.new),
        "held_out": len(asked.held_out) > 0,
        "database": corpus.old.shape[0],
        "fitted": len(corpus.fit_old),
    }


def _kept(asked: Asked, true: Truth) -> Asked:
    """The queries that have something to find."""
    rows = true.kept.to(asked.new.device)
    ids = None if asked.ids is None else [asked.ids[row] for row in true.kept.tolist()]
    old = None if asked.old is None else asked.old[rows]
    return Asked(asked.new[rows], old, ids, asked.facts, asked.held_out)


def _scores(road: Road, true: Truth, k: int, n: int, confidence: float) -> Iterator[Score]:
    if road.queries is None or road.index is None:
        for measure, depth in (("recall", k), ("mrr", None)):
            yield Score(measure=measure, k=depth, space=road.name, value=None, reason=road.reason)
        return
    found = look(road.queries, road.index, k, true.first)
    wanted = (true.rows >= 0).sum(1)
    hits = (found.rows[:, :, None] == true.rows[:, None, :]).any(1).sum(1)
    recall = hits.double() / wanted
    sizes = Counter((true.first >= 0).sum(1).tolist())
    by_chance = sum(expected_reciprocal(n, size) * times for size, times in sizes.items())
    yield mean_score("recall", road.name, recall, min(1.0, k / n), confidence, k=k)
    yield mean_score(
        "mrr", road.name, 1 / found.ranks.double(), by_chance / len(recall), confidence
    )


def _judged(
    tried: Sequence[Road], scores: Sequence[Score], thresholds: Thresholds
) -> tuple[dict[str, Any], str]:
    """The verdict, and the best way that re-embeds nothing."""
    recalls = [score for score in scores if score.measure == "recall"]
    return judge_ways(recalls, {road.name: road.kind for road in tried}, thresholds)


def _warnings(tried: Sequence[Road]) -> list[str]:
    notes: dict[str, list[str]] = {}
    for road in tried:
        for note in road.notes:
            notes.setdefault(note, []).append(road.name)
    return [f"{', '.join(names)}: {note}" for note, names in notes.items()]
