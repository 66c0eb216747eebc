"""The scores of a report as a LaTeX table, for the booktabs package."""

from __future__ import annotations

from latcomp import tabling
from latcomp.render import RENDERINGS
from latcomp.report import Report

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': "''",
}  # fmt: skip


@RENDERINGS.add("latex")
def latex(report: Report) -> str:
    """The scores as a tabular; how they were made stands above it as comments."""
    table = tabling.scores(report)
    notes = [f"% {line}" for line in (*tabling.heading(report), *tabling.legend(report))]
    layout = "l" * table.texts + "r" * (len(table.columns) - table.texts)
    rows = [" & ".join(map(escape, row)) + r" \\" for row in table.rows]
    lines = [
        *notes,
        rf"\begin{{tabular}}{{{layout}}}",
        r"\toprule",
        " & ".join(map(escape, table.columns)) + r" \\",
        r"\midrule",
        *rows,
        r"\bottomrule",
        r"\end{tabular}",
    ]
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    r"""Text that LaTeX sets as it is.

    >>> escape("50% a_b")
    '50\\% a\\_b'
    """
    arrows = tabling.plain(text).replace("->", "\0").replace("+-", "\1")
    shown = "".join(_SPECIAL.get(c, c) for c in arrows)
    return shown.replace("\0", r"$\rightarrow$").replace("\1", r"$\pm$")
