"""Pages: what they say, what they hold, and what they cost, without a browser."""

import base64
import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from shlex import split

import h5py
import numpy as np
import pytest
import torch

import latcomp
from latcomp.page.command import command
from latcomp.page.comparison import page
from latcomp.page.track import write_track_page
from latcomp.page.verdict import verdict
from latcomp.scoring.views import Views
from tests.commands import latcomp_command
from tests.data import alike, names, space

HOSTILE = [
    "</script><img src=x onerror=alert(1)>",
    "<!--<script>",
    "{{ 7 * 7 }}",
    "' onmouseover='alert(2)",
    "&lt;b&gt;",
    "\u2028line",
    "\u202eoverride",
    "<a href='javascript:alert(3)'>",
]


def compared(n=60, ids=None, measures="paper", views=None, **more):
    views = views or Views()
    a, b = alike(n, noise=0.3)
    report = latcomp.compare(
        a, b, anchors=10, seeds=2, k=5, ids=ids, measures=measures, extras=[views], **more
    )
    return report, views.picture


def data(html):
    """The JSON document of a page, as its scripts read it."""
    (text,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', html, re.S)
    return json.loads(text)


def unpack(packed):
    kind = {"Float32Array": "<f4", "Uint32Array": "<u4", "Uint16Array": "<u2"}[packed["type"]]
    return np.frombuffer(base64.b64decode(packed["base64"]), kind)


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Two files of 60 labelled items, some of whose names are attacks."""
    monkeypatch.chdir(tmp_path)
    ids = [*HOSTILE, *names(60)[len(HOSTILE) :]]
    labels = ["<i>one</i>" if i % 2 else "two" for i in range(60)]
    for name, vectors in zip(("a.h5", "b.h5"), alike(60, noise=0.3), strict=True):
        with h5py.File(name, "w") as file:
            file["embeddings"] = vectors
            file.create_dataset("ids", data=ids, dtype=h5py.string_dtype())
            file.create_dataset("labels", data=labels, dtype=h5py.string_dtype())
    return ids


def test_a_page_decodes_to_the_scores_of_the_report():
    report, picture = compared(exclude_anchors=True)
    held = data(page(report, picture))
    by_name = {column["name"]: column for column in held["views"]["scores"]}
    seen = 0
    for score in report.scores:
        where = f"[{score.direction}]" if score.direction else ""
        column = by_name.get(f"{score.space}.{score.label}{where}")
        if column is None or score.items != 60:
            continue
        steps = unpack(column["values"]).astype(float)
        values = column["low"] + steps / 65534 * (column["high"] - column["low"])
        assert values.mean() == pytest.approx(score.value, abs=1e-4)
        seen += 1
    assert seen >= 4
    drawn = {(entry["name"], entry["space"]): entry["value"] for entry in held["scores"]}
    assert drawn["cka", "relative"] == report.find("cka")[0].value


def test_an_item_without_a_score_has_none_in_the_page():
    a, b = alike(60, noise=0.3)
    views = Views()
    report = latcomp.compare(
        a, b, anchors=range(10), k=5, exclude_anchors=True, measures="jaccard", extras=[views]
    )
    column = data(page(report, views.picture))["views"]["scores"][0]
    assert (unpack(column["values"]) == 65535).nonzero()[0].tolist() == list(range(10))


def test_neighbours_in_the_page_are_those_of_a_sort():
    report, picture = compared(ids=names(60))
    views = data(page(report, picture))["views"]
    for vectors, packed in zip(alike(60, noise=0.3), views["near"], strict=True):
        unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        cosines = unit @ unit.T
        np.fill_diagonal(cosines, -np.inf)
        expected = np.argsort(-cosines, axis=1)[:, :5]
        assert unpack(packed).reshape(60, 5).tolist() == expected.tolist()
    assert views["names"] == names(60)


def test_a_rotated_and_rescaled_copy_lies_in_the_same_place():
    x = space(80, 6)
    turn = np.linalg.qr(space(6, 6, seed=1))[0]
    views = Views()
    latcomp.compare(x, 3 * x @ turn, anchors=20, seeds=1, k=5, extras=[views])
    np.testing.assert_allclose(views.picture.a, views.picture.b, atol=1e-6)


def test_axes_are_the_two_of_greatest_variance_of_both_spaces_together():
    views = Views()
    a, b = alike(80, noise=0.3)
    latcomp.compare(a, b, anchors=range(20), k=5, extras=[views])
    unit = [x / np.linalg.norm(x, axis=1, keepdims=True) for x in (a, b)]
    relative = [x @ x[:20].T for x in unit]
    centred = [x - x.mean(0) for x in relative]
    stacked = np.vstack([x / np.sqrt((x**2).sum(1).mean()) for x in centred])
    variances = np.linalg.svd(stacked, compute_uv=False)[:2] ** 2
    found = np.vstack([views.picture.a, views.picture.b])
    np.testing.assert_allclose((found**2).sum(0), variances, rtol=1e-5)


def test_umap_keeps_neighbours_together():
    pytest.importorskip("umap", reason="umap-learn is not installed")
    cluster = np.repeat([0, 1], 60)
    x = space(120, 6) + 20 * cluster[:, None]
    views = Views(by="umap")
    report = latcomp.compare(x, x, anchors=20, seeds=1, similarity="euclidean", extras=[views])
    for drawn in (views.picture.a, views.picture.b):
        nearest = np.linalg.norm(drawn[:, None] - drawn, axis=2) + np.diag([np.inf] * 120)
        assert (cluster[nearest.argmin(1)] == cluster).all()
    assert "both projected together by UMAP" in page(report, views.picture)


def test_more_items_than_are_drawn_are_sampled_and_the_page_says_so():
    drawn = [compared(views=Views(draw=20))[1].places.tolist() for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert len(set(drawn[0])) == 20
    report, picture = compared(views=Views(draw=20), ids=names(60))
    html = page(report, picture)
    assert "20 of 60 items are drawn, a sample by a fixed seed" in html
    views = data(html)["views"]
    near = [views["names"][i] for i in unpack(views["near"][0])[:5]]
    row = int(picture.places[0])
    assert near == [f"item-{i:03}" for i in picture.items.near[0][row].tolist()]


def test_spaces_without_common_axes_are_not_drawn_and_the_page_says_why():
    views = Views()
    a, b = space(40, 6), space(40, 9)
    report = latcomp.compare(a, b, anchors=None, k=5, measures="mutual-knn", extras=[views])
    html = page(report, views.picture)
    assert "vectors as saved, of 6 and 9 dimensions, have no axes in common" in html
    assert data(html)["views"]["axes"] == []


def test_names_and_labels_stay_text(files):
    command = ["compare", "a.h5", "b.h5", "--anchors", 10, "--k", 5, "--html", "r.html"]
    assert latcomp_command(*command, "--per-item", "i.csv", "--by", "label").exit_code == 0
    html = Path("r.html").read_text(encoding="utf-8")
    assert data(html)["views"]["names"] == files
    outside = re.sub(r"<script.*?</script>", "", html, flags=re.S)
    for attack in ("<img", "<i>one", "onmouseover='alert", "<a href='java"):
        assert attack not in outside
    assert html.count("</script>") == html.count("<script>") + 1


def test_the_policy_of_a_page_names_its_scripts_and_lets_nothing_be_fetched():
    html = page(compared()[0])
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', html)
    assert "default-src &#39;none&#39;" in policy or "default-src 'none'" in policy
    assert "connect-src" not in policy
    script = policy.partition("script-src")[2].partition(";")[0]
    assert "unsafe-inline" not in script
    assert script.count("sha256-") == html.count("<script>")


def test_a_page_of_20000_items_is_under_10_megabytes():
    """The scores and neighbours of 1,000 items twenty times over, under names of their own."""
    times, n = 20, 20_000
    report, picture = compared(1000)
    rows = torch.arange(n)
    columns = [
        replace(c, scores=c.scores.repeat(times), known=c.known.repeat(times))
        for c in picture.items.columns
    ]
    near = torch.from_numpy(np.random.default_rng(0).integers(0, n, (2, n, 10)))
    ids = [f"a-rather-long-name-{i:05}" for i in range(n)]
    items = replace(picture.items, rows=rows, names=ids, columns=columns, near=tuple(near))
    flat = np.random.default_rng(0).standard_normal((n, 2))
    whole = replace(picture, items=items, places=rows, total=n, a=flat, b=flat)
    assert len(page(report, whole).encode()) < 10e6


def test_the_verdict_follows_gates_then_the_word_on_versions_then_scores():
    report, _ = compared()
    assert verdict(report).headline.startswith("The two spaces agree")
    word = {"word": "drop-in", "because": ["why"], "found": {}, "thresholds": {}}
    versions = replace(report, verdict=word)
    assert verdict(versions).headline == "Two versions of one model: drop-in"
    gate = {"rule": "mrr>=2", "value": 0.5, "met": False}
    judged = replace(versions, gates=(gate,))
    assert verdict(judged).headline == "0 of 1 gates met"
    assert verdict(judged).tone == "poor"


def test_equal_spaces_agree_closely_and_unrelated_ones_no_more_than_chance():
    x = space(200, 8)
    same = latcomp.compare(x, x, anchors=50, seeds=1, k=5)
    assert verdict(same).headline == "The two spaces agree closely, seen from the anchors"
    other = latcomp.compare(x, space(200, 8, seed=7), anchors=50, seeds=1, k=5)
    assert verdict(other).headline.startswith("The two spaces agree no more than chance")


def test_spaces_that_share_little_agree_more_than_chance():
    x, noise = space(400, 20), space(400, 20, seed=7)
    report = latcomp.compare(x, x + 3 * noise, anchors=50, seeds=3)
    assert verdict(report).headline.startswith("The two spaces agree very little, but more than")


def test_the_command_of_a_page_makes_the_same_scores_again(files):
    first = ["compare", "a.h5", "b.h5", "--anchors", 10, "--seeds", 2, "--k", 5, "--queries", 30]
    more = ["--seed", 3, "--center", "--exclude-anchors", "--measures", "jaccard@3,cka,mrr"]
    assert latcomp_command(*first, *more, "--json", "one.json").exit_code == 0
    one = latcomp.read_report(Path("one.json"))
    assert latcomp_command(*split(command(one))[1:], "--json", "two.json").exit_code == 0
    assert latcomp.read_report(Path("two.json")).scores == one.scores


def test_the_command_of_a_page_names_the_files_of_queries(files):
    for side in "ab":
        assert (
            latcomp_command("convert", f"{side}.h5", f"q{side}.npy", "--limit", 20).exit_code == 0
        )
    asked = ["--query-file", "qa.npy", "qb.npy", "--measures", "mrr", "--match", "position"]
    first = ["compare", "a.h5", "b.h5", "--anchors", 10, "--seeds", 2, "--k", 5, *asked]
    assert latcomp_command(*first, "--json", "one.json").exit_code == 0
    one = latcomp.read_report(Path("one.json"))
    assert latcomp_command(*split(command(one))[1:], "--json", "two.json").exit_code == 0
    two = latcomp.read_report(Path("two.json"))
    assert two.scores == one.scores
    assert any(score.measure == "query-jaccard" for score in two.scores if score.value is not None)


def test_arrays_have_no_command_that_makes_their_scores_again():
    report, _ = compared()
    assert command(report) is None
    assert "No command makes them again" in page(report)


def test_a_matrix_gives_a_page_with_every_measure_in_it(files):
    assert latcomp_command("convert", "a.h5", "c.npy").exit_code == 0
    spaces = ["matrix", "a.h5", "b.h5", "c.npy", "--match", "position", "--anchors", 10]
    more = ["--measures", "cka,mrr", "--k", 5, "--seeds", 2, "--json", "m.json"]
    assert latcomp_command(*spaces, *more, "--html", "m.html").exit_code == 0
    html = Path("m.html").read_text(encoding="utf-8")
    matrix = latcomp.read_matrix(Path("m.json"))
    for grid in data(html)["grids"]:
        label, space = grid["name"].split(", ")[:2]
        for row, line in zip(grid["rows"], grid["values"], strict=True):
            for column, value in zip(grid["columns"], line, strict=True):
                at = [grid["names"].index(name) for name in (row, column)]
                score = matrix.find(*at, label, space)
                assert value == (None if score is None else score.value)
    assert latcomp_command("show", "m.json", "--html", "again.html").exit_code == 0
    assert data(Path("again.html").read_text(encoding="utf-8")) == data(html)


def tracked():
    """A document of two runs, as `latcomp track --json` writes it."""
    facts = {"path": "r.npy", "dataset": None, "shape": [9, 2], "dtype": "float32", "digest": "d"}
    values = {"r1": (0.2, 0.4, 0.6), "r2": (0.3, 0.5, None)}
    checkpoints = [
        {
            "name": f"<b>{run}-{epoch}</b>",
            "input": facts,
            "scores": [{"measure": "cka", "space": "absolute", "value": value, "better": "higher"}],
            "score": 0.1 * epoch,
            "run": run,
            "epoch": float(epoch),
        }
        for run in values
        for epoch, value in enumerate(values[run])
    ]
    one = {"measure": "cka", "space": "absolute", "over": "within-run", "n": 2}
    return {
        "schema": "latcomp/track/1",
        "reference": facts,
        "checkpoints": checkpoints,
        "correlations": [
            {**one, "coefficient": "pearson", "value": 1.0},
            {**one, "coefficient": "spearman", "value": 0.5},
        ],
        "matching": {"by": "id", "items": 9},
        "anchors": {"count": 3, "strategy": "uniform"},
        "similarity": {"name": "cosine"},
        "protocol": {"within-run": "mean over runs"},
        "environment": {"latcomp": "0"},
        "warnings": [],
        "gates": [],
    }


def test_tracked_checkpoints_give_a_page_with_a_line_for_each_run(tmp_path):
    write_track_page(tracked(), tmp_path / "t.html")
    html = (tmp_path / "t.html").read_text(encoding="utf-8")
    likeness, beside = data(html)["panels"]
    assert [(line["x"], line["y"]) for line in likeness["lines"]] == [
        ([0, 1, 2], [0.2, 0.4, 0.6]),
        ([0, 1], [0.3, 0.5]),
    ]
    assert [line["y"] for line in beside["lines"]] == [[0.0, 0.1, 0.2], [0.0, 0.1]]
    words = "Most alike, by cka, absolute: &lt;b&gt;r1-2&lt;/b&gt; (0.600); least: &lt;b&gt;r1-0"
    assert words in html
    assert "have a pearson correlation of 1.000, over 2 runs" in html


def test_a_saved_report_gives_a_page_without_the_items_and_says_why(files):
    assert (
        latcomp_command("compare", "a.h5", "b.h5", "--anchors", 10, "--json", "r.json").exit_code
        == 0
    )
    result = latcomp_command("show", "r.json", "--html", "r.html")
    assert (result.exit_code, result.stdout) == (0, "")
    html = Path("r.html").read_text(encoding="utf-8")
    assert "A saved report holds scores, not vectors" in html
    assert data(html)["views"] is None


def test_a_sweep_gives_a_page_with_its_figures(files):
    command = ["anchors", "sweep", "a.h5", "b.h5", "--counts", "5,10,20", "--k", 5]
    assert latcomp_command(*command, "--html", "s.html", "--json", "s.json").exit_code == 0
    found = json.loads(Path("s.json").read_text(encoding="utf-8"))
    panels = data(Path("s.html").read_text(encoding="utf-8"))["panels"]
    for label, panel in zip(found["enough"], panels, strict=True):
        (line,) = panel["lines"]
        assert line["x"] == [5, 10, 20]
        assert line["y"] == [setting["values"][label] for setting in found["settings"]]


WRONG = [
    ("compare a.h5 b.h5 --html r.pdf", 2, "a page is written as .html, found r.pdf"),
    ("compare a.h5 b.h5 --html nowhere/r.html", 3, "there is no folder nowhere"),
    ("compare a.h5 b.h5 --html r.html --projection tsne", 2, "unknown projection 'tsne'"),
]


@pytest.mark.parametrize(("line", "code", "words"), WRONG, ids=[row[0] for row in WRONG])
def test_what_cannot_be_a_page_is_said_before_any_work(files, line, code, words):
    result = latcomp_command(*line.split())
    assert result.exit_code == code
    assert words in result.stderr


MISSING = [
    ("jinja2", "", "a page needs the package jinja2, which is not installed", "html"),
    ("plotly", "", "a page needs the package plotly, which is not installed", "html"),
    ("umap", "--projection umap", "the projection umap needs the package umap, which is", "umap"),
]


@pytest.mark.parametrize(("module", "more", "words", "extra"), MISSING, ids=lambda v: str(v)[:12])
def test_a_missing_package_is_said_with_the_line_that_installs_it(
    files, module, more, words, extra, monkeypatch
):
    monkeypatch.setitem(sys.modules, module, None)
    result = latcomp_command(*f"compare a.h5 b.h5 --html r.html {more}".split())
    assert result.exit_code == 3
    assert words in result.stderr
    assert f"pip install 'latcomp[{extra}]'" in result.stderr
    assert not Path("r.html").exists()


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


def test_every_colour_of_text_stands_out_from_its_ground_in_both_schemes():
    style = (Path(latcomp.__file__).parent / "page" / "page.css").read_text(encoding="utf-8")
    schemes = re.findall(r":root[^{]*{([^}]*--ground:.*?)}", style, re.S)
    assert len(schemes) == 2
    for scheme in schemes:
        colours = dict(re.findall(r"--(\w+): (#\w{6});", scheme))
        for ground in ("ground", "raised"):
            for ink in ("text", "faint", "link", "good", "fair", "poor"):
                pair = sorted((luminance(colours[ink]), luminance(colours[ground])))
                assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5, (ink, ground)
