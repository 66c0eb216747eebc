"""Every rendering shows the same numbers, whatever ids and paths look like."""

import csv
import io
import json
import re
import xml.etree.ElementTree as Xml
from dataclasses import replace
from pathlib import Path

import h5py
import markdown_it
import numpy as np
import pytest
import xmlschema

import latcomp
from latcomp.gates.rules import judge, parse_rule
from latcomp.render import RENDERINGS
from latcomp.tabling import number
from tests.simulations import alike, compare_alike

NASTY = [
    'a,"b"',
    "line\nbreak",
    "<b>&amp;</b>",
    "| *x* _y_ `z` |",
    "\x1b[31mred\x07",
    "%0A::error::",
    "{\\bf $x$}~^",
    "@everyone #1 [l](u)",
    "ünïcödé\u202e",
    "'; --",
]


@pytest.fixture(scope="module")
def report():
    made = compare_alike(1, ["jaccard", "mrr", "cka"], permutations=19)
    return judge(made, [parse_rule("mrr>=0"), parse_rule("mrr>=2"), parse_rule("rsa>=0")])


@pytest.fixture(scope="module")
def nasty(tmp_path_factory):
    a, b = alike(2, 60)
    folder = tmp_path_factory.mktemp("n<a>st&y,'|`$%")
    ids = [NASTY[i] if i < len(NASTY) else f"item {i}" for i in range(60)]
    for name, vectors in (("a", a), ("b", b)):
        with h5py.File(folder / f"{name}.h5", "w") as file:
            file["embeddings"] = vectors
            file.create_dataset("ids", data=ids, dtype=h5py.string_dtype())
            file.create_dataset("labels", data=ids[:10] * 6, dtype=h5py.string_dtype())
    made = latcomp.compare(
        folder / "a.h5", folder / "b.h5", anchors=10, seeds=2, k=5,
        extras=[latcomp.PerItem(by="label")],
    )  # fmt: skip
    first = [dict(line, id=text) for line, text in zip(made.items["most"], NASTY, strict=True)]
    made = replace(made, items={**made.items, "most": first}, warnings=tuple(NASTY))
    rules = [parse_rule("mrr>=0"), parse_rule("mrr>=2")]
    gates = [{**gate, "rule": text} for gate in judge(made, rules).gates for text in NASTY]
    return replace(made, gates=tuple(gates))


def shown_numbers(report):
    return {number(score.value) for score in report.scores if score.value is not None}


@pytest.mark.parametrize("form", ["terminal", "markdown", "latex"])
def test_tables_show_every_score(report, form):
    text = RENDERINGS[form](report)
    for shown in shown_numbers(report):
        assert shown in text


def test_csv_and_json_lines_hold_every_number_in_full(report):
    values = [score.value for score in report.scores]
    rows = list(csv.DictReader(io.StringIO(RENDERINGS["csv"](report))))
    assert [float(row["value"]) for row in rows] == values
    assert [float(row["p"]) for row in rows] == [score.null["p"] for score in report.scores]
    lines = [json.loads(line) for line in RENDERINGS["jsonlines"](report).splitlines()]
    assert [line["value"] for line in lines if line["kind"] == "score"] == values
    assert [line["rule"] for line in lines if line["kind"] == "gate"] == [
        "mrr>=0",
        "mrr>=2",
        "rsa>=0",
    ]


def test_json_lines_say_nothing_of_a_limit_that_there_is_not():
    made = latcomp.compare(*alike(3, 60), anchors=10, measures="mean-rank", seeds=1)
    first = json.loads(RENDERINGS["jsonlines"](made).splitlines()[0])
    assert first["range"] == [1.0, None]


def test_json_is_the_report(report):
    assert RENDERINGS["json"](report) == report.to_json()


@pytest.mark.parametrize("which", ["report", "nasty"])
@pytest.mark.parametrize("name", ["junit-10.xsd", "ant-junit.xsd"])
def test_junit_is_valid_under_the_schema_of_jenkins_and_that_of_ant(request, name, which):
    """The schema of Jenkins as pytest ships it (MIT), and Ant's, which demands more, restated."""
    schema = xmlschema.XMLSchema(Path(__file__).parent / "schemas" / name)
    schema.validate(RENDERINGS["junit"](request.getfixturevalue(which)))


@pytest.mark.parametrize("name", ["junit-10.xsd", "ant-junit.xsd"])
def test_the_schemas_of_junit_refuse_what_is_none(report, name):
    schema = xmlschema.XMLSchema(Path(__file__).parent / "schemas" / name)
    wrong = RENDERINGS["junit"](report).replace("testcase", "case")
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        schema.validate(wrong)


def test_junit_has_one_case_per_gate(report):
    suite = Xml.fromstring(RENDERINGS["junit"](report))
    assert [suite.get(name) for name in ("tests", "failures", "errors")] == ["3", "1", "1"]
    assert [[child.tag for child in case] for case in suite.iter("testcase")] == [
        [], ["failure"], ["error"]
    ]  # fmt: skip


def test_github_annotations_are_one_line_each(nasty):
    lines = RENDERINGS["github"](nasty).splitlines()
    assert len(lines) == len(nasty.gates) + len(nasty.warnings)
    assert all(re.match(r"::(notice|error|warning) title=[^:]*::", line) for line in lines)
    assert not any("\x1b" in line for line in lines)


def test_markdown_tables_keep_their_columns_and_hold_no_markup(nasty):
    parser = markdown_it.MarkdownIt("gfm-like", {"linkify": False})
    tokens = parser.parse(RENDERINGS["markdown"](nasty))
    widths, inline = [], []
    for token in tokens:
        if token.type == "tr_open":
            widths.append(0)
        widths[-1:] = [widths[-1] + (token.type in ("th_open", "td_open"))] if widths else []
        inline += [child.type for child in token.children or []]
    tables = RENDERINGS["markdown"](nasty).count("| :-- |")
    assert tables >= 4
    assert len(set(widths)) <= tables
    assert {"html_inline", "em_open", "link_open", "code_inline", "image"}.isdisjoint(inline)


def test_markdown_shows_ids_as_they_are(nasty):
    parser = markdown_it.MarkdownIt("gfm-like", {"linkify": False})
    cells = [
        "".join(child.content for child in token.children)
        for token in parser.parse(RENDERINGS["markdown"](nasty))
        if token.type == "inline"
    ]
    for text in ('a,"b"', "<b>&amp;</b>", "@everyone #1 [l](u)", "| *x* _y_ `z` |"):
        assert text in cells


@pytest.mark.parametrize("form", ["terminal", "gates", "markdown", "latex", "junit", "github"])
def test_no_control_character_reaches_a_reader(nasty, form):
    text = RENDERINGS[form](nasty)
    assert {c for c in text if not c.isprintable()} <= {"\n"}


def test_latex_keeps_its_columns(nasty):
    rows = [line for line in RENDERINGS["latex"](nasty).splitlines() if line.endswith(r" \\")]
    assert len({row.replace(r"\&", "").count("&") for row in rows}) == 1


def test_an_anchor_free_report_is_shown_too():
    made = latcomp.compare(*alike(3, 60), anchors=None, measures="cka,mrr", k=5)
    for name, rendering in RENDERINGS.items():
        if name not in ("gates", "github"):
            assert rendering(made)
    assert "no anchors: vectors as saved; k = 5" in RENDERINGS["terminal"](made)
    assert np.isfinite(made.scores[0].value)
