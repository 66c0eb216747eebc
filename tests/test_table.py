"""The table: whole on paper, in pages on a narrow screen, never cut off."""

import io

import pytest
from rich.console import Console

from latcomp import compare
from latcomp.layout import GAP, pages
from latcomp.render.terminal import render, show
from tests.data import alike
from tests.reference import REFERENCE


@pytest.fixture(scope="module")
def report():
    return compare(*alike(60, 5, 5), anchors=20, seeds=2, measures=list(REFERENCE))


def on_screen(report, width):
    screen = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    show(report, screen)
    return screen.file.getvalue().splitlines()


def words(lines):
    return {word for line in lines for word in line.split() if word.strip("─")}


@pytest.mark.parametrize("width", [200, 100, 80, 60])
def test_no_number_is_cut_off_or_wrapped_on_any_screen(report, width):
    lines = on_screen(report, width)
    everything = on_screen(report, 400)
    assert words(everything) <= words(lines)
    assert not any("…" in line for line in lines)
    rows = [line for line in lines if line.startswith("jaccard@10")]
    assert all(line.split()[1] in ("a->b", "b->a") for line in rows)


def test_a_narrow_screen_shows_relative_above_absolute(report):
    headers = [line.split() for line in on_screen(report, 80) if "measure" in line]
    assert len(headers) == 2
    assert "relative" in headers[0]
    assert "absolute" in headers[1]


def test_a_wide_screen_shows_them_side_by_side(report):
    assert sum("measure" in line for line in on_screen(report, 120)) == 1
    assert len(render(report)) == len(render(report, 120))


def test_every_column_stands_on_one_page_and_no_page_is_too_wide():
    columns = ["name", *(f"column{i}" for i in range(9))]
    rows = [["x" * 12, *("1" * i for i in range(9))]]
    for width in (30, 50, 1000):
        cut = pages(columns, rows, 1, width)
        assert [c for page in cut for c in page[1:]] == list(range(1, 10))
        for page in cut:
            wide = sum(max(len(columns[c]), len(rows[0][c])) + GAP for c in page) - GAP
            assert wide <= width or len(page) == 2
