"""A report as Markdown: a comment on a pull request, or the summary of a build."""

from __future__ import annotations

import re
from collections.abc import Iterator

from latcomp import tabling
from latcomp.render import RENDERINGS
from latcomp.report import Report


@RENDERINGS.add("markdown")
def markdown(report: Report) -> str:
    """Gates first, then the scores, then how they were made."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"### latcomp: {_title(report)}"
    yield ""
    for gate in report.gates:
        word, rest = tabling.gate_words(gate)
        yield f"- {'✅' if gate['met'] else '❌'} **{word}** {escape(rest)}"
    if report.gates:
        yield ""
    for line in tabling.verdict(report):
        yield f"**{escape(line)}**\n"
    yield from _table(tabling.scores(report))
    for table in tabling.extras(report):
        yield f"\n**{escape(table.caption)}**\n"
        yield from _table(table)
    for text in report.warnings:
        yield f"\n> ⚠️ {escape(tabling.plain(text))}"
    yield "\n<details><summary>How these numbers were made</summary>\n"
    for line in (*tabling.heading(report), *tabling.legend(report)):
        yield f"{escape(line)}  "
    yield "\n</details>"


def _title(report: Report) -> str:
    if not report.gates:
        return "two spaces compared"
    met = sum(gate["met"] for gate in report.gates)
    return f"{met} of {len(report.gates)} gates met"


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
