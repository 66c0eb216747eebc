"""Numbers come out of a file as they went in, whatever the format, the dtype and the byte order."""

import h5py
import numpy as np
import pytest
import torch

from latcomp import InputError, compare
from latcomp.loading.load import load
from latcomp.loading.survey import survey
from latcomp.spaces.space import steps
from latcomp.spaces.stored import Stored
from tests.data import alike, names, space

DTYPES = ["<f2", ">f2", "<f4", ">f4", "<f8", ">f8", "i1", "u1", "<i2", ">i4", "<i8", ">i8"]


def stored(dtype):
    """Rows that every dtype can hold exactly."""
    whole = np.round(20 * np.abs(space(50, 6))) + 1
    return whole.astype(dtype)


def read(source, **options):
    loaded = load(str(source), "a", **options).space
    return torch.cat([loaded.rows(*step) for step in steps(loaded)]).double().numpy(), loaded


def as_npy(path, values):
    np.save(path.with_suffix(".npy"), values)
    return path.with_suffix(".npy")


def as_npz(path, values):
    np.savez(path.with_suffix(".npz"), embeddings=values)
    return path.with_suffix(".npz")


def as_hdf5(path, values):
    with h5py.File(path.with_suffix(".h5"), "w") as file:
        file["embeddings"] = values
    return path.with_suffix(".h5")


@pytest.mark.parametrize("write", [as_npy, as_npz, as_hdf5])
@pytest.mark.parametrize("dtype", DTYPES)
def test_every_dtype_and_byte_order_is_read_exactly(write, dtype, tmp_path):
    values = stored(dtype)
    found, _ = read(write(tmp_path / "x", values))
    np.testing.assert_array_equal(found, values.astype(float))


@pytest.mark.parametrize("dtype", ["f2", "f4", "i1", "i2"])
def test_what_float32_holds_exactly_is_computed_in_float32(dtype, tmp_path):
    assert read(as_npy(tmp_path / "x", stored(dtype)))[1].dtype == torch.float32


@pytest.mark.parametrize("dtype", ["f8", "i4", "i8"])
def test_wider_numbers_are_computed_in_float64(dtype, tmp_path):
    assert read(as_npy(tmp_path / "x", stored(dtype)))[1].dtype == torch.float64


def bfloat16(values):
    """The upper half of every float32: how bfloat16 is stored by those who have no name for it."""
    return (values.astype("<f4").view("<u4") >> 16).astype("<u2")


@pytest.mark.parametrize("write", [as_npy, as_npz, as_hdf5])
def test_bfloat16_is_read_where_it_is_stored_as_two_bare_bytes(write, tmp_path):
    values = stored("f4")
    found, loaded = read(write(tmp_path / "x", bfloat16(values).view("V2")))
    assert loaded.stored_dtype == "bfloat16"
    np.testing.assert_array_equal(found, values)


def test_a_fortran_ordered_file_is_read_like_any_other(tmp_path):
    values = space(50, 6)
    np.testing.assert_array_equal(
        read(as_npy(tmp_path / "x", np.asfortranarray(values)))[0], values
    )


def test_arrays_need_not_be_contiguous_nor_tensors_of_numpy_dtypes():
    x, y = alike(60, 6, 6)
    plain = compare(x, y, anchors=20, seeds=2)
    strided = np.repeat(x, 2, axis=0)[::2], np.ascontiguousarray(y.T).T
    assert compare(*strided, anchors=20, seeds=2).scores == plain.scores
    tensors = torch.tensor(x, requires_grad=True), torch.tensor(y)
    assert compare(*tensors, anchors=20, seeds=2).scores == plain.scores
    narrow = torch.tensor(x).bfloat16(), torch.tensor(y).bfloat16()
    exact = compare(narrow[0].float(), narrow[1].float(), anchors=20, seeds=2)
    assert compare(*narrow, anchors=20, seeds=2).scores == exact.scores


@pytest.mark.parametrize("write", [as_npy, as_npz, as_hdf5])
def test_the_same_numbers_score_the_same_from_any_format(write, tmp_path):
    x, y = alike(60, 6, 6)
    files = [str(write(tmp_path / name, values)) for name, values in (("x", x), ("y", y))]
    assert compare(*files, anchors=20, seeds=2).scores == compare(x, y, anchors=20, seeds=2).scores


@pytest.mark.parametrize(
    "ids",
    [
        np.array(names(50), dtype="S"),
        np.array(names(50), dtype=h5py.string_dtype()),
        np.arange(100, 150),
        np.arange(100, 150).astype(">u2"),
    ],
    ids=["bytes", "texts", "numbers", "big-endian"],
)
def test_hdf5_ids_may_be_bytes_texts_or_whole_numbers(ids, tmp_path):
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["run/embeddings"] = space(50, 6)
        file["run/ids"] = ids
        file["run/labels"] = np.arange(50) % 3
    loaded = load(f"{tmp_path / 'x.h5'}::run/embeddings", "a").space
    wanted = [str(one) if not isinstance(one, bytes) else one.decode() for one in ids.tolist()]
    assert loaded.ids == wanted
    assert loaded.labels == [str(i % 3) for i in range(50)]


def test_ids_that_are_not_ascii_survive_every_format(tmp_path):
    odd = [f"é{i}" for i in range(48)] + ["日本", "\N{GRINNING FACE}"]
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["embeddings"] = space(50, 6)
        file["ids"] = odd
    np.savez(tmp_path / "x.npz", embeddings=space(50, 6), ids=np.array(odd))
    (tmp_path / "odd.txt").write_text("\n".join(odd), encoding="utf-8")
    assert load(str(tmp_path / "x.h5"), "a").space.ids == odd
    assert load(str(tmp_path / "x.npz"), "a").space.ids == odd
    given = load(space(50, 6), "a", ids=str(tmp_path / "odd.txt"))
    assert given.space.ids == odd


def test_pickled_members_are_left_alone_and_the_rest_loads(tmp_path):
    np.savez(tmp_path / "x.npz", embeddings=space(50, 6), labels=np.array([{}] * 50, dtype=object))
    loaded = load(str(tmp_path / "x.npz"), "a")
    assert loaded.space.shape == (50, 6)
    assert loaded.space.labels is None
    assert "labels are pickled objects" in " ".join(loaded.notes)


# a spilled space closes its nameless file when nobody reads it any more
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_file_larger_than_what_is_held_is_streamed_to_the_same_scores(tmp_path, monkeypatch):
    x, y = (values.astype(np.float16) for values in alike(300, 6, 6))
    files = [str(as_hdf5(tmp_path / name, values)) for name, values in (("x", x), ("y", y))]
    listed = names(300)
    order = np.random.default_rng(0).permutation(300)
    options = {"anchors": 20, "seeds": 2, "ids": (listed, [listed[i] for i in order])}
    held = compare(*files, **options)
    for limit in ("stored.HELD_BYTES", "unit.KEPT_BYTES"):
        monkeypatch.setattr(f"latcomp.spaces.{limit}", 64)
    monkeypatch.setattr("latcomp.spaces.space.READ_BYTES", 500)
    streamed = compare(*files, **options)
    assert streamed.scores == held.scores
    assert streamed.inputs == held.inputs


def test_the_digest_is_of_the_numbers_not_of_the_file(tmp_path):
    values = space(50, 6)
    digests = {
        load(str(write(tmp_path / "x", values)), "a").facts["digest"]
        for write in (as_npy, as_npz, as_hdf5)
    }
    assert len(digests) == 1
    values[0, 0] += 1e-9
    assert load(str(as_npy(tmp_path / "y", values)), "a").facts["digest"] not in digests


def test_tiny_and_huge_rows_are_neither_zero_nor_infinite():
    for scale in (1e-30, 1e30):
        x = (space(50, 6) * scale).astype(np.float32)
        report = compare(x, x, anchors=10, seeds=1)
        assert report.find("mrr")[0].value == pytest.approx(1)


@pytest.mark.parametrize("shape", [(5,), (2, 5, 3), (0, 3), (3, 0)])
def test_an_array_of_another_shape_is_refused(shape):
    with pytest.raises(InputError, match=r"2 are needed|is empty"):
        load(np.ones(shape), "a")


def test_a_group_that_holds_one_obvious_dataset_may_be_named_for_it(tmp_path):
    with h5py.File(tmp_path / "x.h5", "w") as file:
        for layer in ("layer3", "layer4"):
            file[f"{layer}/embeddings"] = space(50, 6)
            file[f"{layer}/ids"] = names(50)
    loaded = load(f"{tmp_path / 'x.h5'}::layer4", "a")
    assert loaded.facts["dataset"] == "layer4/embeddings"
    assert loaded.space.ids == names(50)
    with pytest.raises(InputError, match="several 2-D datasets"):
        load(str(tmp_path / "x.h5"), "a")


@pytest.mark.parametrize("scale", [1e-30, 1.0, 1e30])
def test_the_survey_names_invalid_and_zero_rows_whatever_the_scale(scale):
    rows = np.float32(scale) * np.random.default_rng(0).standard_normal((50, 6)).astype(np.float32)
    rows[[3, 40], 2] = np.nan, np.inf
    rows[7] = 0
    found = survey(Stored("x", rows))
    assert (found.invalid, found.zero, found.varied) == ([3, 40], [7], True)
