"""Files as people really store them read as they should, or fail with the one right message."""

from pathlib import Path

import numpy as np
import pytest

import latcomp
from latcomp.errors import LatcompError
from latcomp.loading.opening import open_table

HERE = Path(latcomp.__file__).resolve()
FILES = next((p / "shared/data/files" for p in HERE.parents if (p / "shared/data/files").is_dir()),
             None)  # fmt: skip
pytestmark = pytest.mark.skipif(FILES is None, reason="shared/data/files is not here")

READ = [
    ("atis_npz/embeddings.npz", (945, 300), None),
    ("emoji2vec/emoji2vec.bin", (1661, 300), "🇸🇰"),
    ("gensim_testdata/euclidean_vectors.bin", (2747, 10), "the"),
    ("gensim_testdata/lee_fasttext.vec", (1762, 10), "the"),
    ("gensim_testdata/pang_lee_polarity_fasttext.vec", (1694, 100), "."),
    ("gensim_testdata/test_glove.txt", (76, 50), "the"),
    ("job_similarity/embeddings.h5", (88, 768), None),
    ("single_cell_object_npz/embeddings.npz", (766, 1024), None),
    ("spacerank/embeddings.npz", (392, 384), "3dadeeb3b43c285ba16f2fb08c40ba4a793aa2df"),
    ("takeover_parquet/embeddings.parquet", (2792, 256),
     "commit_msg:2fca6157fcca165438e0f9495cf0e5a4e6f71349"),
    ("uchicago_courses/embeddings_e5.npy", (93, 384), None),
    ("uchicago_courses/embeddings_glove.npy", (93, 300), None),
    ("uchicago_courses/embeddings_minilm.npy", (93, 384), None),
    ("uchicago_courses/embeddings_tfidf.npy", (93, 4173), None),
]  # fmt: skip

REFUSED = [
    ("emoji2vec/LICENSE", "has no known format"),
    ("negative/dict_pickled_in_npy.npy",
     "cannot be read as npy: it holds pickled Python objects, which are never loaded"),
    ("negative/git_lfs_pointer.npy", "is a Git LFS pointer, not the data it points to"),
    ("negative/git_lfs_pointer.parquet", "is a Git LFS pointer, not the data it points to"),
    ("negative/truncated.h5ad", "cannot be read as HDF5: the file is truncated"),
    ("uchicago_courses/courses.csv",
     "has no column of vectors; its columns are: url, title, course_code, section, instructor(s), "
     "location, meeting_times, fulfills, description, syllabus, other_prerequisites, "
     "overlapping_classes"),
]  # fmt: skip


def test_the_tables_name_every_file():
    named = {name for name, *_ in READ + REFUSED}
    assert named == {str(p.relative_to(FILES)) for p in FILES.rglob("*") if p.is_file()}


@pytest.mark.parametrize(("name", "shape", "first"), READ)
def test_a_real_file_reads_as_it_should(name, shape, first):
    table = open_table(str(FILES / name))
    assert table.vectors.shape == shape
    assert np.isfinite(table.vectors[0 : shape[0]]).all()
    assert (table.ids and table.ids[0]) == first


@pytest.mark.parametrize(("name", "said"), REFUSED)
def test_a_real_file_that_holds_no_vectors_says_so(name, said):
    with pytest.raises(LatcompError) as caught:
        open_table(str(FILES / name))
    assert caught.value.problem == f"{FILES / name} {said}"


def test_pickled_ids_of_a_real_file_are_told_of():
    table = open_table(str(FILES / "single_cell_object_npz/embeddings.npz"))
    assert len(table.notes) == 2
    assert all("pickled objects" in note for note in table.notes)


def test_word2vec_binary_agrees_with_a_plain_reading():
    data = (FILES / "emoji2vec/emoji2vec.bin").read_bytes()
    at = data.index(b"\n") + 1
    table = open_table(str(FILES / "emoji2vec/emoji2vec.bin"))
    for row in range(50):
        space = data.index(b" ", at)
        assert data[at:space].decode().strip() == table.ids[row]
        vector = np.frombuffer(data, "<f4", 300, space + 1)
        assert np.array_equal(table.vectors[row : row + 1][0], vector)
        at = space + 1 + 1200
