"""Every format reads the same numbers and ids, by any slices, and no two claim one file."""

import json
import warnings

import numpy as np
import pytest
import torch
from filekinds import IDS, KINDS, ROWS, VECTORS, WIDTH, write

import latcomp
from latcomp.errors import InputError
from latcomp.files.textfile import head_of
from latcomp.formats import FORMATS, Asked
from latcomp.loading.load import load, open_space
from latcomp.loading.opening import File, open_table
from latcomp.loading.survey import survey
from latcomp.writers import WRITERS, Contents, write_vectors


@pytest.fixture(params=KINDS)
def stored(request, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return write(request.param, tmp_path), KINDS[request.param][1]


def test_every_format_reads_the_numbers_and_the_ids(stored):
    path, ids = stored
    table = open_table(str(path))
    assert table.vectors.shape == (ROWS, WIDTH)
    assert np.array_equal(table.vectors[0:ROWS], VECTORS)
    assert table.ids == ids


def test_any_slice_in_any_order_is_the_same_rows(stored):
    vectors = open_table(str(stored[0])).vectors
    for start, stop in [(0, 7), (7, 20), (3, 9), (39, 40), (0, 40), (20, 60), (5, 5)]:
        found = vectors[start:stop]
        assert found.shape == VECTORS[start:stop].shape
        assert np.array_equal(found, VECTORS[start:stop])


def test_no_two_formats_claim_one_file(stored):
    path, _ = stored
    if path.name == "shards":
        pytest.skip("a folder of shards is no format of its own")
    head = b"" if path.is_dir() else head_of(path)
    assert len([name for name, form in FORMATS.items() if form.recognises(head, path)]) == 1


def test_limit_reads_the_first_rows_with_their_ids(stored):
    path, ids = stored
    table = open_table(str(path), Asked(limit=9))
    assert np.array_equal(table.vectors[0:99], VECTORS[:9])
    assert table.ids == (ids and ids[:9])


@pytest.mark.parametrize("ending", [e for _, w in WRITERS.items() for e in w.suffixes])
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "V2", "int8", ">f4"])
def test_what_is_written_is_read_again_bit_for_bit(tmp_path, ending, dtype):
    original = VECTORS.astype("f2").view("V2") if dtype == "V2" else (9 * VECTORS).astype(dtype)
    labels = [str(i % 3) for i in range(ROWS)]
    blocks = [original[:15], original[15:]]
    contents = Contents(original.shape, original.dtype, blocks, IDS, labels, {"model": "m"})
    write_vectors(tmp_path / f"out{ending}", contents)
    space, table = open_space(str(tmp_path / f"out{ending}"), "out")
    again, first = (
        space.rows(0, ROWS),
        latcomp.loading.load.open_space(original, "x")[0].rows(0, ROWS),
    )
    assert (space.ids, space.labels) == (IDS, labels)
    assert np.array_equal(again.numpy(), first.numpy(), equal_nan=True)
    if dtype != "V2":
        assert table.vectors.dtype == original.dtype.newbyteorder("=")


def test_writing_without_ids_leaves_no_ids_of_an_earlier_file(tmp_path):
    for ids in (IDS, None):
        write_vectors(tmp_path / "a.npy", Contents(VECTORS.shape, VECTORS.dtype, [VECTORS], ids))
    assert open_space(str(tmp_path / "a.npy"), "a")[0].ids is None


def test_a_failed_write_leaves_the_earlier_file(tmp_path):
    path = tmp_path / "a.h5"
    write_vectors(path, Contents(VECTORS.shape, VECTORS.dtype, [VECTORS], IDS))
    with pytest.raises(InputError, match="zero byte"):
        write_vectors(path, Contents(VECTORS.shape, VECTORS.dtype, [VECTORS], ["\0", *IDS[1:]]))
    assert open_table(str(path)).ids == IDS
    assert [one.name for one in tmp_path.iterdir()] == ["a.h5"]


def test_ids_and_labels_come_from_any_file(tmp_path):
    np.save(tmp_path / "v.npy", VECTORS)
    np.save(tmp_path / "names.npy", np.array(IDS))
    (tmp_path / "names.txt").write_text("\n".join(IDS), encoding="utf-8")
    (tmp_path / "names.json").write_text(json.dumps(IDS), encoding="utf-8")
    columns = ["names.npy", "names.txt", "names.json"]
    for name, column in [("a.h5", "ids"), ("a.npz", "keys"), ("lists.parquet", "name"),
                         ("fixed.feather", "id"), ("a.csv", "id"), ("a.jsonl", "id"),
                         ("cells.h5ad", "obs/barcode")]:  # fmt: skip
        write(name, tmp_path)
        columns.append(f"{name}::{column}")
    for column in columns:
        where = str(tmp_path / column)
        file = File(str(tmp_path / "v.npy"), ids=where, labels=where)
        space, _ = open_space(file, "v")
        assert (space.ids, space.labels) == (IDS, IDS), column


def test_a_column_without_a_header_holds_an_id_in_every_line(tmp_path):
    np.save(tmp_path / "v.npy", VECTORS)
    for first in ([], ["name"]):
        (tmp_path / "metadata.tsv").write_text("\n".join([*first, *IDS]), encoding="utf-8")
        space, _ = open_space(
            File(str(tmp_path / "v.npy"), ids=str(tmp_path / "metadata.tsv")), "v"
        )
        assert space.ids == IDS


def test_a_checkpoint_of_a_wrapped_model_has_one_matrix(tmp_path):
    weights = {"module.emb.weight": torch.from_numpy(VECTORS), "module.emb.bias": torch.zeros(6)}
    torch.save({"epoch": 3, "state_dict": weights, "optimizer": {"state": {}}}, tmp_path / "a.ckpt")
    table = open_table(str(tmp_path / "a.ckpt"))
    assert table.dataset == "state_dict/module.emb.weight"
    assert np.array_equal(table.vectors[0:ROWS], VECTORS)


def test_ids_beside_the_vectors_are_taken_and_told_of(tmp_path):
    np.save(tmp_path / "v.npy", VECTORS)
    (tmp_path / "file_names.txt").write_text("\n".join(IDS), encoding="utf-8")
    space, table = open_space(str(tmp_path / "v.npy"), "v")
    assert space.ids == IDS
    assert table.notes == (f"ids of {tmp_path}/v.npy were read from {tmp_path}/file_names.txt",)


def test_bare_numbers_are_read_as_they_are_described(tmp_path):
    VECTORS.tofile(tmp_path / "v.dat")
    for rows in (ROWS, -1):
        table = open_table(str(tmp_path / "v.dat"), Asked("float32", (rows, WIDTH)))
        assert np.array_equal(table.vectors[0:ROWS], VECTORS)


def test_a_pattern_reads_its_files_in_natural_order(tmp_path):
    write("shards", tmp_path)
    table = open_table(str(tmp_path / "shards" / "emb_*.npy"))
    assert np.array_equal(table.vectors[0:ROWS], VECTORS)


def test_a_saved_dataset_of_hugging_face_is_read_in_its_own_order(tmp_path):
    split = tmp_path / "data" / "train"
    split.mkdir(parents=True)
    write("stream.arrow", split)
    (split / "cache-1.arrow").write_bytes(b"left over")
    (split / "state.json").write_text('{"_data_files": [{"filename": "stream.arrow"}]}')
    (split / "dataset_info.json").write_text("{}")
    (tmp_path / "data" / "dataset_dict.json").write_text('{"splits": ["train"]}')
    table = open_table(f"{tmp_path}/data::train")
    assert np.array_equal(table.vectors[0:ROWS], VECTORS)
    assert table.ids == IDS


def test_words_that_are_not_utf8_keep_their_bytes_as_escapes(tmp_path):
    path = tmp_path / "w.vec"
    path.write_bytes(b"2 2\ncaf\xe9 1 2\n\xff\xfe 3 4\n")
    assert open_table(str(path)).ids == ["caf\\xe9", "\\xff\\xfe"]


def test_npz_with_pickled_ids_loads_the_rest(tmp_path):
    path = tmp_path / "o.npz"
    np.savez(path, embeddings=VECTORS, ids=np.array(IDS, dtype=object))
    table = open_table(str(path))
    assert table.ids is None
    assert table.notes == (f"{path}: ids are pickled objects, so they were not read",)


def test_openai_requests_that_failed_are_left_out_and_told_of(tmp_path):
    path = write("openai.jsonl", tmp_path)
    with path.open("a") as file:
        file.write('\n{"custom_id": "late", "response": null, "error": {"code": 429}}')
    table = open_table(str(path))
    assert table.ids == IDS
    assert table.notes == (f"{path}: 1 request was not answered, late first",)


def test_lossy_indexes_say_so(tmp_path):
    import faiss
    import usearch.index

    scalar = faiss.index_factory(WIDTH, "SQ8")
    scalar.train(VECTORS)
    scalar.add(VECTORS)
    faiss.write_index(scalar, str(tmp_path / "a.faiss"))
    eight = usearch.index.Index(ndim=WIDTH, dtype="i8")
    eight.add(np.arange(ROWS), VECTORS)
    eight.save(str(tmp_path / "a.usearch"))
    for name, said in [("a.faiss", "close to"), ("a.usearch", "8 bits")]:
        table = open_table(str(tmp_path / name))
        assert [said in note for note in table.notes] == [True]


def test_a_large_file_is_loaded_while_it_is_read_ahead(stored, monkeypatch):
    monkeypatch.setattr("latcomp.spaces.stored.HELD_BYTES", 1)
    monkeypatch.setattr("latcomp.spaces.space.READ_BYTES", 7 * WIDTH * 8)
    path, _ = stored
    loaded = load(str(path), "a")
    kept = open_space(VECTORS.astype(loaded.facts["dtype"]), "x")[0]
    assert loaded.seen.digest == survey(kept).digest
    assert np.array_equal(loaded.space.rows(0, ROWS), VECTORS)
