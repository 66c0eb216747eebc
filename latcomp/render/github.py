"""Warnings and unmet gates as annotations that GitHub Actions shows beside a build."""

from __future__ import annotations

from latcomp import tabling
from latcomp.render import FOUND_RENDERINGS, RENDERINGS
from latcomp.tabling import Page, Shown


def github(report: Shown) -> str:
    """One workflow command per gate that is not met, per verdict and per warning."""
    lines = []
    for gate in report.gates:
        word, rest = tabling.gate_words(gate)
        command = "notice" if gate["met"] else "error"
        lines.append(f"::{command} title=latcomp gate {word}::{_data(rest)}")
    notices = map(tabling.plain, tabling.verdict(report))
    warnings = map(tabling.plain, report.warnings)
    lines += [f"::notice title=latcomp::{_data(line)}" for line in notices]
    lines += [f"::warning title=latcomp::{_data(text)}" for text in warnings]
    return "".join(f"{line}\n" for line in lines)


RENDERINGS.add("github")(github)


@FOUND_RENDERINGS.add("github")
def found_github(found: Shown, _page: Page) -> str:
    """The same of any document."""
    return github(found)


def _data(text: str) -> str:
    return text.replace("%", "%25")
