"""Anchors whose ids differ between the files, and anchors from files of their own."""

import h5py
import numpy as np
import pytest

from latcomp import compare
from latcomp.cli import main
from latcomp.errors import InputError, UsageError
from latcomp.loading.mapping import read_mapping
from latcomp.picking.selecting import select_anchors

N, M = 60, 20
RNG = np.random.default_rng(0)
X = RNG.standard_normal((N + M, 6)).astype(np.float32)
TURN = np.linalg.qr(RNG.standard_normal((6, 6)))[0].astype(np.float32)
ORDER = RNG.permutation(N + M)
IDS_A = [f"en{row}" for row in range(N + M)]
IDS_B = [f"fr{row}" for row in ORDER]


def write(path, vectors, ids):
    with h5py.File(path, "w") as file:
        file["embeddings"] = vectors
        file["ids"] = ids
    return path


@pytest.fixture
def files(tmp_path):
    a = write(tmp_path / "a.h5", X, IDS_A)
    b = write(tmp_path / "b.h5", (X @ TURN)[ORDER], IDS_B)
    return a, b


def pairs(rows):
    return [(f"en{row}", f"fr{row}") for row in rows]


def table(path, rows, header=""):
    path.write_text(header + "".join(f"{a},{b}\n" for a, b in pairs(rows)))
    return path


def mrr(report):
    return [score.value for score in report.find("mrr")]


def test_a_mapping_says_which_item_is_which(files, tmp_path):
    mapping = table(tmp_path / "pairs.csv", range(N), "id_a,id_b\n")
    report = compare(*files, mapping=mapping, anchors=20, seeds=1, measures="mrr")
    assert mrr(report) == pytest.approx([1, 1])
    assert report.matching["by"] == "mapping"
    assert report.matching["items"] == N
    assert report.matching["dropped"] == {"a": M, "b": M}


def test_pairs_name_anchors_that_are_not_compared(files, tmp_path):
    report = compare(
        *files,
        mapping=pairs(range(N)),
        anchors=table(tmp_path / "anchors.csv", range(N, N + M)),
        exclude_anchors=True,
        measures="mrr",
    )
    assert mrr(report) == pytest.approx([1, 1])
    assert report.anchors["count"] == M
    assert report.find("mrr")[0].items == N


def test_pairs_that_are_compared_can_be_left_out_of_the_scores(files, tmp_path):
    anchors = table(tmp_path / "anchors.csv", range(10, 30))
    report = compare(
        *files, mapping=pairs(range(N)), anchors=anchors, exclude_anchors=True, measures="mrr"
    )
    assert report.find("mrr")[0].items == N - 20


def test_anchors_come_from_files_of_their_own(tmp_path):
    a, b = tmp_path / "a.npy", tmp_path / "b.npy"
    np.save(a, X[:M])
    np.save(b, (X @ TURN)[:M])
    items = X[M:], (X @ TURN)[M:]
    report = compare(*items, anchors_from=(a, b), anchors="all", measures="mrr")
    assert mrr(report) == pytest.approx([1, 1])
    assert report.anchors["from"] == [str(a), str(b)]
    drawn = compare(*items, anchors_from=(a, b), anchors=10, seeds=3, measures="mrr")
    assert mrr(drawn) == pytest.approx([1, 1])


def test_files_of_anchors_are_read_as_the_items_are(tmp_path):
    ids = np.array([f"i{row}" for row in range(N)])
    broken = X.copy()
    broken[3] = 0
    for name, rows, listed in (("a", broken, ids), ("b", X @ TURN, ids[::-1])):
        np.savez(tmp_path / f"{name}.npz", embeddings=rows, ids=listed)
    files = (tmp_path / "a.npz", tmp_path / "b.npz")
    options = {"anchors_from": files, "anchors": "all", "measures": "mrr"}
    with pytest.raises(InputError, match="row 3"):
        compare(X, X @ TURN, **options)
    report = compare(X, X @ TURN, match="position", skip_invalid=True, **options)
    assert report.anchors["count"] == len(X) - 1
    assert mrr(report) == pytest.approx([1, 1])


def test_a_list_of_ids_names_anchors(files, tmp_path):
    chosen = tmp_path / "anchors.txt"
    chosen.write_text("\n".join(f"en{row}" for row in range(10)))
    report = compare(files[0], files[0], anchors=chosen, measures="mrr")
    assert report.anchors["count"] == 10


def test_anchors_that_are_means_are_kept_in_a_file(files, tmp_path):
    chosen = select_anchors(files[0], count=8, strategy="kmeans-mean@3")
    chosen.write(tmp_path / "means.json")
    kept = compare(files[0], files[0], anchors=tmp_path / "means.json", measures="cka")
    fresh = compare(
        files[0], files[0], anchors=8, strategy="kmeans-mean@3", seeds=1, measures="cka"
    )
    assert kept.anchors["digests"] == fresh.anchors["digests"]
    assert kept.scores[0].value == fresh.scores[0].value


def test_the_command_line_takes_all_of_it(files, tmp_path, capsys, monkeypatch):
    mapping = table(tmp_path / "pairs.csv", range(N))
    a, b = map(str, files)
    command = ["latcomp", "compare", a, b, "--mapping", str(mapping), "--anchors-from", a, a]
    command += ["--anchors", "12", "--seeds", "2", "--similarity", "l1(scale)", "-q"]
    monkeypatch.setattr("sys.argv", [*command, "--json", "-"])
    with pytest.raises(SystemExit) as done:
        main()
    assert done.value.code == 0
    assert '"name": "l1(scale)"' in capsys.readouterr().out


def test_a_mapping_is_made_one_to_one(tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text("dog\tchien\nhound\tchien\ndog\ttoutou\n\ncat\tchat\n")
    assert read_mapping(path) == [("dog", "chien"), ("cat", "chat")]


ERRORS = [
    ("a,b\nc\n", "pairs.csv, line 2: 1 column; id_a,id_b was expected"),
    ("id_a,id_b\n", "pairs.csv maps no item"),
]


@pytest.mark.parametrize(("text", "problem"), ERRORS)
def test_a_mapping_that_cannot_be_read_says_why(tmp_path, text, problem):
    (tmp_path / "pairs.csv").write_text(text)
    with pytest.raises(InputError) as caught:
        read_mapping(tmp_path / "pairs.csv")
    assert caught.value.problem == f"{tmp_path}/{problem}"


def test_a_mapping_that_does_not_fit_the_files_says_so(files):
    with pytest.raises(InputError, match=r"none of the 1 pairs of the mapping is in both files"):
        compare(*files, mapping=[("fr1", "en1")], anchors=5)
    with pytest.raises(UsageError, match="--match position was asked for"):
        compare(*files, mapping=[("en1", "fr1")], match="position", anchors=5)
    with pytest.raises(InputError, match="has no ids to match by"):
        compare(files[0], X, mapping=[("en1", "fr1")], anchors=5)


def test_anchors_of_another_width_are_refused(files):
    with pytest.raises(InputError, match=r"has 3 dimensions and .* has 6"):
        compare(files[0], files[0], anchors_from=(X[:, :3], X[:, :3]), anchors=5)


def test_anchor_pairs_that_are_in_neither_file_are_refused(files, tmp_path):
    lost = tmp_path / "lost.csv"
    lost.write_text("x,y\n")
    with pytest.raises(InputError, match="none of its 1 pairs is in both files"):
        compare(*files, mapping=pairs(range(N)), anchors=lost)
