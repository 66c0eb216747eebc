"""Translations: exact where the answer is known, at chance where there is none, kept in files."""

import json

import h5py
import jsonschema
import numpy as np
import pytest
import torch
from scipy.linalg import orthogonal_procrustes
from sklearn.linear_model import LinearRegression
from sklearn.linear_model import Ridge as SklearnRidge

from latcomp.errors import InputError, UsageError
from latcomp.findings import schema_text
from latcomp.spaces.stored import Stored
from latcomp.translation.applying import translate_to_file
from latcomp.translation.fitting import fit
from latcomp.translation.mapfile import Kept, read_map, write_map
from latcomp.translation.translate import fit_translation
from latcomp.translators import TRANSLATORS, ask, spelt
from tests.commands import latcomp_command
from tests.data import alike, names, rng, rotation, space

SHORT = {"unsupervised": "unsupervised(clusters=12,restarts=12)"}
"""The usual options, but for what takes long."""

METHODS = [SHORT.get(name, name) for name in TRANSLATORS]
PAIRED = [name for name, method in TRANSLATORS.items() if method.paired]
CENTRED = [name for name in METHODS if ask(name).standardize != "none"]


def clustered(n=400, d=12, seed=0):
    """Rows in 12 clouds of unequal spread: a shape that a blind method can recognise."""
    centres = rng(seed).standard_normal((12, d)) * np.linspace(2, 0.3, d)
    return centres[rng(seed + 1).integers(0, 12, n)] + 0.4 * space(n, d, seed + 2)


def tensors(*arrays):
    return [torch.from_numpy(np.asarray(array)) for array in arrays]


@pytest.mark.parametrize("method", METHODS)
def test_a_rotated_and_rescaled_copy_is_translated_exactly(method):
    x = clustered()
    x, y = tensors(x, 3 * x @ rotation(12))
    found = fit(x, y, method)
    assert found.notes == () or method.startswith("unsupervised")
    np.testing.assert_allclose(found.apply(x), y, atol=2e-4)


@pytest.mark.parametrize("method", CENTRED)
def test_a_shift_changes_nothing_where_means_are_taken_away(method):
    x = clustered()
    x, y = tensors(x, 3 * x @ rotation(12) + 5)
    np.testing.assert_allclose(fit(x, y, method).apply(x), y, atol=2e-4)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("seed", [0, 1])
def test_independent_spaces_are_at_chance_and_said_to_be(method, seed):
    x, y = space(300, 8, seed), space(300, 8, seed + 100)
    found = fit_translation(x, y, method=method, seed=seed).findings
    for score in found.scores:
        if score.measure == "foscttm":
            assert abs(score.value - 0.5) < 0.15
        if score.label in ("hit@1", "hit-csls@1"):
            assert score.value <= 0.05
    assert any("no better than chance" in text for text in found.warnings)


def test_related_spaces_are_not_said_to_be_at_chance():
    found = fit_translation(*alike(300, 8, 8)).findings
    assert not any("chance" in text for text in found.warnings)


def test_ortho_is_the_rotation_of_scipy():
    x, y = alike(100, 6, 6)
    centred = [each - each.mean(0) for each in (x, y)]
    turn, _ = orthogonal_procrustes(*centred)
    found = fit(*tensors(x, y), "ortho")
    scale = np.linalg.norm(centred[1]) / np.linalg.norm(centred[0])
    np.testing.assert_allclose(
        found.apply(torch.from_numpy(x)), scale * centred[0] @ turn + y.mean(0)
    )


def test_affine_and_linear_are_the_regressions_of_sklearn():
    x, y = alike(100, 6, 4)
    for method, intercept in (("affine", True), ("linear", False)):
        expected = LinearRegression(fit_intercept=intercept).fit(x, y).predict(x)
        np.testing.assert_allclose(fit(*tensors(x, y), method).apply(torch.from_numpy(x)), expected)


def test_ridge_is_that_of_sklearn_with_the_penalty_in_units_of_mean_variance():
    x, y = alike(100, 6, 4)
    penalty = 0.3 * np.square(x - x.mean(0)).sum() / 6
    expected = SklearnRidge(alpha=penalty).fit(x, y).predict(x)
    found = fit(*tensors(x, y), "ridge(alpha=0.3)").apply(torch.from_numpy(x))
    np.testing.assert_allclose(found, expected)


def test_ridge_chooses_the_penalty_that_leaving_each_pair_out_would():
    x, y = alike(25, 15, 3, noise=1.0)

    def left_out(alpha):
        errors = []
        for row in range(len(x)):
            others = np.delete(np.arange(len(x)), row)
            unit = np.square(x - x.mean(0)).sum() / 15
            model = SklearnRidge(alpha=alpha * unit).fit(x[others], y[others])
            errors.append(np.square(model.predict(x[[row]]) - y[[row]]).sum())
        return sum(errors)

    grid = np.logspace(-6, 3, 19)
    best = grid[np.argmin([left_out(alpha) for alpha in grid])]
    np.testing.assert_allclose(
        fit(*tensors(x, y), "ridge").matrix,
        fit(*tensors(x, y), f"ridge(alpha={float(best)!r})").matrix,
    )


def test_where_dimensions_differ_ortho_is_that_of_spaces_padded_with_zeros():
    x, y = alike(100, 5, 8)
    padded = np.hstack([x, np.zeros((100, 3))])
    narrow, wide = (fit(*tensors(each, y)).apply(torch.from_numpy(each)) for each in (x, padded))
    np.testing.assert_allclose(narrow, wide, atol=1e-9)


def test_inverse_relative_is_its_formula():
    x, y = alike(40, 6, 5)
    anchors = [each - each.mean(0) for each in (x, y)]
    unit_x, unit_y = (each / np.linalg.norm(each, axis=1, keepdims=True) for each in anchors)
    ratio = np.linalg.norm(anchors[1]) / np.linalg.norm(anchors[0])
    relative = anchors[0] @ unit_x.T  # lengths kept: the products, not the cosines
    expected = ratio * relative @ np.linalg.pinv(unit_y.T) + y.mean(0)
    found = fit(*tensors(x, y), "inverse-relative").apply(torch.from_numpy(x))
    np.testing.assert_allclose(found, expected)


@pytest.mark.parametrize("option", ["anchors=20,subsets=3", "anchors=20"])
def test_pruned_anchors_are_enough_for_an_exact_copy(option):
    x = clustered()
    x, y = tensors(x, x @ rotation(12))
    np.testing.assert_allclose(fit(x, y, f"inverse-relative({option})").apply(x), y)


def test_an_unpaired_method_does_not_see_the_pairing():
    x = clustered()
    y = x @ rotation(12)
    order = rng(5).permutation(len(y))
    turned = [
        fit(*tensors(x, each), "unsupervised(clusters=12,restarts=12)").apply(torch.from_numpy(x))
        for each in (y, y[order])
    ]
    for each in turned:
        np.testing.assert_allclose(each, y, atol=1e-6)


def test_too_few_or_flat_pairs_are_said():
    x, y = tensors(*alike(100, 6, 6))
    few = fit(x, y, "linear", torch.arange(4)).notes
    assert few[0] == "the 4 pairs span 4 of 6 dimensions of a: the others are guessed"
    flat = x * torch.tensor([1, 1, 1, 1, 1, 1e-6])
    assert fit(flat, y, "affine").notes[0].startswith("a is ill-conditioned: its axes differ by")


def test_rows_say_which_items_are_paired():
    x, y = tensors(*alike(60, 4, 4))
    rows, order = torch.arange(40), torch.randperm(60, generator=torch.Generator().manual_seed(0))
    shuffled = y[order]
    place = order.argsort()
    straight = fit(x, y, "ortho", rows)
    crossed = fit(x, shuffled, "ortho", (rows, place[rows]))
    np.testing.assert_allclose(straight.matrix, crossed.matrix)


def test_a_space_is_translated_as_its_rows_are():
    x, y = (each.astype(np.float32) for each in alike(60, 4, 5))
    spaces = [Stored("x", x), Stored("y", y)]
    found = fit(*spaces)
    placed = found.apply(spaces[0])
    assert placed.shape == (60, 5)
    assert torch.equal(placed.rows(7, 20), found.apply(torch.from_numpy(x))[7:20])
    index = torch.tensor([9, 3])
    assert torch.equal(placed.take(index), found.apply(torch.from_numpy(x))[index])


def test_held_out_scores_are_those_of_plain_numpy():
    x, y = alike(90, 5, 5)
    made = fit_translation(x, y, anchors=40, method="affine")
    found = made.findings
    rows = set(range(90)) - set(_anchor_rows(x, y))
    placed = made.maps[0].translation.apply(torch.from_numpy(x)).numpy()
    unit = [each / np.linalg.norm(each, axis=1, keepdims=True) for each in (placed, y)]
    cosines = unit[0] @ unit[1].T
    held = sorted(rows)
    assert found.find("cosine", "affine")[0].value == pytest.approx(cosines[held, held].mean())
    missed = np.square(placed - y).mean(1)[held].mean()
    assert found.find("mse", "affine")[0].value == pytest.approx(missed)
    crowd_a, crowd_b = (np.sort(c, axis=1)[:, -10:].mean(1) for c in (cosines, cosines.T))
    csls = 2 * cosines - crowd_a[:, None] - crowd_b
    for name, table in (("", cosines), ("-csls", csls)):
        for direction, scores in (("a->b", table), ("b->a", table.T)):
            ranks = [1 + (scores[row] > scores[row, row]).sum() for row in held]
            hit = found.find(f"hit{name}@5", "affine", direction)[0]
            assert hit.value == pytest.approx(np.mean([rank <= 5 for rank in ranks]))
            mrr = found.find(f"mrr{name}", "affine", direction)[0]
            assert mrr.value == pytest.approx(np.mean([1 / rank for rank in ranks]))


def _anchor_rows(x, y):
    from latcomp.loading.load import load
    from latcomp.loading.matching import match
    from latcomp.picking.pick import pick

    matched = match(load(x, "a"), load(y, "b"))
    return pick(matched, 40, "uniform", 1, 0).draws[0].rows.tolist()


def test_findings_are_valid_and_equal_runs_give_equal_bytes():
    runs = [
        json.loads(fit_translation(*alike(120, 6, 4), method="ortho,ridge").findings.to_json())
        for _ in range(2)
    ]
    jsonschema.Draft202012Validator(json.loads(schema_text())).validate(runs[0])
    for run in runs:
        del run["times"]
    assert runs[0] == runs[1]


def test_spelling_is_what_is_asked_for():
    for text in ("ortho", "ridge(alpha=0.1)", "inverse-relative(anchors=50,subsets=5)"):
        assert spelt(ask(text)) == text
    with pytest.raises(UsageError, match="unknown translation method 'orto'"):
        ask("orto")
    with pytest.raises(UsageError, match="ridge has no option 'alfa'"):
        ask("ridge(alfa=1)")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    x, y = (each.astype(np.float32) for each in alike(200, 6, 4))
    for name, rows in (("a.h5", x), ("b.h5", y)):
        np.save(f"{name[0]}.npy", rows)
        with h5py.File(name, "w") as file:
            file["embeddings"], file["ids"] = rows, names(200)
            file["labels"] = [f"kind{row % 3}" for row in range(200)]
    return tmp_path


def test_a_map_comes_back_from_its_file_as_it_was(folder):
    made = fit_translation("a.h5", "b.h5", method="affine").maps[0]
    write_map(folder / "map.h5", made)
    again = read_map(folder / "map.h5")
    for part in ("mean", "matrix", "offset"):
        assert torch.equal(getattr(made.translation, part), getattr(again.translation, part))
    assert again.translation.method == "affine"
    assert again.translation.fitted == 160
    assert again.facts == json.loads(json.dumps(made.facts))
    assert again.facts["inputs"]["a"]["path"] == "a.h5"
    assert again.facts["inputs"]["b"]["digest"].startswith("sha256:")
    assert again.facts["protocol"]["anchors"]["digests"][0].startswith("sha256:")


def test_streaming_is_what_memory_would_give_whatever_the_block(folder, monkeypatch):
    with h5py.File("a.h5") as file:
        x = file["embeddings"][:]
    made = Kept(fit(*tensors(x, alike(200, 6, 4)[1])), {})
    for size in (1, 500, 2**25):
        monkeypatch.setattr("latcomp.translation.applying.BLOCK_BYTES", size)
        assert translate_to_file(made, "a.npy", folder / "y.npy") == (200, 4)
        expected = made.translation.apply(torch.from_numpy(x))
        np.testing.assert_array_equal(np.load("y.npy"), expected)


def test_ids_and_labels_are_kept(folder):
    made = Kept(fit(*tensors(*alike(200, 6, 4))), {})
    translate_to_file(made, "a.h5", folder / "y.h5")
    with h5py.File("y.h5") as file:
        assert file["ids"].asstr()[:].tolist() == names(200)
        assert file["labels"].asstr()[4] == "kind1"
        assert json.loads(file["embeddings"].attrs["facts"])["translated"] == "ortho"


def test_the_commands_fit_apply_and_gate(folder):
    run = latcomp_command("translate", "fit", "a.h5", "b.h5", "-o", "m.h5", "--require", "hit@5>=0")
    assert run.exit_code == 0, run.stderr
    assert "160 of them" in run.stdout
    assert "met  hit@5>=0" in run.stdout
    run = latcomp_command("translate", "apply", "m.h5", "a.h5", "-o", "y.h5")
    assert run.exit_code == 0, run.stderr
    assert "y.h5: 200 x 4" in run.stderr
    run = latcomp_command("translate", "fit", "a.npy", "b.npy", "--require", "ortho.hit@1>=1")
    assert run.exit_code == 1


def test_methods_stand_side_by_side(folder):
    run = latcomp_command("translate", "fit", "a.npy", "b.npy", "--methods", "ortho,affine,linear")
    assert run.exit_code == 0, run.stderr
    for method in ("ortho", "affine", "linear", "chance"):
        lines = [line for line in run.stdout.splitlines() if line.startswith(f"{method} ")]
        assert len(lines) == 2


def test_json_alone_on_stdout_is_valid(folder):
    run = latcomp_command("translate", "fit", "a.npy", "b.npy", "--json", "-")
    jsonschema.Draft202012Validator(json.loads(schema_text())).validate(json.loads(run.stdout))


def _damage(folder, what):
    write_map(folder / "map.h5", Kept(fit(*tensors(*alike(50, 6, 4))), {}))
    with h5py.File("map.h5", "r+") as file:
        what(file)


DAMAGE = [
    (lambda file: file.attrs.__setitem__("schema", "latcomp/map/9"), "the schema 'latcomp/map/9'"),
    (lambda file: file.__delitem__("matrix"), "map.h5 is a damaged map"),
    (lambda file: file["mean"].__setitem__(0, np.nan), "it holds NaN or Inf"),
    (lambda file: file.attrs.__delitem__("facts"), "map.h5 is a damaged map"),
    (lambda file: file.attrs.__setitem__("notes", "{"), "map.h5 is a damaged map"),
]


@pytest.mark.parametrize(("what", "problem"), DAMAGE)
def test_a_map_that_is_not_whole_is_refused(folder, what, problem):
    _damage(folder, what)
    with pytest.raises(InputError, match=problem):
        read_map("map.h5")


def test_a_file_of_another_width_is_refused(folder):
    write_map(folder / "map.h5", Kept(fit(*tensors(*alike(50, 6, 4))), {}))
    with pytest.raises(InputError, match=r"b\.h5 has 4 dimensions, and the map takes 6"):
        translate_to_file(folder / "map.h5", "b.h5", folder / "y.h5")
    assert not (folder / "y.h5").exists()


def test_what_happened_while_reading_is_told():
    x, y = alike(300, 8, 8)
    x[3] = 0
    found = fit_translation(x, y, skip_invalid=True, method="ortho").findings
    assert any("matched by position" in text for text in found.warnings)
    assert "1 row of a holds NaN, Inf or only zeros and was left out" in found.warnings
