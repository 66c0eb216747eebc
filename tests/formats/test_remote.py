"""Remote files: through fsspec's memory file system, and a server on this machine."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import fsspec
import numpy as np
import pytest
from filekinds import IDS, VECTORS, write

from latcomp.errors import InputError
from latcomp.loading.load import open_space
from latcomp.loading.opening import File, open_table


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture
def server(tmp_path):
    found = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=partial(found.serve_forever, 0.02), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{found.server_address[1]}"
    found.shutdown()
    thread.join()
    found.server_close()


@pytest.fixture
def memory(tmp_path):
    system = fsspec.filesystem("memory")
    for name in ("a.h5", "a.npy", "two.zarr", "shards"):
        system.put(str(write(name, tmp_path)), f"/bucket/{name}", recursive=True)
    (tmp_path / "ids.txt").write_text("\n".join(IDS), encoding="utf-8")
    system.put(str(tmp_path / "ids.txt"), "/lists/ids.txt")
    yield "memory://bucket"
    system.rm("/bucket", recursive=True)


@pytest.mark.parametrize("name", ["a.h5", "a.h5::embeddings", "two.zarr", "shards", "shards/*.npy"])
def test_remote_files_and_folders_are_read(memory, name):
    table = open_table(f"{memory}/{name}")
    assert np.array_equal(table.vectors[0:40], VECTORS)


def test_ids_may_be_remote(memory):
    space, _ = open_space(File(f"{memory}/a.npy", ids="memory://lists/ids.txt"), "a")
    assert space.ids == IDS


def test_a_file_is_read_from_a_server(server, tmp_path):
    write("a.h5", tmp_path)
    table = open_table(f"{server}/a.h5")
    assert np.array_equal(table.vectors[0:40], VECTORS)
    assert table.ids == IDS
    assert table.path == f"{server}/a.h5"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("{server}/gone.h5", "{server}/gone.h5 cannot be found"),
        ("memory://nowhere/a.h5", "memory://nowhere/a.h5 cannot be found"),
        ("http://127.0.0.1:1/a.h5", "http://127.0.0.1:1/a.h5 cannot be found"),
        ("nosuch://a.h5", "nosuch://a.h5 cannot be reached: Protocol not known: nosuch"),
    ],
)
def test_an_address_that_leads_nowhere_says_so(server, name, said):
    with pytest.raises(InputError) as caught:
        open_table(name.format(server=server))
    assert caught.value.problem.startswith(said.format(server=server))
