"""What becomes of a matrix: tables, JSON, CSV, a picture, a page."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from latcomp.cli.output import TABLE, prepare, put, stdout
from latcomp.files.atomic import check_apart, check_writable, write_text
from latcomp.matrices.document import Matrix
from latcomp.matrices.journal import journal_beside
from latcomp.matrices.viewing import ALL, SPACES, chosen, find_kind
from latcomp.render import MATRIX_RENDERINGS, terminal

if TYPE_CHECKING:
    from latcomp.measures import Measure


@dataclass(frozen=True)
class Delivery:
    """Where a matrix goes, and which measures of it are shown in full."""

    json: str | None
    csv: Path | None
    plot: Path | None
    html: Path | None
    show: tuple[str, ...]
    quiet: bool

    @property
    def journal(self) -> Path | None:
        """Where a run that is stopped leaves the pairs that are done."""
        return None if self.json in (None, "-") else journal_beside(Path(str(self.json))).path

    def prepare(self, sources: Iterable[str | None], measures: Sequence[Measure]) -> None:
        """Refuse what cannot be shown or written, or is read, before any work is done."""
        known = [(str(measure), space) for measure in measures for space in SPACES]
        for text in self.show:
            if text != ALL:
                find_kind(text, known)
        read = list(sources)
        prepare(self.json, sources=read, html=self.html)
        for path in (self.csv, self.plot):
            if path is not None:
                check_writable(path)
                check_apart(path, read)
        if self.plot is not None:
            from latcomp.render.matrixplot import SUFFIXES
            from latcomp.render.pictures import check_plot

            check_plot(self.plot, SUFFIXES)

    def deliver(self, matrix: Matrix) -> None:
        """Write the files that were asked for, and show the tables on stdout."""
        put(matrix.to_json(), self.json)
        if self.journal is not None:
            self.journal.unlink(missing_ok=True)
        if self.csv is not None:
            write_text(self.csv, MATRIX_RENDERINGS["csv"](matrix))
        if self.plot is not None:
            self._draw(matrix, self.plot)
        if self.html is not None:
            from latcomp.page.matrix import write_matrix_page

            write_matrix_page(matrix, self.html, self.show)
        if self.json != "-" and not self.quiet:
            present_matrix(matrix, TABLE, self.show)

    def _draw(self, matrix: Matrix, path: Path) -> None:
        from latcomp.render.matrixplot import plot_matrix

        grid = chosen(matrix, self.show)[0]
        reason = plot_matrix(matrix, grid, path)
        if reason is not None and matrix.square:
            print(f"warning: {path} shows no clusters: {reason}", file=sys.stderr)


def present_matrix(matrix: Matrix, form: str, show: Sequence[str]) -> None:
    """Show a matrix on stdout: as tables that know the terminal, or in another form."""
    if form == TABLE:
        terminal.show_matrix(matrix, chosen(matrix, show), stdout())
    else:
        sys.stdout.write(MATRIX_RENDERINGS[form](matrix))
