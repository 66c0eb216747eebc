"""Every file that cannot be read has its one clear message, and nothing in it is run."""

import gzip
import io
import json
import pickle
import re
import struct
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
import torch
import zarr
from filekinds import VECTORS, write

from latcomp.errors import LatcompError
from latcomp.files.unpacking import parse_size
from latcomp.formats import Asked
from latcomp.loading.load import open_space
from latcomp.loading.opening import File, open_table
from latcomp.optional import need
from latcomp.writers import check_output

CASES = {}
PICKLED = "{{p}} cannot be read as {}: it holds pickled Python objects, which are never loaded"
OUTSIDE = "{p}::v takes its numbers from other files, {p}.raw first, which are not read"


def case(name, said):
    def add(write):
        CASES[write.__name__] = (name, said, write)
        return write

    return add


@case("a.h5", "{p} is empty")
def nothing(path):
    path.write_bytes(b"")


@case("a.npy", "{p} is a Git LFS pointer, not the data it points to")
def pointer(path):
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")


@case("a.parquet", "{p} is named like parquet but does not hold it")
def other_contents(path):
    path.write_bytes(b"\1\2\3\4 not at all")


@case("a.xyz", "{p} has no known format")
def unknown(path):
    path.write_bytes(b"\1\2\3\4 not at all")


class Bomb:
    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return Path.touch, (self.mark,)


@case(
    "a.pt", "{p} cannot be read as torch: it holds pickled Python objects, which are never loaded"
)
def torch_pickle(path):
    torch.save({"embeddings": Bomb(path.with_name("ran"))}, path)


@case("a.npy", PICKLED.format("npy"))
def npy_pickle(path):
    np.save(path, np.array([Bomb(path.with_name("ran"))], dtype=object), allow_pickle=True)


@case("a.npy", "{p} is a pickle, which may run code when it is loaded, so it never is")
def pickle_named_npy(path):
    path.write_bytes(pickle.dumps(Bomb(path.with_name("ran"))))


@case("a.json", "{p} is one JSON document; JSON lines are read, one object per item")
def one_document(path):
    path.write_text('[{"id": "a", "embedding": [1, 2]}]')


@case("a.pt", "{p} holds a tensor of complex64; plain numbers were expected")
def complex_numbers(path):
    torch.save(torch.zeros(3, 4, dtype=torch.complex64), path)


@case("a.npz", "{p}::embeddings has 1 dimensions (1,); 2 are needed")
def npz_pickle(path):
    np.savez(path, embeddings=np.array([Bomb(path.with_name("ran"))], dtype=object))


@case("a.pkl", "{p} is a pickle, which may run code when it is loaded, so it never is")
def bare_pickle(path):
    path.write_bytes(pickle.dumps(Bomb(path.with_name("ran"))))


@case("a.zarr", "{p} cannot be read as zarr: {any}")
def zarr_pickle(path):
    zarr.create_array(path, data=VECTORS, zarr_format=2)
    found = json.loads((path / ".zarray").read_text())
    (path / ".zarray").write_text(json.dumps({**found, "compressor": {"id": "pickle"}}))
    (path / "0.0").write_bytes(pickle.dumps(Bomb(path.with_name("ran"))))


@case("a.h5", OUTSIDE)
def external_numbers(path):
    VECTORS.tofile(f"{path}.raw")
    with h5py.File(path, "w") as file:
        file.create_dataset("v", (40, 6), "f4", external=[(f"{path}.raw", 0, 960)])


@case("a.h5", "{p} has no 2-D dataset; it holds: nothing")
def external_link(path):
    write("a.h5", path.parent).rename(path.with_name("other.h5"))
    with h5py.File(path, "w") as file:
        file["embeddings"] = h5py.ExternalLink("other.h5", "embeddings")


@case("a.h5", "{p}::v takes its numbers from other files, other.h5 first, which are not read")
def virtual(path):
    write("a.h5", path.parent).rename(path.with_name("other.h5"))
    layout = h5py.VirtualLayout((40, 6), "f4")
    layout[:] = h5py.VirtualSource("other.h5", "embeddings", (40, 6))
    with h5py.File(path, "w") as file:
        file.create_virtual_dataset("v", layout)


@case("a.h5", "{p}::v takes 0 bytes and would unpack to 4,611,686,018,427,387,904, "
              "more than the 1,048,576 allowed")  # fmt: skip
def endless_hdf5(path):
    with h5py.File(path, "w") as file:
        file.create_dataset("v", (2**58, 4), "f4", chunks=(8, 4))


@case("a.npy", "{p} cannot be read as npy: the file is truncated")
def endless_npy(path):
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1152921504606846976, 4), }"
    path.write_bytes(b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header.encode())


@case("a.npz", "{p}::v.npy cannot be read as npy: the file is truncated")
def endless_npz(path):
    endless_npy(path.with_name("v.npy"))
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(path.with_name("v.npy"), "v.npy")


@case("a.npz", "{p} takes {n} bytes and would unpack to 26,214,400, more than the {n} "
               "allowed")  # fmt: skip
def npz_bomb(path):
    head = io.BytesIO()
    shape = {"descr": "<f4", "fortran_order": False, "shape": (65536, 100)}
    np.lib.format.write_array_header_1_0(head, shape)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("embeddings.npy", head.getvalue() + bytes(25 * 2**20))


@case("a.vec.gz", "{p} takes {n} bytes and would unpack to {n}, more than the {n} allowed")
def gzip_bomb(path):
    with gzip.open(path, "wb", compresslevel=9) as file:
        file.write(b"a 1 2\n")
        for _ in range(30):
            file.write(b"\n" * 2**20)


@case("a.zarr", "{p}:: takes {n} bytes and would unpack to 4,611,686,018,427,387,904, more than "
                "the 1,048,576 allowed")  # fmt: skip
def endless_zarr(path):
    zarr.create_array(path, shape=(2**58, 4), chunks=(64, 4), dtype="f4")


@case("a.pt", "{p} cannot be read as torch: its shape (1152921504606846976, 2) promises more "
              "numbers than are stored")  # fmt: skip
def endless_torch(path):
    torch.save(torch.zeros(1, 1).expand(2**60, 2), path)


@case("a.bin", "{p} cannot be read as word2vec: its header promises 1,152,921,504,606,846,976 x 2 "
               "numbers, more than its 34 bytes hold")  # fmt: skip
def endless_word2vec(path):
    path.write_bytes(b"1152921504606846976 2\nab " + bytes(9))


@case("a.fbin", "{p} cannot be read as fbin: its header promises 4,294,967,295 x 4,294,967,295 "
                "numbers, and it has 12 bytes")  # fmt: skip
def endless_fbin(path):
    path.write_bytes(b"\xff" * 12)


@case("a.fvecs", "{p} cannot be read as fvecs: its 10 bytes are not whole rows of 3 numbers")
def cut_fvecs(path):
    path.write_bytes(struct.pack("<i", 3) + bytes(6))


@case("a.vec", "{p} has 2 words; its first line promises 3")
def short_words(path):
    path.write_text("3 2\na 1 2\nb 3 4\n")


@case("a.vec", "{p} has a line that is no word and 2 numbers, near line 3: 'b 3'")
def ragged_words(path):
    path.write_text("2 2\na 1 2\nb 3\n")


@case("a.jsonl", "{p}: line 2 has a vector of shape (1,); the first has 2 dimensions")
def ragged_jsonl(path):
    path.write_text('{"embedding": [1, 2]}\n{"embedding": [1]}\n')


@case("a.jsonl", "{p}: line 2 is not JSON: Expecting value: line 1 column 1 (char 0)")
def broken_jsonl(path):
    path.write_text('{"embedding": [1, 2]}\nnothing\n')


@case("a.csv", "{p} has no column of vectors; its columns are: title, url")
def csv_of_words(path):
    path.write_text("title,url\na,b\n")


@case("a.csv", "{p}: row 1 has 2 cells, and 3 were expected")
def ragged_csv(path):
    path.write_text("id,d0,d1\na,1,2\nb,1\n")


@case("a.csv", "{p}: lines 2 to 3 hold a value that is not a number")
def missing_in_csv(path):
    path.write_text("id,d0,d1\na,1,2\nb,,3\n")


@case("a.csv", "{p}: lines 2 to 3 hold a value that is not a number")
def two_numbers_in_a_cell(path):
    path.write_text('id,d0,d1\na,1,2\nb,"3,4",5\n')


@case("a.parquet", "{p} says that it has 1 rows and holds none")
def rows_without_batches(path):
    pyarrow.parquet.write_table(pa.table({"v": [[1.0, 2.0]]}), path)
    of_one_row, of_none = b"\x16\x02\x26\x08", b"\x16\x00\x26\x08"
    assert path.read_bytes().count(of_one_row) == 1
    path.write_bytes(path.read_bytes().replace(of_one_row, of_none))


@case("a.h5", "{p}::ids does not hold texts")
def ids_of_another_kind(path):
    with h5py.File(path, "w") as file:
        file["v"] = VECTORS
        ids = file.create_dataset("ids", (len(VECTORS),), h5py.vlen_dtype(np.int32))
        ids[0] = [1, 2, 3]


@case("a.parquet", "{p}: rows 0 to 2 cannot be read: vectors of `v` have 2 and other numbers of "
                   "dimensions")  # fmt: skip
def ragged_parquet(path):
    pyarrow.parquet.write_table(pa.table({"v": [[1.0, 2.0], [1.0]]}), path)


@case("a.parquet", "{p}: rows 0 to 2 cannot be read: a value of `v` is missing")
def missing_in_parquet(path):
    pyarrow.parquet.write_table(pa.table({"v": [[1.0, 2.0], [1.0, None]]}), path)


@case("many", "{p}/b.npy has rows of 3 float32, and {p}/a.npy of 2 float32; they are not parts of "
              "one whole")  # fmt: skip
def shards_that_differ(path):
    path.mkdir()
    for name, width in [("a", 2), ("b", 3)]:
        np.save(path / f"{name}.npy", np.ones((4, width), np.float32))


@case("many", "{p} is a folder with files of several kinds: .csv, .npy")
def folder_of_all_sorts(path):
    path.mkdir()
    write("a.npy", path)
    write("a.csv", path)


@case("many", "{p} is a folder without files to read")
def empty_folder(path):
    path.mkdir()


@case("a_*.npy", "no file matches {p}")
def pattern_without_match(path):
    pass


@case("gone.npy", "{p} does not exist")
def gone(path):
    pass


def _read(path):
    vectors = open_table(str(path)).vectors
    vectors[0 : vectors.shape[0]]


@pytest.fixture(autouse=True)
def _small_cap(monkeypatch):
    monkeypatch.setattr("latcomp.files.unpacking.FREE_BYTES", 2**20)


@pytest.mark.parametrize("what", CASES)
def test_a_file_that_cannot_be_read_says_why(tmp_path, what):
    name, said, write_case = CASES[what]
    path = tmp_path / name
    write_case(path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(LatcompError) as caught:
        _read(path)
    expected = re.escape(said.format(p=path, n="\1", any="\2"))
    expected = expected.replace("\1", r"[\d,]+").replace("\2", ".*")
    assert re.fullmatch(expected, caught.value.problem), caught.value.problem
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("count", [39, 41])
@pytest.mark.parametrize("what", ["ids", "labels"])
def test_more_or_fewer_ids_than_rows_names_both_counts(tmp_path, what, count):
    path = write("a.npy", tmp_path)
    (tmp_path / "given.txt").write_text("x\n" * count)
    given = {what: str(tmp_path / "given.txt")}
    with pytest.raises(LatcompError) as caught:
        open_space(File(str(path), **given), "a")
    assert caught.value.problem == f"{count} {what} were given for the 40 rows of {path}"


def test_ids_beside_the_vectors_that_do_not_fit_are_named(tmp_path):
    path = write("a.npy", tmp_path)
    (tmp_path / "ids.txt").write_text("x\n" * 3)
    with pytest.raises(LatcompError) as caught:
        open_space(str(path), "a")
    near = tmp_path / "ids.txt"
    assert caught.value.problem == f"3 ids were given in {near} for the 40 rows of {path}"
    assert caught.value.hint == f"name the right file with --ids, or move {near} away"


def test_what_may_be_unpacked_can_be_raised(tmp_path):
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("v", (2**28, 4), "f4", chunks=(8, 4))
    assert open_table(str(path), Asked(unpack=parse_size("4G"))).vectors[5:6].tolist() == [[0] * 4]


def test_bare_numbers_of_another_size_name_both_sizes(tmp_path):
    (tmp_path / "a.dat").write_bytes(bytes(100))
    with pytest.raises(LatcompError) as caught:
        open_table(str(tmp_path / "a.dat"), Asked("float32", (10, 3)))
    assert caught.value.problem == f"{tmp_path}/a.dat has 100 bytes; 10 x 3 float32 take 120"


def test_a_name_that_cannot_be_written_is_refused_before_the_work(tmp_path):
    with pytest.raises(LatcompError) as caught:
        check_output(tmp_path / "a.docx")
    assert caught.value.problem == f"{tmp_path}/a.docx has an ending that is not written"


def test_a_missing_package_gives_the_install_line(tmp_path, monkeypatch):
    path = write("lists.parquet", tmp_path)
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(LatcompError) as caught:
        open_table(str(path))
    assert caught.value.problem == (
        f"reading {path} needs the package pyarrow, which is not installed"
    )
    assert caught.value.hint == "pip install 'latcomp[parquet]'"


def test_a_package_that_cannot_be_imported_says_why(tmp_path, monkeypatch):
    (tmp_path / "broken_one.py").write_text("raise RuntimeError('operator nms does not exist')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(LatcompError) as caught:
        need("broken_one", "vision", "embedding")
    assert caught.value.problem == (
        "embedding needs the package broken_one, which cannot be imported: "
        "operator nms does not exist"
    )
