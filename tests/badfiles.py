"""A folder of files that cannot be used, each for a reason of its own, beside some that can."""

import json
from pathlib import Path

import h5py
import numpy as np

from tests.data import space

ROWS = 40
IDS = [f"w{i}" for i in range(ROWS)]


def fill(folder: Path) -> None:
    """Write every file into the folder."""
    x = space(ROWS, 4).astype(np.float32)
    _good(folder, x)
    _broken(folder)
    _broken_inside(folder)
    _wrong_shapes(folder, x)
    _wrong_rows(folder, x)
    _wrong_ids(folder, x)
    _wrong_json(folder)


def hdf5(path: Path, **datasets) -> None:
    with h5py.File(path, "w") as file:
        for name, values in datasets.items():
            file[name] = values


def _texts(names):
    return np.array(names, dtype="S")


def _good(folder, x):
    np.save(folder / "a.npy", x)
    np.save(folder / "b.npy", x[:, ::-1].copy())
    for name in ("a.h5", "b.h5"):
        hdf5(folder / name, embeddings=x, ids=_texts(IDS))


def _broken(folder):
    (folder / "folder").mkdir()
    (folder / "empty.h5").touch()
    for name in ("text.h5", "text.npy", "text.npz", "text.xyz"):
        (folder / name).write_text("hello")
    (folder / "lfs.npy").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:ab\n")
    hdf5(folder / "big.h5", embeddings=space(5000, 20))
    whole = (folder / "big.h5").read_bytes()
    (folder / "cut.h5").write_bytes(whole[: len(whole) // 2])
    (folder / "cut.npy").write_bytes((folder / "a.npy").read_bytes()[:300])
    np.savez(folder / "a.npz", embeddings=space(ROWS, 4))
    packed = bytearray((folder / "a.npz").read_bytes())
    (folder / "cut.npz").write_bytes(packed[: len(packed) // 2])
    packed[300] ^= 255
    (folder / "damaged.npz").write_bytes(packed)
    np.save(folder / "pickled.npy", np.array([{"a": 1}], dtype=object))


def _broken_inside(folder):
    """HDF5 that opens, and fails or lies where its numbers should be."""
    with h5py.File(folder / "zipped.h5", "w") as file:
        chunked = {"chunks": (500, 20), "compression": "gzip"}
        file.create_dataset("embeddings", data=space(5000, 20), **chunked)
    damaged = bytearray((folder / "zipped.h5").read_bytes())
    middle = len(damaged) // 2
    damaged[middle : middle + 20000] = bytes(20000)
    (folder / "damaged.h5").write_bytes(damaged)
    layout = h5py.VirtualLayout((ROWS, 4), "f4")
    layout[:] = h5py.VirtualSource("gone.h5", "embeddings", (ROWS, 4))
    with h5py.File(folder / "virtual.h5", "w") as file:
        file.create_virtual_dataset("embeddings", layout)
    with h5py.File(folder / "links.h5", "w") as file:
        file["soft"] = h5py.SoftLink("/nowhere")
        file["outside"] = h5py.ExternalLink("a.h5", "/embeddings")


def _wrong_shapes(folder, x):
    hdf5(folder / "flat.h5", v=x[0], w=x[None])
    hdf5(folder / "nothing.h5")
    hdf5(folder / "several.h5", layer1=x, layer2=x[:, :2])
    np.save(folder / "one.npy", x[0])
    np.save(folder / "three.npy", x[None])
    np.save(folder / "norows.npy", x[:0])
    np.save(folder / "words.npy", np.array([["a", "b"]]))
    np.save(folder / "complex.npy", x.astype(np.complex64))
    np.save(folder / "short.npy", x[:30])


def _wrong_rows(folder, x):
    invalid, zero, lost = x.copy(), x.copy(), x.copy()
    invalid[3], invalid[5, 1] = np.nan, np.inf
    zero[7], lost[:] = 0, np.nan
    np.save(folder / "nan.npy", invalid)
    np.save(folder / "zeros.npy", zero)
    np.save(folder / "allnan.npy", lost)
    np.save(folder / "equal.npy", np.ones_like(x))


def _wrong_ids(folder, x):
    twice = IDS.copy()
    twice[4] = twice[6] = twice[3]
    hdf5(folder / "dup.h5", embeddings=x, ids=_texts(twice))
    hdf5(folder / "other.h5", embeddings=x, ids=_texts([f"z{i}" for i in range(ROWS)]))
    (folder / "two.txt").write_text("a\nb\n")


def _wrong_json(folder):
    (folder / "text.json").write_text("hello")
    (folder / "list.json").write_text("[1]")
    (folder / "schema.json").write_text('{"schema": "latcomp/report/1"}')
    (folder / "matrix.json").write_text('{"schema": "latcomp/matrix/1"}')
    anchors = {"schema": "latcomp/anchors/1", "strategy": "uniform", "seed": 0}
    source = {"path": "old.npy", "digest": "sha256:0", "dataset": None, "shape": [ROWS, 4]}
    for name, more in {
        "rows": {"rows": [0, 1], "source": source},
        "ids": {"rows": [0, 1, 2], "ids": ["q1", "w2", "q3"], "source": source},
        "norows": {"rows": [], "source": source},
        "letters": {"rows": "abc", "source": source},
        "nosource": {"rows": [0, 1], "source": {}},
    }.items():
        (folder / f"anchors_{name}.json").write_text(json.dumps(anchors | more))
