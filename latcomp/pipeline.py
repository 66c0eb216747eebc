"""The story in one function: load, match, pick, relate, scan, score, report."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from latcomp import kernel
from latcomp.draws import check_seeds, draw_queries
from latcomp.facts import environment_facts, protocol_facts, times_facts
from latcomp.loading.both import load_both
from latcomp.loading.load import Source
from latcomp.loading.mapping import Mapping
from latcomp.loading.queries import Queried, load_queries
from latcomp.measures import Measure, ask
from latcomp.picking.drawn import Picked, express
from latcomp.picking.pick import NO_ANCHORS, Anchors, elsewhere, pick
from latcomp.recipes import Recipe, parse_recipe
from latcomp.report import Report, Score
from latcomp.scan import Found, Statistic, Watch, scan_together, unwatched
from latcomp.scoring.cautions import cautions
from latcomp.scoring.extra import Compared, Extra
from latcomp.scoring.null import calibrate
from latcomp.scoring.score import Draw, check_enough, needs, score
from latcomp.scoring.timing import Clock, untimed
from latcomp.scoring.uncertainty import check_confidence, whole
from latcomp.spaces.pair import Pair

QUERIES = 10_000
"""Items searched for, unless asked otherwise."""


def compare(
    a: Source,
    b: Source,
    *,
    anchors: Anchors | None = 300,
    anchors_from: tuple[Source, Source] | None = None,
    strategy: str = "uniform",
    k: int = 10,
    seeds: int = 10,
    seed: int = 0,
    measures: str | Sequence[str] = "paper",
    similarity: str = "cosine",
    center: bool = False,
    exclude_anchors: bool = False,
    queries: int | str = QUERIES,
    ids: Any = None,
    match: str = "auto",
    mapping: Mapping | None = None,
    query_files: tuple[Source, Source] | None = None,
    skip_invalid: bool = False,
    confidence: float = 0.95,
    permutations: int = 0,
    extras: Sequence[Extra] = (),
    device: str = "auto",
    block: int | None = None,
    watch: Watch | None = None,
) -> Report:
    """How two latent spaces relate: similarity measures of a and b, each with its chance level.

    ``a`` and ``b`` are paths (``file.h5::dataset``), arrays or tensors, n x d; rows are matched by
    id where both have ids and by position otherwise. ``anchors`` is how many items to pick by
    ``strategy``, "all", a list of row numbers or ids, or a file: an anchors file, a list of ids,
    or pairs of ids (.csv). ``anchors_from`` are two files of the same models whose items serve as
    anchors in place of those compared; ``seeds`` draws are made, from
    ``seed`` on. ``measures`` names measures and presets. ``similarity`` says what an item's
    coordinates on the anchors are, as in "euclidean(center,scale)" or "cosine,l1"; ``center``
    subtracts the mean of the anchors first; ``exclude_anchors`` leaves anchors out of what is
    scored.
    ``queries`` items (or "all") are searched for, against all items. ``ids`` gives the ids of the
    rows of both, or a tuple of one list for each; ``match`` is "id", "position" or "auto" (by id
    where both have ids); ``mapping`` pairs ids of a with ids of b where they differ, as a file
    of two columns or as tuples. ``query_files`` are queries as each of the two models embeds them,
    none of which is an item of ``a`` and ``b``: what both systems find for them is compared too
    (the preset "queries"). ``confidence`` is that of the intervals; ``permutations`` of the
    pairing draw a null that p-values and calibrated scores come from. ``extras`` find out more:
    `PerItem`, `SameModel`. Without ``anchors``, None, only the spaces as they were saved are
    compared. ``block`` rows are visited at a time; ``watch`` is told how far the scan is.

    The defaults reproduce Moschella et al. 2023, section 4.1.

    >>> import numpy as np
    >>> x = np.random.default_rng(0).standard_normal((500, 16))
    >>> turn = np.linalg.qr(np.random.default_rng(1).standard_normal((16, 16)))[0]
    >>> report = compare(x, 3 * x @ turn, anchors=50, measures=["mrr"])
    >>> [(score.direction, round(score.value, 6)) for score in report.find("mrr")]
    [('a->b', 1.0), ('b->a', 1.0)]

    Raises InputError where an input cannot be used, UsageError where an option is wrong.
    """
    began = time.perf_counter()
    check_seeds(seed, seeds)
    check_confidence(confidence)
    asked = [measures] if isinstance(measures, str) else list(measures)
    wanted = ask([*asked, *(["queries"] if query_files else [])], k)
    recipe = parse_recipe(similarity, center)
    where = kernel.pick_device(device)
    both = load_both(
        a, b, device=where, ids=ids, by=match, mapping=mapping, skip_invalid=skip_invalid
    )
    loaded, matched = [both.a, both.b], both.matched
    check_enough(matched.n, wanted)
    picked = NO_ANCHORS
    if anchors is not None:
        source = matched
        if anchors_from is not None:
            source = elsewhere(matched, anchors_from, match, skip_invalid)
        picked = pick(source, anchors, strategy, seeds, seed, watch)
        picked = picked if source is matched else picked.elsewhere()
    queried = query_files and load_queries(query_files, loaded, match, where, skip_invalid)
    items = Pair(matched.a, matched.b).asking(draw_queries(matched.n, queries, seed))
    parts = _parts(wanted, items, queried, extras)
    clock = Clock()
    _scan(parts, picked, recipe, exclude_anchors, block, watch, clock)
    scores, notes = _score(parts, confidence, permutations, seed, watch or unwatched, clock)
    wanted, absolute, spaces = parts[0].measures, parts[0].pair, parts[0].spaces
    report = Report(
        inputs={"a": both.a.facts, "b": both.b.facts},
        matching=matched.facts,
        anchors={**picked.facts, "excluded": exclude_anchors, "from": _paths(anchors_from)},
        similarity=recipe.facts,
        protocol=protocol_facts(absolute, k, seed, confidence, permutations),
        environment=environment_facts(absolute),
        scores=tuple(scores),
        queries=queried.facts if queried else None,
        warnings=(
            *picked.notes,
            *(queried.notes if queried else ()),
            *cautions(loaded, matched, scores, spaces, recipe.centred),
            *notes,
        ),
        times={**times_facts(began), **clock.facts(), "search": _searches(spaces)},
    )
    for extra in extras:
        report = extra.add(report, Compared(matched, wanted, spaces))
    return report


@dataclass
class _Part:
    """Measures that ask the same queries, the pair they ask them of, and what was found."""

    measures: list[Measure]
    pair: Pair
    more: list[Statistic]
    spaces: dict[str, list[Draw]] = field(default_factory=dict)


def _parts(
    wanted: Sequence[Measure], items: Pair, queried: Queried | None, extras: Sequence[Extra]
) -> list[_Part]:
    """What is asked of the items themselves, and of queries from outside where there are any."""
    more = [statistic for extra in extras for statistic in extra.needs(wanted)]
    if queried is None:
        return [_Part(list(wanted), items, more)]
    inside, outside = ([m for m in wanted if m.outside is outer] for outer in (False, True))
    return [_Part(inside, items, more), _Part(outside, queried.of(items), [])]


def _scan(
    parts: Sequence[_Part],
    picked: Picked,
    recipe: Recipe,
    exclude_anchors: bool,
    block: int | None,
    watch: Watch | None,
    clock: Clock,
) -> None:
    """Learn what the measures of every part need, in its pair and relative to every draw."""
    pairs = [
        [part.pair, *(express(part.pair, draw, recipe) for draw in picked.draws)] for part in parts
    ]
    asked = [
        (pair, clock.timed(wanted))
        for part, several in zip(parts, pairs, strict=True)
        for pair, wanted in jobs(part.measures, several, part.more)
    ]
    found = iter([untimed(each) for each in scan_together(asked, block, watch)])
    for part, several in zip(parts, pairs, strict=True):
        part.spaces = drawn(several, [next(found) for _ in several], picked, exclude_anchors)


def _score(
    parts: Sequence[_Part],
    confidence: float,
    permutations: int,
    seed: int,
    watch: Watch,
    clock: Clock,
) -> tuple[list[Score], list[str]]:
    """The scores of every part, and a sentence on each that has no null."""
    scores, notes = [], []
    for part in parts:
        known = score(part.measures, part.spaces, confidence, clock)
        more = calibrate(known, part.measures, part.spaces, permutations, seed, confidence, watch)
        scores += more[0]
        notes += more[1]
    return scores, notes


def _searches(spaces: dict[str, list[Draw]]) -> dict[str, str]:
    """How candidates were selected, by space: it is chosen by timing and changes no score."""
    named = {
        name: sorted({draw.pair.searched for draw in draws} - {""})
        for name, draws in spaces.items()
    }
    return {name: " or ".join(searches) for name, searches in named.items() if searches}


def _paths(sources: tuple[Source, Source] | None) -> list[str] | None:
    if sources is None:
        return None
    return [str(one) if isinstance(one, (str, Path)) else "an array" for one in sources]


def jobs(
    wanted: Sequence[Measure], pairs: Sequence[Pair], more: Sequence[Statistic] = ()
) -> list[tuple[Pair, list[Statistic]]]:
    """What to learn from the pair as it was saved, which comes first, and from the relative ones.

    ``more`` statistics are learnt from the first.
    """
    found = [(pair, needs(wanted, pair, first=pair in pairs[:2])) for pair in pairs]
    found[0][1].extend(more)
    return found


def drawn(
    pairs: Sequence[Pair], found: Sequence[Found], picked: Picked, exclude: bool
) -> dict[str, list[Draw]]:
    """The draws of each space, from what was found in the pairs that `jobs` named."""
    nothing = torch.empty(0, dtype=torch.int64)
    known = [whole(each) for each in found]
    items = [draw.rows.flatten() for draw in picked.draws]
    excluded = items if exclude else [nothing] * len(items)
    related = zip(pairs[1:], known[1:], excluded, items, strict=True)
    spaces = {"relative": [Draw(*draw) for draw in related]} if items else {}
    return {**spaces, "absolute": [Draw(pairs[0], known[0], nothing, nothing)]}
