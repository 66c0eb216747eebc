"""What was found of ways from one space into another, and of checkpoints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from latcomp.cli.documents import DOCUMENTS, Asked, Document
from latcomp.cli.output import Found, present_found
from latcomp.findings import MIGRATION, TRANSLATION, Findings
from latcomp.gates.rules import Rule, judge, parse_rule, parse_track_rule, parse_way_rule
from latcomp.migration import shown as migrating
from latcomp.stitching import stitched
from latcomp.stitching import tabled as stitching
from latcomp.tabling import Page
from latcomp.tracking import tabled as tracking
from latcomp.tracking import tracked
from latcomp.tracking.tracked import Tracked
from latcomp.translation import shown as translating

F = TypeVar("F", bound=Found)


@dataclass(frozen=True)
class Crossed(Document[F]):
    """Documents of scores that are shown as pages of tables, and judged by rules on scores."""

    command: str
    example: str
    """A rule on it."""
    from_json: Callable[[str], F]
    page: Callable[[F, int], Page]
    """What a terminal of some width shows."""
    rule: Callable[[str], Rule] = parse_rule

    def read(self, text: str) -> F:
        return self.from_json(text)

    def show(self, found: F, form: str, measures: Sequence[str] = ()) -> None:
        present_found(found, self.page, form)

    def judge(self, found: F, asked: Asked) -> F:
        rules = asked.alone(self.command, f"--require, as in {self.example!r}")
        bare: F = replace(found, gates=())
        return judge(bare, [self.rule(text) for text in rules], asked.confident)


class Tracks(Crossed[Tracked]):
    """Those of checkpoints, which have a page to look at too."""

    def write_page(self, found: Tracked, path: Path, measures: Sequence[str] = ()) -> None:
        from latcomp.page.track import write_track_page

        write_track_page(found.document(), path)


def _findings(schema: str, command: str) -> Callable[[str], Findings]:
    return partial(Findings.from_json, schema=schema, command=command)


DOCUMENTS.add(stitched.SCHEMA)(
    Crossed(
        "latcomp stitch",
        "ortho.accuracy[a->b]>=0.8",
        stitched.Stitched.from_json,
        stitching.page,
        parse_way_rule,
    )
)
DOCUMENTS.add(tracked.SCHEMA)(
    Tracks("latcomp track", "cka[layer3]>=0.8", Tracked.from_json, tracking.page, parse_track_rule)
)
DOCUMENTS.add(TRANSLATION)(
    Crossed(
        "latcomp translate fit",
        "hit@1>=0.5",
        _findings(TRANSLATION, "translate fit A B"),
        translating.page,
    )
)
DOCUMENTS.add(MIGRATION)(
    Crossed(
        "latcomp migrate", "recall@10>=0.8", _findings(MIGRATION, "migrate OLD NEW"), migrating.page
    )
)
