"""Trials: every head of one split on every space."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import torch
from torch import Tensor

from latcomp.errors import InputError, NotApplicableError
from latcomp.heads import Aim, Head, Learnt, spelt
from latcomp.stitching.metrics import Metric
from latcomp.stitching.ways import STANDARDIZE, Standardize, Views, Way

BLIND = {
    True: "every item is given the commonest class of the training items",
    False: "every item is given the mean of the training items",
}


@dataclass(frozen=True)
class Trial:
    """What a head trained on one space said of held out items of another, or why it could not."""

    way: str
    trained: int
    tested: int
    said: Tensor | None
    reason: str | None = None


@dataclass(frozen=True, eq=False)
class Round:
    """All trials of one split, with the truth and the guess that knows no coordinates.

    ``blind`` names the commonest class of the items that teach, or their mean, for every item.
    """

    truth: Tensor
    blind: Tensor
    trials: tuple[Trial, ...]
    notes: tuple[str, ...]

    def chance(self, metric: Metric) -> float:
        """How well the blind guess does."""
        return metric.score(self.truth, self.blind)


@dataclass(frozen=True, eq=False)
class Bench:
    """What all splits have in common: what is learnt, by which head, and how rows reach it.

    ``given`` are heads that were trained elsewhere, by frame, one per space.
    """

    aim: Aim
    head: Head
    standardize: Standardize
    ways: Sequence[Way]
    given: Mapping[str, Sequence[Learnt]] | None = None

    @property
    def transductive(self) -> list[str]:
        """What makes the predictions for an item depend on the others, in words."""
        column = ["--standardize column"] if self.standardize is STANDARDIZE["column"] else []
        if self.given is None and self.head.transductive:
            return [*column, f"the head {spelt(self.head)}"]
        return column

    @property
    def facts(self) -> dict[str, Any]:
        """What a report says of it."""
        return {
            "head": "given" if self.given is not None else spelt(self.head),
            "through": [way.name for way in self.ways],
            "transductive": bool(self.transductive),
            "chance": BLIND[self.aim.classes is not None],
        }

    def run(self, views: Views) -> Round:
        """Train a head on every space, and try each on the held out items of all of them."""
        heads = self.given or {frame: self._learn(views, frame) for frame in self._frames()}
        test, train = views.split.test, views.split.train
        return Round(
            truth=self.aim.truth[test],
            blind=_blind(self.aim.of(train if len(train) else test), len(test)),
            trials=tuple(self._trials(views, heads)),
            notes=tuple(note for each in heads.values() for one in each for note in one.notes),
        )

    def _frames(self) -> list[str]:
        return list(dict.fromkeys(way.frame for way in self.ways))

    def _learn(self, views: Views, frame: str) -> list[Learnt]:
        aim = self.aim.of(views.split.train)
        return [
            self.head.learn(self.standardize(rows[views.split.train]), aim, views.split.seed)
            for rows in views.framed(frame)
        ]

    def _trials(self, views: Views, heads: Mapping[str, Sequence[Learnt]]) -> Iterator[Trial]:
        spaces = range(len(views.rows))
        for way in self.ways:
            for trained in spaces:
                for tested in spaces:
                    if trained != tested or way.name == way.frame:
                        head = heads[way.frame][trained]
                        yield self._try(views, way, head, trained, tested)

    def _try(self, views: Views, way: Way, head: Learnt, trained: int, tested: int) -> Trial:
        try:
            rows = way.reach(views, tested, trained)
        except (NotApplicableError, InputError) as refused:
            return Trial(way.name, trained, tested, None, refused.problem)
        return Trial(way.name, trained, tested, head.predict(self.standardize(rows)))


def _blind(aim: Aim, n: int) -> Tensor:
    """The same guess for n items."""
    if aim.classes is None:
        return aim.truth.mean(0).expand(n, -1)
    return torch.bincount(aim.truth).argmax().expand(n)


def mean_chance(rounds: Sequence[Round], metric: Metric) -> float:
    """The mean over splits of how well the blind guess does."""
    return fmean(each.chance(metric) for each in rounds)
