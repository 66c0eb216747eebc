"""Which items moved, by file, by table and by label."""

import csv
import json
from pathlib import Path

import h5py
import numpy as np
import pyarrow.parquet as pq
import pytest

import latcomp
from latcomp.errors import UsageError
from tests.commands import latcomp_command
from tests.simulations import alike

IDS = ['a,"b"', "line\nbreak", "tab\there", "", "<b>", "\x1b[31m", "a|b", "ünï", "%", "=1+1"]


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Two spaces of 60 items of which items 50 to 59 were moved elsewhere."""
    monkeypatch.chdir(tmp_path)
    a, _ = alike(0, 60)
    b = a + 0.01 * np.random.default_rng(1).standard_normal(a.shape)
    b[50:] = np.random.default_rng(2).standard_normal(b[50:].shape)
    ids = [*IDS, *(f"item {i}" for i in range(10, 60))]
    labels = ["kept"] * 50 + ["moved"] * 10
    for name, vectors in (("a.h5", a), ("b.h5", b)):
        with h5py.File(name, "w") as file:
            file["embeddings"] = vectors
            file.create_dataset("ids", data=ids, dtype=h5py.string_dtype())
            file.create_dataset("labels", data=labels, dtype=h5py.string_dtype())
    return a, b, ids


def asked(name, *more):
    base = ["compare", "a.h5", "b.h5", "--anchors", 10, "--seeds", 2, "--k", 5, "--json", "r.json"]
    result = latcomp_command(*base, "--per-item", name, *more)
    assert result.exit_code == 0, result.stderr
    return result


def read_csv(name):
    with Path(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_means_of_the_file_are_the_scores_of_the_report(files):
    asked("items.csv")
    report = latcomp.read_report(Path("r.json"))
    rows = read_csv("items.csv")
    for score in report.scores:
        if score.measure == "cka":
            continue
        where = f"[{score.direction}]" if score.direction else ""
        column = [float(row[f"{score.space}.{score.label}{where}"]) for row in rows]
        assert np.mean(column) == pytest.approx(score.value)


def test_ids_survive_every_format(files):
    for name in ("items.csv", "items.parquet", "items.h5"):
        asked(name)
    ids = files[2]
    assert [row["id"] for row in read_csv("items.csv")] == ids
    assert pq.read_table("items.parquet").column("id").to_pylist() == ids
    with h5py.File("items.h5") as file:
        assert [text.decode() for text in file["id"][:]] == ids


def test_all_formats_hold_the_same_numbers(files):
    for name in ("items.csv", "items.parquet", "items.h5"):
        asked(name)
    name = "absolute.mutual-knn@5"
    numbers = [float(row[name]) for row in read_csv("items.csv")]
    assert pq.read_table("items.parquet").column(name).to_pylist() == numbers
    with h5py.File("items.h5") as file:
        assert file[name][:].tolist() == numbers


def test_lost_and_gained_neighbours_are_those_of_a_sort(files):
    asked("items.parquet")
    a, b, ids = files
    table = pq.read_table("items.parquet")

    def near(x, row):
        unit = x / np.linalg.norm(x, axis=1, keepdims=True)
        return [i for i in np.argsort(-(unit @ unit[row])) if i != row][:5]

    for row in (0, 20, 55):
        old, new = near(a, row), near(b, row)
        assert table.column("neighbours_lost")[row].as_py() == [ids[i] for i in old if i not in new]
        assert table.column("neighbours_gained")[row].as_py() == [
            ids[i] for i in new if i not in old
        ]


def test_the_items_that_moved_are_named(files):
    result = asked("items.csv")
    report = json.loads(Path("r.json").read_text(encoding="utf-8"))
    most = {line["id"] for line in report["items"]["most"]}
    least = {line["id"] for line in report["items"]["least"]}
    assert len(most & {f"item {i}" for i in range(50, 60)}) >= 8
    assert not least & {f"item {i}" for i in range(50, 60)}
    assert "moved most, by relative.jaccard@5" in result.stdout


def test_labels_break_every_per_item_measure_down(files):
    result = asked("items.csv", "--by", "label")
    report = latcomp.read_report(Path("r.json"))
    rows = read_csv("items.csv")
    for entry in report.labels:
        where = f"[{entry['direction']}]" if entry.get("direction") else ""
        name = f"{entry['space']}.{entry['measure']}{where}"
        mine = [float(row[name]) for row in rows if row["label"] == entry["label"]]
        assert entry["items"] == len(mine)
        assert entry["value"] == pytest.approx(np.mean(mine))
        assert entry["interval"][0] <= entry["value"] <= entry["interval"][1]
    assert {entry["label"] for entry in report.labels} == {"kept", "moved"}
    assert "by label, relative" in result.stdout


def test_anchors_that_are_not_scored_have_no_number(files):
    a, b, _ = files
    path = Path("items.csv")
    latcomp.compare(
        a, b, anchors=range(10), k=5, exclude_anchors=True, extras=[latcomp.PerItem(path)]
    )
    column = [row["relative.mrr@5[a->b]"] for row in read_csv(path)]
    assert column[:10] == [""] * 10
    assert "" not in column[10:]


WRONG = [
    (["--per-item", "items.xlsx"], 2, "per-item scores are written as .csv, .h5, .parquet"),
    (["--per-item", "nowhere/items.csv"], 3, "there is no folder nowhere"),
    (["--by", "colour"], 2, "scores are broken down by label, found 'colour'"),
    (["--per-item", "items.csv", "--measures", "cka"], 2, "no measure of this run has per-item"),
]


@pytest.mark.parametrize(("more", "code", "words"), WRONG, ids=lambda value: str(value)[:30])
def test_what_cannot_be_done_is_said(files, more, code, words):
    result = latcomp_command("compare", "a.h5", "b.h5", "--anchors", 10, *more)
    assert result.exit_code == code
    assert words in result.stderr


def test_by_label_needs_labels():
    with pytest.raises(latcomp.InputError, match="needs labels, and neither file has any"):
        latcomp.compare(*alike(0, 60), anchors=10, extras=[latcomp.PerItem(by="label")])


def test_an_unknown_breakdown_is_refused_before_any_work():
    with pytest.raises(UsageError):
        latcomp.PerItem(by="id")
