"""The story of a matrix: load all, match all, pick once, and compare pair by pair."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from latcomp import kernel
from latcomp.anchors import ask as ask_strategy
from latcomp.draws import check_seeds, draw_queries
from latcomp.errors import UsageError
from latcomp.facts import environment_facts, protocol_facts, times_facts
from latcomp.loading.families import Family, load_all
from latcomp.loading.mapping import SUFFIXES
from latcomp.matrices.asking import Layout, Sources, lay_out
from latcomp.matrices.document import Compared, Matrix
from latcomp.matrices.journal import Done, Journal
from latcomp.matrices.sharing import Shared
from latcomp.matrices.views import Views
from latcomp.measures import Measure, ask
from latcomp.picking.anchorfile import read_anchors
from latcomp.picking.drawn import Picked
from latcomp.picking.pick import NO_ANCHORS, Anchors, pick
from latcomp.pipeline import QUERIES, drawn, jobs
from latcomp.recipes import parse_recipe
from latcomp.report import Score
from latcomp.scan import Watch, unwatched
from latcomp.scoring.cautions import about_bias, about_mean, about_rows, means
from latcomp.scoring.null import calibrate
from latcomp.scoring.score import check_enough, score
from latcomp.scoring.uncertainty import check_confidence


def matrix(
    spaces: Sources,
    *,
    against: Sources | None = None,
    anchors: Anchors | None = 300,
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
    skip_invalid: bool = False,
    confidence: float = 0.95,
    permutations: int = 0,
    journal: Path | None = None,
    device: str = "auto",
    block: int | None = None,
    watch: Watch | None = None,
) -> Matrix:
    """How every two of many latent spaces relate: what `compare` finds of each pair, in one run.

    ``spaces`` are paths, patterns of datasets (``run.h5::layer*``), arrays or tensors, or a dict
    that names them; with ``against``, a second family, each of the first is compared with each of
    the second. All spaces are matched together: the items that every one has are compared, in the
    order of the first. Anchors and queries are the same for all pairs; a strategy that looks at
    the vectors looks at the first space. ``ids`` are the ids of the rows of all spaces, or a tuple
    of one list for each. What a space tells by itself is found once, not for each
    of its pairs. The other options are those of `compare`, and so are the scores, exactly, where
    items and anchors are the same.

    ``journal`` is a file that keeps the pairs that are done: the same call goes on where an
    earlier one was stopped.

    >>> import numpy as np
    >>> x = np.random.default_rng(0).standard_normal((200, 8))
    >>> found = matrix({"x": x, "3 x": 3 * x, "-x": -x}, anchors=20, measures="mrr")
    >>> [round(pair.scores[0].value, 6) for pair in found.pairs]
    [1.0, 1.0, 1.0]

    Raises InputError where an input cannot be used, UsageError where an option is wrong.
    """
    began = time.perf_counter()
    check_seeds(seed, seeds)
    check_confidence(confidence)
    wanted = ask([measures] if isinstance(measures, str) else measures, k)
    recipe = parse_recipe(similarity, center)
    told = watch or unwatched
    layout = lay_out(spaces, against)
    family = load_all(
        list(layout.sources.items()),
        device=kernel.pick_device(device),
        ids=ids,
        by=match,
        skip_invalid=skip_invalid,
        watch=told,
    )
    check_enough(family.n, wanted)
    picked = _pick(family, anchors, strategy, seeds, seed, watch)
    views = Views(family.spaces, picked, recipe, draw_queries(family.n, queries, seed))
    sample = views.saved(*layout.pairs[0])
    empty = Matrix(
        spaces=tuple(_facts(family, layout)),
        rows=layout.rows,
        columns=layout.columns,
        matching={"by": family.by, "items": family.n, "digest": family.digest},
        anchors={**picked.facts, "excluded": exclude_anchors, "from": None},
        similarity=recipe.facts,
        protocol=protocol_facts(sample, k, seed, confidence, permutations),
        environment=environment_facts(sample),
        pairs=(),
    )
    comparing = _Comparing(
        views,
        Shared(views, block, told),
        picked,
        wanted,
        empty.protocol,
        seed,
        exclude_anchors,
        told,
    )
    done = comparing.all(layout.pairs, None if journal is None else Journal(journal), empty)
    return replace(
        empty,
        pairs=tuple(Compared(pair.a, pair.b, pair.scores) for pair in done),
        warnings=tuple(_warnings(family, layout, picked, done, recipe.centred)),
        times=times_facts(began),
    )


def _pick(
    family: Family,
    anchors: Anchors | None,
    strategy: str,
    seeds: int,
    seed: int,
    watch: Watch | None,
) -> Picked:
    """One set of anchors per draw for all spaces. Raises UsageError for what only a pair has."""
    if anchors is None:
        return NO_ANCHORS
    if isinstance(anchors, int) and ask_strategy(strategy).both:
        raise UsageError(
            f"{strategy} looks at two spaces, and a matrix has one set of anchors for all",
            "use another strategy, or choose anchors with `latcomp anchors select`",
        )
    if isinstance(anchors, (str, Path)) and Path(anchors).suffix in SUFFIXES:
        raise UsageError(
            f"{anchors} pairs ids of two spaces, and a matrix has one set of anchors for all",
            "give one id a line, in a .txt file",
        )
    return pick(family.pair(0, _source_of(family, anchors)), anchors, strategy, seeds, seed, watch)


def _source_of(family: Family, anchors: Anchors) -> int:
    """The number of the space that a file of anchors names rows of; 0 where it names none."""
    if not isinstance(anchors, (str, Path)) or Path(anchors).suffix != ".json":
        return 0
    digest = read_anchors(Path(anchors)).source["digest"]
    return next((i for i, one in enumerate(family.loaded) if one.seen.digest == digest), 0)


def _facts(family: Family, layout: Layout) -> Iterator[dict[str, Any]]:
    for place, (name, one) in enumerate(zip(layout.sources, family.loaded, strict=True)):
        yield {"name": name, **one.facts, "dropped": family.dropped(place)}


@dataclass(frozen=True)
class _Comparing:
    """Compares pair after pair."""

    views: Views
    shared: Shared
    picked: Picked
    measures: list[Measure]
    protocol: dict[str, Any]
    seed: int
    exclude_anchors: bool
    watch: Watch

    def all(
        self, pairs: Sequence[tuple[int, int]], journal: Journal | None, empty: Matrix
    ) -> list[Done]:
        """Every pair, taken from the journal where an earlier run left it there."""
        known = {} if journal is None else journal.resume(self._asked(empty))
        for number, (a, b) in enumerate(pairs, 1):
            if (a, b) not in known:
                known[a, b] = self._one(a, b)
                if journal is not None:
                    journal.keep(known[a, b])
            for space in {a, b} - {place for pair in pairs[number:] for place in pair}:
                self.shared.forget(space)
            self.watch("pairs", number, len(pairs))
        return [known[pair] for pair in pairs]

    def _one(self, a: int, b: int) -> Done:
        pairs = self.views.pairs(a, b)
        found = self.shared.learn(a, b, jobs(self.measures, pairs))
        spaces = drawn(pairs, found, self.picked, self.exclude_anchors)
        confidence = self.protocol["confidence"]
        scores, notes = calibrate(
            score(self.measures, spaces, confidence),
            self.measures,
            spaces,
            self.protocol["permutations"],
            self.seed,
            confidence,
            self.watch,
        )
        return Done(a, b, tuple(scores), means(spaces), tuple(notes))

    def _asked(self, empty: Matrix) -> dict[str, Any]:
        """Everything that decides the scores, in parts that a message can name."""
        parts = asdict(empty)
        names = ("spaces", "rows", "columns", "matching", "anchors", "similarity", "protocol")
        return {
            **{name: parts[name] for name in names},
            "measures": [str(measure) for measure in self.measures],
            "environment": parts["environment"],
        }


def _warnings(
    family: Family, layout: Layout, picked: Picked, done: Sequence[Done], centred: bool
) -> Iterator[str]:
    """What to know before trusting a number, each sentence once."""
    yield from picked.notes
    yield from dict.fromkeys(note for one in family.loaded for note in one.notes)
    if family.by == "position":
        yield "rows were matched by position, not by id: all files must be in the same order"
    found = {place: mean for pair in done for place, mean in _means(pair)}
    for place, (name, one) in enumerate(zip(layout.sources, family.loaded, strict=True)):
        yield from about_rows(name, one, family.dropped(place))
        if place in found:
            yield from about_mean(name, found[place], centred)
    yield from about_bias(_worst(done))
    yield from dict.fromkeys(note for pair in done for note in pair.notes)


def _means(pair: Done) -> Iterator[tuple[int, float]]:
    yield from zip((pair.a, pair.b), pair.means, strict=True)


def _worst(done: Sequence[Done]) -> list[Score]:
    """Of each measure and space, the score with the highest chance level."""
    found: dict[tuple[str, str], Score] = {}
    for pair in done:
        for one in pair.scores:
            known = found.get((one.label, one.space))
            if known is None or (one.chance or 0.0) > (known.chance or 0.0):
                found[one.label, one.space] = one
    return list(found.values())
