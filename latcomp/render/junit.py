"""The gates of a report as JUnit XML: one test case per gate."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as Xml

from latcomp import tabling
from latcomp.render import RENDERINGS
from latcomp.report import Report

UNKNOWN_TIME = "1970-01-01T00:00:00"
"""The schema demands a time; reports written before it was kept have none."""


@RENDERINGS.add("junit")
def junit(report: Report) -> str:
    """A test suite that fails where a gate is not met; without gates it is empty.

    Elements and attributes are those of the schema of Ant's JUnit task, which most readers take.
    """
    lost = sum(gate["value"] is None for gate in report.gates)
    suite = Xml.Element(
        "testsuite",
        name="latcomp",
        timestamp=report.times.get("at", UNKNOWN_TIME),
        hostname="localhost",
        tests=str(len(report.gates)),
        failures=str(sum(not gate["met"] for gate in report.gates) - lost),
        errors=str(lost),
        time=f"{report.times['seconds']:.3f}",
    )
    properties = Xml.SubElement(suite, "properties")
    for name, value in report.environment.items():
        Xml.SubElement(properties, "property", name=name, value=tabling.plain(str(value)))
    for gate in report.gates:
        _case(suite, gate)
    Xml.SubElement(suite, "system-out").text = "\n".join(tabling.heading(report))
    warnings = map(tabling.plain, report.warnings)
    Xml.SubElement(suite, "system-err").text = "\n".join(warnings)
    Xml.indent(suite, " ")
    return f"<?xml version='1.0' encoding='utf-8'?>\n{Xml.tostring(suite, 'unicode')}\n"


def _case(suite: Xml.Element, gate: dict[str, Any]) -> None:
    name = tabling.plain(gate["rule"])
    case = Xml.SubElement(suite, "testcase", classname="latcomp.gates", name=name, time="0")
    word, rest = tabling.gate_words(gate)
    if gate["met"]:
        return
    kind = "error" if gate["value"] is None else "failure"
    Xml.SubElement(case, kind, type="gate", message=f"{word}: {rest}").text = rest
