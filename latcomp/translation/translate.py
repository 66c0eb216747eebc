"""Translate: maps from one space into another, fitted on some items and judged on others."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from latcomp import kernel
from latcomp.draws import check_seeds
from latcomp.errors import UsageError
from latcomp.facts import environment_facts, times_facts
from latcomp.findings import TRANSLATION, Findings
from latcomp.loading.both import load_both
from latcomp.loading.load import Source
from latcomp.loading.mapping import Mapping
from latcomp.loading.matching import Matched
from latcomp.picking.drawn import Picked
from latcomp.picking.pick import Anchors, elsewhere, pick
from latcomp.registry import split_requests
from latcomp.report import Score
from latcomp.scan import Watch, unwatched
from latcomp.scoring.cautions import about_loading
from latcomp.scoring.uncertainty import check_confidence
from latcomp.spaces.pair import Pair
from latcomp.translation.fitting import fit
from latcomp.translation.mapfile import Kept
from latcomp.translation.quality import at_chance, draw_test, quality
from latcomp.translation.translation import Translation
from latcomp.translators import TRANSLATORS, Translator, ask, spelt

SHARE = 0.8
"""Share of the items that maps are fitted on, unless anchors are asked for."""

MOST = 10_000
"""Items that maps are fitted on at most, unless anchors are asked for."""


AT_CHANCE = "no better than chance on held-out items: this map does not relate the spaces"

BLIND = "every item was fitted on, so nothing says how good the maps are: ask for fewer --anchors"


@dataclass(frozen=True)
class Translated:
    """The maps, in the order they were asked for, and what held-out items say of them."""

    maps: tuple[Kept, ...]
    findings: Findings


def fit_translation(
    a: Source,
    b: Source,
    *,
    method: str | Sequence[str] = "ortho",
    anchors: Anchors | None = None,
    anchors_from: tuple[Source, Source] | None = None,
    strategy: str = "uniform",
    seed: int = 0,
    queries: int = 2_000,
    database: int = 10_000,
    confidence: float = 0.95,
    match: str = "auto",
    mapping: Mapping | None = None,
    skip_invalid: bool = False,
    device: str = "auto",
    watch: Watch = unwatched,
) -> Translated:
    """Fit maps from space a into space b, and score each on items that it was not fitted on.

    ``method`` names one or several of `latcomp.translators.TRANSLATORS`, or "all". Maps are fitted
    on ``anchors``: how many to pick by ``strategy`` and ``seed``, ids, row numbers or a file, as in
    `latcomp.compare`; None takes four fifths of the items, at most 10,000. ``anchors_from`` are
    other files of the same models to pick them from. Unpaired methods look at all items, and at
    no pairing. ``queries`` held-out items are searched for among ``database`` items drawn with
    them. The other options are those of `latcomp.compare`.

    Raises InputError where an input cannot be used, UsageError where an option is wrong.
    """
    began = time.perf_counter()
    check_seeds(seed)
    check_confidence(confidence)
    if queries < 1 or database < 1:
        raise UsageError(f"queries and database are at least 1, found {queries} and {database}")
    wanted = asked_methods(method)
    where = kernel.pick_device(device)
    both = load_both(a, b, device=where, by=match, mapping=mapping, skip_invalid=skip_invalid)
    matched = both.matched
    source = matched
    if anchors_from is not None:
        source = elsewhere(matched, anchors_from, match, skip_invalid)
    count = max(1, min(MOST, round(SHARE * source.n))) if anchors is None else anchors
    picked = pick(source, count, strategy, 1, seed, watch)
    picked = picked if source is matched else picked.elsewhere()
    test = draw_test(matched.a, matched.b, picked.draws[0].rows.flatten(), queries, database, seed)
    maps, scores = [], []
    for done, one in enumerate(wanted):
        watch("translate", done, len(wanted))
        maps.append(_fitted(one, matched, picked))
        scores += [] if test is None else quality(maps[-1], test, confidence)
    findings = Findings(
        schema=TRANSLATION,
        inputs={"a": both.a.facts, "b": both.b.facts},
        matching=matched.facts,
        protocol={
            "anchors": picked.facts,
            "queries": 0 if test is None else len(test.asked),
            "database": 0 if test is None else len(test.a),
            "seed": seed,
            "search": "cosine with the rows of b as they are; csls takes off the 10 nearest",
            "ties": "by row number",
            "confidence": confidence,
        },
        environment=environment_facts(Pair(matched.a, matched.b)),
        ways=tuple(_way(one) for one in maps),
        usual=maps[0].method,
        scores=tuple(scores),
        warnings=(
            *about_loading((both.a, both.b), matched),
            *picked.notes,
            *_warnings(maps, scores),
        ),
        times=times_facts(began),
    )
    kept = tuple(Kept(one, _provenance(findings, one)) for one in maps)
    return Translated(kept, findings)


def asked_methods(method: str | Sequence[str]) -> list[Translator]:
    """The methods of a list, or all. Raises UsageError for an unknown one."""
    texts = split_requests(method) if isinstance(method, str) else list(method)
    if texts == ["all"]:
        texts = sorted(TRANSLATORS, key=lambda name: (name != "ortho", name == "unsupervised"))
    if not texts:
        raise UsageError("a method is needed", f"known: {', '.join(TRANSLATORS)}")
    return list({spelt(one): one for one in map(ask, texts)}.values())


def _fitted(method: Translator, matched: Matched, picked: Picked) -> Translation:
    if method.paired:
        return fit(picked.draws[0].a, picked.draws[0].b, method)
    return fit(matched.a, matched.b, method)


def _way(one: Translation) -> dict[str, Any]:
    d, e = one.shape
    return {"way": one.method, "from": d, "to": e, "fitted": one.fitted, "notes": list(one.notes)}


def _warnings(maps: Sequence[Translation], scores: Sequence[Score]) -> list[str]:
    """What to know of the maps, each thing once with the methods that it is true of."""
    notes: dict[str, list[str]] = {}
    for one in maps:
        lost = at_chance([score for score in scores if score.space == one.method])
        for note in (*one.notes, *([AT_CHANCE] if lost else [])):
            notes.setdefault(note, []).append(one.method)
    found = [f"{', '.join(methods)}: {note}" for note, methods in notes.items()]
    return found if scores else [*found, BLIND]


def _provenance(findings: Findings, one: Translation) -> dict[str, Any]:
    """What a map's file holds of where it comes from."""
    scores = [
        {"measure": s.label, "direction": s.direction, "value": s.value, "chance": s.chance}
        for s in findings.scores
        if s.space == one.method
    ]
    return {
        "inputs": findings.inputs,
        "matching": findings.matching,
        "protocol": findings.protocol,
        "environment": findings.environment,
        "held_out": scores,
    }
