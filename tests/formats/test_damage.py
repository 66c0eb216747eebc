"""A few of the cases of `make fuzz`, and what hypothesis thinks of."""

import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import fuzz
import numpy as np
import pytest
from filekinds import KINDS, write
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from latcomp.loading.load import open_space
from latcomp.writers import Contents, write_vectors

CASES = 8


@pytest.mark.parametrize("name", KINDS)
def test_a_damaged_file_is_read_or_refused(tmp_path, name):
    sound, broken = tmp_path / "sound", tmp_path / "broken"
    sound.mkdir()
    broken.mkdir()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        source = write(name, sound)
        for case in range(CASES):
            fuzz.survives(fuzz.damaged(source, broken, np.random.default_rng([2, case])))


FOUND = [("stream.arrow", 11, 71)]
"""Cases that `make fuzz` found mishandled, and that are handled since."""


@pytest.mark.parametrize(("name", "seed", "case"), FOUND)
def test_what_the_fuzz_run_found_stays_mended(tmp_path, name, seed, case):
    sound, broken = tmp_path / "sound", tmp_path / "broken"
    sound.mkdir()
    broken.mkdir()
    source = write(name, sound)
    fuzz.survives(fuzz.damaged(source, broken, np.random.default_rng([seed, case])))


@given(
    vectors=arrays.arrays(
        st.sampled_from(["f2", "f4", "f8", ">f8", "i2", "u1"]),
        arrays.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=9),
    ),
    ending=st.sampled_from([".h5", ".npy", ".safetensors", ".parquet"]),
    data=st.data(),
)
@settings(max_examples=100, deadline=None)
def test_whatever_is_written_is_read_again(vectors, ending, data):
    names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=9)
    ids = data.draw(st.lists(names, min_size=len(vectors), max_size=len(vectors)))
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"a{ending}"
        write_vectors(path, Contents(vectors.shape, vectors.dtype, [vectors], ids))
        space, _ = open_space(str(path), "a")
        again = space.stored_rows(0, len(vectors))
    assert space.ids == ids
    assert again.tobytes() == vectors.astype(vectors.dtype.newbyteorder("<")).tobytes()
