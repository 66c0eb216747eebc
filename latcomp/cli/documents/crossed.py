"""What was found of ways from one space into another, and of checkpoints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, TypeVar

from latcomp.cli.documents import DOCUMENTS, Asked, Document
from latcomp.cli.output import Found, present_found
from latcomp.findings import Findings
from latcomp.gates.rules import Rule, judge, parse_rule, parse_track_rule, parse_way_rule
from latcomp.stitching.stitched import Stitched
from latcomp.tabling import Page

if TYPE_CHECKING:
    from pathlib import Path

    from latcomp.tracking.tracked import Tracked

F = TypeVar("F", bound=Found)

TRANSLATION, MIGRATION = "latcomp/translation/1", "latcomp/migration/1"


class Crossed(Document[F]):
    """Documents of scores that are shown as pages of tables, and judged by rules on scores."""

    example: ClassVar[str]
    """A rule on it."""

    def page(self, found: F, width: int) -> Page:
        """What a terminal of this width shows."""
        raise NotImplementedError

    def rule(self, text: str) -> Rule:
        """Read one rule. Raises UsageError for text of another form."""
        return parse_rule(text)

    def show(self, found: F, form: str, measures: Sequence[str] = ()) -> None:
        present_found(found, self.page, form)

    def judge(self, found: F, asked: Asked) -> F:
        rules = asked.alone(self.command, f"--require, as in {self.example!r}")
        bare: F = replace(found, gates=())
        return judge(bare, [self.rule(text) for text in rules], asked.confident)


class Stitches(Crossed[Stitched]):
    """`latcomp/stitch/1`."""

    command, example = "latcomp stitch", "ortho.accuracy[a->b]>=0.8"

    def read(self, text: str) -> Stitched:
        return Stitched.from_json(text)

    def page(self, found: Stitched, width: int) -> Page:
        from latcomp.stitching.tabled import page

        return page(found, width)

    def rule(self, text: str) -> Rule:
        return parse_way_rule(text)


class Tracks(Crossed["Tracked"]):
    """`latcomp/track/1`."""

    command, example = "latcomp track", "cka[layer3]>=0.8"

    def read(self, text: str) -> Tracked:
        from latcomp.tracking.tracked import Tracked

        return Tracked.from_json(text)

    def page(self, found: Tracked, width: int) -> Page:
        from latcomp.tracking.tabled import page

        return page(found, width)

    def rule(self, text: str) -> Rule:
        return parse_track_rule(text)

    def write_page(self, found: Tracked, path: Path, measures: Sequence[str] = ()) -> None:
        from latcomp.page.track import write_track_page

        write_track_page(found.document(), path)


class Translations(Crossed[Findings]):
    """`latcomp/translation/1`."""

    command, example = "latcomp translate fit", "hit@1>=0.5"

    def read(self, text: str) -> Findings:
        return Findings.from_json(text, TRANSLATION, "translate fit A B")

    def page(self, found: Findings, width: int) -> Page:
        from latcomp.translation.shown import page

        return page(found, width)


class Migrations(Crossed[Findings]):
    """`latcomp/migration/1`."""

    command, example = "latcomp migrate", "recall@10>=0.8"

    def read(self, text: str) -> Findings:
        return Findings.from_json(text, MIGRATION, "migrate OLD NEW")

    def page(self, found: Findings, width: int) -> Page:
        from latcomp.migration.shown import page

        return page(found, width)


DOCUMENTS.add("latcomp/stitch/1")(Stitches())
DOCUMENTS.add("latcomp/track/1")(Tracks())
DOCUMENTS.add(TRANSLATION)(Translations())
DOCUMENTS.add(MIGRATION)(Migrations())
