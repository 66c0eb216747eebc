"""Reading ahead never changes what is read."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latcomp.files.ahead import Ahead

ROWS = np.arange(50)[:, None]


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=12))
def test_any_order_of_asking_reads_the_same(asked):
    ahead = Ahead(lambda start, stop: ROWS[start:stop], 50)
    for start, stop in asked:
        assert np.array_equal(ahead(start, stop), ROWS[start:stop])


def test_a_walk_is_one_block_ahead_of_itself():
    read = []
    ahead = Ahead(lambda start, stop: read.append((start, stop)) or ROWS[start:stop], 50)
    for start in (0, 20, 40):
        ahead(start, min(start + 20, 50))
    assert read == [(0, 20), (20, 40), (40, 50)]


def test_an_error_ahead_is_raised_where_its_block_is_asked_for():
    def read(start, stop):
        if stop > 20:
            raise OSError("gone")
        return ROWS[start:stop]

    ahead = Ahead(read, 50)
    assert len(ahead(0, 20)) == 20
    with pytest.raises(OSError, match="gone"):
        ahead(20, 40)
