"""What is made of a matrix: clusters, a map, tables, gates, pictures, files."""

import csv
import json
import struct
from pathlib import Path
from xml.etree import ElementTree

import h5py
import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster
from scipy.spatial.distance import pdist, squareform

from latcomp import InputError, UsageError, matrix, read_matrix
from latcomp.gates.matrixrules import judge_matrix, parse_matrix_rule
from latcomp.loading.expanding import expand
from latcomp.matrices import wording
from latcomp.matrices.arranging import clusters, distances, placed
from latcomp.matrices.viewing import chosen, grid, short_names
from latcomp.render import MATRIX_RENDERINGS
from latcomp.render.matrixplot import plot_matrix
from tests.data import alike, names, rotation, space

OPTIONS = {"anchors": 20, "seeds": 2}


@pytest.fixture(scope="module")
def two_kinds():
    """Rotated copies of two unrelated spaces, in turn: x, y, x, y, x, y."""
    kinds = space(80, 6, 0), space(80, 6, 1)
    spaces = {
        f"run/{'xy'[i % 2]}{i}.npy": (1 + i) * kinds[i % 2] @ rotation(6, i) for i in range(6)
    }
    return matrix(spaces, measures="mrr,cka,procrustes", **OPTIONS)


@pytest.mark.parametrize("label", ["mrr@10", "cka", "procrustes"])
def test_rotated_copies_cluster_together(two_kinds, label):
    apart = distances(two_kinds, label, "relative")
    np.testing.assert_allclose(apart[0, [2, 4]], 0, atol=1e-6)
    found = clusters(apart)
    kind = fcluster(found.links, 2, "maxclust")
    assert len({*kind[::2]}) == len({*kind[1::2]}) == 1
    assert kind[0] != kind[1]
    assert {i % 2 for i in found.order[:3]} != {i % 2 for i in found.order[3:]}
    points = placed(apart)
    assert np.linalg.norm(points[0] - points[2]) < 0.05 * np.linalg.norm(points[0] - points[1])


def test_the_map_keeps_distances_of_a_plane():
    points = space(9, 2, 3)
    np.testing.assert_allclose(pdist(placed(squareform(pdist(points)))), pdist(points), atol=1e-3)


def test_distances_are_how_far_the_mean_of_both_directions_is_from_the_best(two_kinds):
    apart = distances(two_kinds, "mrr@10", "absolute")
    both = [two_kinds.find(*pair, "mrr@10", "absolute").value for pair in ((0, 1), (1, 0))]
    assert apart[0, 1] == apart[1, 0] == pytest.approx(1 - np.mean(both))


def test_what_has_no_best_value_or_none_at_all_gives_no_distance():
    x, y = alike(40, 5, 3)
    found = matrix([x, y], measures="cosine,r2-in-sample", **OPTIONS)
    with pytest.raises(InputError, match="needs equal dimensions"):
        distances(found, "cosine", "absolute")


@pytest.mark.parametrize(
    ("rule", "met"),
    [
        ("min(cka)>=0.99", False),
        ("max(cka)>=0.99", True),
        ("mean(cka)>0.3", True),
        ("cka>=0.99", False),
        ("cka[x0->x2]>=0.99", True),
        ("cka[run/x0.npy -> run/x4.npy] >= 0.99", True),
        ("cka[x0->y1]>=0.99", False),
        ("absolute.mrr@10[x0->x2]<=0.5", True),
        ("max(relative.procrustes)<0.01", False),
        ("procrustes<0.01", False),
    ],
)
def test_gates_hold_over_all_pairs_or_one(two_kinds, rule, met):
    judged = judge_matrix(two_kinds, [parse_matrix_rule(rule)])
    assert judged.gates[0]["met"] is met
    assert judged.gates[0]["rule"] == rule


def test_a_gate_says_which_pair_decided(two_kinds):
    gate = judge_matrix(two_kinds, [parse_matrix_rule("max(cka)>=0.5")]).gates[0]
    first, second = gate["detail"].removeprefix("of ").split(" -> ")
    assert first[0] == second[0]


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("min(cca)>=0.1", "asks for a score that the matrix does not have"),
        ("cka[x0->z]>=0.1", "names no space of the matrix: z"),
        ("cka[x0->x0]>=0.1", "names a pair that was not compared: x0->x0"),
    ],
)
def test_a_gate_that_cannot_be_judged_says_why(two_kinds, rule, reason):
    gate = judge_matrix(two_kinds, [parse_matrix_rule(rule)]).gates[0]
    assert (gate["value"], gate["reason"]) == (None, reason)


@pytest.mark.parametrize("text", ["min(mrr)", "mrr[a->]>=1", "min(mrr)>=x", ""])
def test_a_rule_of_another_form_is_refused(text):
    with pytest.raises(UsageError, match="cannot read the requirement"):
        parse_matrix_rule(text)


def test_twelve_spaces_fit_eighty_columns():
    found = matrix([space(40, 4, i) for i in range(12)], measures="cosine", anchors=10, seeds=1)
    lines = wording.table(found, grid(found, "cosine", "relative"), digits=2).rows
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    assert sum(widths) + len(widths) - 1 <= 80


def test_measures_are_shown_by_name_and_unknown_ones_refused(two_kinds):
    asked = [(one.label, one.space) for one in chosen(two_kinds, ["mrr", "absolute.cka"])]
    assert asked == [("mrr@10", "relative"), ("cka", "absolute")]
    assert len(chosen(two_kinds, ["all"])) == 6
    with pytest.raises(UsageError, match="no measure 'ckka' was scored") as caught:
        chosen(two_kinds, ["ckka"])
    assert caught.value.hint == "did you mean cka?"


def test_csv_holds_every_score_in_full(two_kinds):
    lines = list(csv.DictReader(MATRIX_RENDERINGS["csv"](two_kinds).splitlines()))
    assert len(lines) == sum(len(pair.scores) for pair in two_kinds.pairs)
    assert float(lines[0]["value"]) == two_kinds.pairs[0].scores[0].value
    assert (lines[0]["a"], lines[0]["b"]) == ("run/x0.npy", "run/y1.npy")


@pytest.mark.parametrize(
    ("full", "short"),
    [
        (["one.npy"], ["one.npy"]),
        (["a", "b"], ["a", "b"]),
        (["r.h5::l/1", "r.h5::l/10"], ["1", "10"]),
        (["x1.npy", "x12.npy"], ["x1", "x12"]),
        (["m", "m.x"], ["m", "m.x"]),
    ],
)
def test_short_names_differ_as_the_long_ones_do(full, short):
    assert short_names(full) == short


@pytest.mark.parametrize("ending", [".png", ".svg"])
def test_the_same_matrix_gives_the_same_picture(two_kinds, tmp_path, ending):
    paths = [tmp_path / f"{name}{ending}" for name in "ab"]
    for path in paths:
        assert plot_matrix(two_kinds, grid(two_kinds, "cka", "relative"), path) is None
    one, other = (path.read_bytes() for path in paths)
    assert one == other
    if ending == ".svg":
        texts = " ".join(ElementTree.fromstring(one).itertext())
        assert "cka, relative" in texts
    else:
        assert min(struct.unpack(">II", one[16:24])) > 400


def test_two_families_are_drawn_without_clusters(tmp_path):
    x, y = alike(40, 5, 5)
    found = matrix({"x": x}, against={"y": y}, measures="cka", **OPTIONS)
    reason = plot_matrix(found, grid(found, "cka", "relative"), tmp_path / "m.png")
    assert reason == "spaces of two families have no distances inside a family"


@pytest.fixture
def layers(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    x, _ = alike(60, 6, 6)
    with h5py.File("run.h5", "w") as file:
        file["ids"] = names(60)
        for number in (1, 2, 10):
            file[f"layer{number}"] = (x + number / 4 * space(60, 6, number)).astype("f4")
        file["head/logits"] = x
        file["flat"] = np.arange(60)


def test_a_pattern_names_the_datasets_of_a_file_in_natural_order(layers):
    assert expand(["run.h5::layer*"]) == [f"run.h5::layer{n}" for n in (1, 2, 10)]
    assert expand(["run.h5::head/*", "run.h5"]) == ["run.h5::head/logits", "run.h5"]


def test_the_command_writes_files_judges_and_shows(layers, latcomp_run):
    run = "matrix 'run.h5::layer*' --anchors 20 --seeds 2 --json m.json --csv m.csv --plot m.svg"
    done = latcomp_run(f"{run} --require 'min(mrr)>=0.9' --show mrr")
    assert done.exit_code == 1, done.stderr
    assert "mrr@10, relative, from row to column" in done.stdout
    assert "NOT MET  min(mrr)>=0.9" in done.stdout
    found = read_matrix(Path("m.json"))
    assert [space["name"] for space in found.spaces] == [f"run.h5::layer{n}" for n in (1, 2, 10)]
    assert latcomp_run("show m.json --show mrr").stdout == done.stdout
    assert latcomp_run("gate m.json --require 'max(mrr)>=0.1'").exit_code == 0
    again = latcomp_run("matrix 'run.h5::layer*' --anchors 20 --seeds 2 --json -")
    assert json.loads(again.stdout)["pairs"] == json.loads(found.to_json())["pairs"]
