"""The table: whole on paper, in pages on a narrow screen, never cut off."""

import io
import re
from collections import Counter

import pytest
from rich.console import Console

from latcomp import compare
from latcomp.layout import GAP, pages
from latcomp.render.terminal import render, show
from tests.data import alike


@pytest.fixture(scope="module")
def report():
    return compare(*alike(60, 5, 5), anchors=20, seeds=2, measures="all", permutations=9)


@pytest.fixture(scope="module")
def usual():
    return compare(*alike(60, 5, 5), anchors=20, seeds=2)


def on_screen(report, width):
    screen = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    show(report, screen)
    return screen.file.getvalue().splitlines()


def numbers(lines):
    """Every number in the table, as often as it is there."""
    table = lines[: next(i for i, line in enumerate(lines) if line.startswith("n/a  "))]
    return Counter(w for line in table for w in line.split() if re.fullmatch(r"-?\d+\.\d+", w))


@pytest.mark.parametrize("width", [200, 100, 80, 60])
def test_no_number_is_cut_off_or_wrapped_on_any_screen(report, width):
    lines = on_screen(report, width)
    everything = numbers(on_screen(report, 400))
    assert sum(everything.values()) > 300
    assert numbers(lines) == everything
    assert not any("…" in line for line in lines)
    assert all(len(line) <= width for line in lines)
    rows = [line for line in lines if line.startswith("jaccard@10")]
    assert all(line.split()[1] in ("a->b", "b->a") for line in rows)


def test_a_long_name_is_folded_and_can_still_be_read(report):
    lines = [line.split("   ")[0] for line in on_screen(report, 80)]
    at = lines.index("rsa(dissimilarity=correlation,")
    assert lines[at + 1].strip() == "comparison=spearman)"


def test_a_narrow_screen_shows_relative_above_absolute(usual):
    headers = [line.split() for line in on_screen(usual, 80) if "measure" in line]
    assert len(headers) == 2
    assert "relative" in headers[0]
    assert "absolute" in headers[1]


def test_a_wide_screen_shows_them_side_by_side(usual):
    assert sum("measure" in line for line in on_screen(usual, 120)) == 1
    assert len(render(usual)) == len(render(usual, 120))


def test_every_column_stands_on_one_page_and_no_page_is_too_wide():
    columns = ["name", *(f"column{i}" for i in range(9))]
    rows = [["x" * 12, *("1" * i for i in range(9))]]
    for width in (30, 50, 1000):
        cut = pages(columns, rows, 1, width)
        assert [c for page in cut for c in page[1:]] == list(range(1, 10))
        for page in cut:
            wide = sum(max(len(columns[c]), len(rows[0][c])) + GAP for c in page) - GAP
            assert wide <= width or len(page) == 2
