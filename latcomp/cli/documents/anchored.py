"""Judgements of anchors, and sweeps over them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from latcomp.cli.documents import DOCUMENTS, Document
from latcomp.cli.output import show_figures
from latcomp.picking import judging, sweeping, tabled
from latcomp.picking.made import Made
from latcomp.picking.sweeping import Sweep
from latcomp.tabling import Page

D = TypeVar("D", bound=Made)


@dataclass(frozen=True)
class Anchored(Document[D]):
    """Documents of figures that no gate judges."""

    command: str
    from_json: Callable[[str], D]
    page: Callable[[D, int], Page]

    def read(self, text: str) -> D:
        return self.from_json(text)

    def show(self, found: D, form: str, measures: Sequence[str] = ()) -> None:
        show_figures(found, self.page, form)


class Sweeps(Anchored[Sweep]):
    """Those that have a page to look at too."""

    def write_page(self, found: Sweep, path: Path, measures: Sequence[str] = ()) -> None:
        from latcomp.files.atomic import write_text
        from latcomp.page.sweep import page

        write_text(path, page(found))


DOCUMENTS.add(judging.SCHEMA)(
    Anchored("latcomp anchors check", judging.Judgement.from_json, tabled.judgement_page)
)
DOCUMENTS.add(sweeping.SCHEMA)(
    Sweeps("latcomp anchors sweep", sweeping.Sweep.from_json, tabled.sweep_page)
)
