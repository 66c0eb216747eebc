"""A report as Markdown: a comment on a pull request, or the summary of a build."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from latcomp import tabling
from latcomp.matrices import wording
from latcomp.matrices.document import Matrix
from latcomp.matrices.viewing import chosen
from latcomp.render import FOUND_RENDERINGS, MATRIX_RENDERINGS, RENDERINGS
from latcomp.report import Report


@RENDERINGS.add("markdown")
def markdown(report: Report) -> str:
    """Gates first, then the scores, then how they were made."""
    return "\n".join(_lines(report)) + "\n"


@MATRIX_RENDERINGS.add("markdown")
def matrix_markdown(matrix: Matrix) -> str:
    """Gates first, then every measure in short, the first one in full, and how they were made."""
    return "\n".join(_matrix_lines(matrix)) + "\n"


@FOUND_RENDERINGS.add("markdown")
def found_markdown(found: tabling.Shown, page: tabling.Page) -> str:
    """Gates first, then the verdict, every table, and how the numbers were made."""
    return "\n".join(_found_lines(found, page)) + "\n"


def _found_lines(found: tabling.Shown, page: tabling.Page) -> Iterator[str]:
    yield f"### latcomp: {_title(found.gates, 'what was found')}"
    yield ""
    yield from _gates(found.gates)
    word, *because = [*tabling.verdict(found)] or [""]
    yield from [f"**{escape(word)}**\n"] if word else []
    yield from (f"- {escape(line.strip())}" for line in because)
    yield from [""] if because else []
    for place, table in enumerate(page.tables):
        yield from [""] if place else []
        yield from [f"**{escape(table.caption)}**\n"] if table.caption else []
        yield from _table(table)
    yield from _made(found.warnings, [*page.heading, *page.legend])


def _matrix_lines(matrix: Matrix) -> Iterator[str]:
    yield f"### latcomp: {_title(matrix.gates, f'{len(matrix.spaces)} spaces compared')}"
    yield ""
    yield from _gates(matrix.gates)
    yield from _table(wording.summary(matrix))
    shown = chosen(matrix, [])
    for grid in shown:
        content = wording.table(matrix, grid)
        yield f"\n**{escape(content.caption)}**\n"
        yield from _table(content)
    yield from _made(matrix.warnings, [*wording.heading(matrix), *wording.legend(shown)])


def _lines(report: Report) -> Iterator[str]:
    yield f"### latcomp: {_title(report.gates, 'two spaces compared')}"
    yield ""
    yield from _gates(report.gates)
    for line in tabling.verdict(report):
        yield f"**{escape(line)}**\n"
    yield from _table(tabling.scores(report))
    for table in tabling.extras(report):
        yield f"\n**{escape(table.caption)}**\n"
        yield from _table(table)
    yield from _made(report.warnings, [*tabling.heading(report), *tabling.legend(report)])


def _made(warnings: Sequence[str], lines: Sequence[str]) -> Iterator[str]:
    """Warnings in sight, and how the numbers were made behind a summary."""
    for text in warnings:
        yield f"\n> ⚠️ {escape(tabling.plain(text))}"
    yield "\n<details><summary>How these numbers were made</summary>\n"
    for line in lines:
        yield f"{escape(line)}  "
    yield "\n</details>"


def _gates(gates: Sequence[dict[str, Any]]) -> Iterator[str]:
    for gate in gates:
        word, rest = tabling.gate_words(gate)
        yield f"- {'✅' if gate['met'] else '❌'} **{word}** {escape(rest)}"
    if gates:
        yield ""


def _title(gates: Sequence[dict[str, Any]], otherwise: str) -> str:
    if not gates:
        return otherwise
    met = sum(gate["met"] for gate in gates)
    return f"{met} of {len(gates)} gates met"


def _table(table: tabling.Table) -> Iterator[str]:
    yield f"| {' | '.join(map(escape, table.columns))} |"
    marks = [":--" if place < table.texts else "--:" for place in range(len(table.columns))]
    yield f"| {' | '.join(marks)} |"
    for row in table.rows:
        yield f"| {' | '.join(map(escape, row))} |"


def escape(text: str) -> str:
    r"""Text that Markdown shows as it is, in a table and out of it; `@` calls nobody.

    >>> escape("a|b <i> *c* @me")
    'a\\|b &lt;i&gt; \\*c\\* &#64;me'
    """
    text = re.sub(r"([\\`*_{}\[\]#|~])", r"\\\1", tabling.plain(text).replace("&", "&amp;"))
    return text.replace("<", "&lt;").replace(">", "&gt;").replace("@", "&#64;")
