"""Peak memory and time of comparing 1,000,000 x 256 in every format that is read lazily.

python -m tests.benchmarks.big_files [NAME ...]: one file at a time lies in the temporary folder,
is compared with itself in a process of its own, and is deleted. The most memory that the process
ever held must stay under LIMIT.
"""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import get_context
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
ROWS, WIDTH, STEP = 1_000_000, 256, 20_000
LIMIT = 2e9
"""Bytes that a comparison may hold at most, the interpreter and its libraries included."""

OPTIONS = ["--measures", "cosine,cka", "--anchors", "100", "--seeds", "1", "--quiet"]
"""What is compared: measures over rows, absolute and relative."""

Write = Callable[[Path], None]
KINDS: dict[str, Write] = {}


def kind(name: str) -> Callable[[Write], Write]:
    """Register a way to write the vectors under the name of its file."""

    def add(write: Write) -> Write:
        KINDS[name] = write
        return write

    return add


def blocks() -> Iterator[np.ndarray]:
    """The vectors, STEP rows at a time: (STEP, WIDTH) float32."""
    rng = np.random.default_rng(0)
    mixing = rng.standard_normal((20, WIDTH), dtype=np.float32)
    for _ in range(0, ROWS, STEP):
        noise = rng.standard_normal((STEP, WIDTH), dtype=np.float32)
        yield rng.standard_normal((STEP, 20), dtype=np.float32) @ mixing + noise


def ids() -> list[str]:
    """An id for every row."""
    return [f"item-{row}" for row in range(ROWS)]


def big_files(runs: int) -> list[dict[str, float | str]]:
    """1,000,000 x 256 in every lazy format: peak memory under 2 GB"""
    return list(measured(KINDS))


def measured(names: Iterable[str]) -> Iterator[dict[str, float | str]]:
    """A row of figures for every file."""
    for name in names:
        with tempfile.TemporaryDirectory(prefix="latcomp-big-") as folder:
            path = Path(folder) / name
            _write(name, path)
            yield {"file": name, **_compared(path)}


def _write(name: str, path: Path) -> None:
    """Write in a process of its own: a child begins with the most its parent ever held."""
    writing = get_context("spawn").Process(target=KINDS[name], args=(path,))
    writing.start()
    writing.join()
    if writing.exitcode:
        raise RuntimeError(f"{name} was not written: exit {writing.exitcode}")


def _compared(path: Path) -> dict[str, float | str]:
    described = ["--dtype", "float32", "--shape", f"x{WIDTH}"] if path.suffix == ".raw" else []
    command = [sys.executable, "-m", "latcomp", "compare", str(path), str(path), *OPTIONS]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    began = time.perf_counter()
    process = subprocess.Popen([*command, *described], env=environment)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{path.name}: exit {process.returncode}")
    peak = used.ru_maxrss * 1024
    return {
        "peak_gb": round(peak / 1e9, 2),
        "within": "yes" if peak < LIMIT else "NO",
        "wall_s": round(time.perf_counter() - began, 1),
        "cpu_s": round(used.ru_utime + used.ru_stime, 1),
    }


@kind("a.npy")
def npy(path: Path) -> None:
    _npy(path, np.float32)


@kind("half.npy")
def npy_half(path: Path) -> None:
    _npy(path, np.float16)


@kind("columns.npy")
def npy_fortran(path: Path) -> None:
    """Column by column, as numpy writes the transpose of an array."""
    rows = np.lib.format.open_memmap(path, "w+", np.float32, (ROWS, WIDTH), fortran_order=True)
    _fill(rows)


@kind("a.raw")
def raw(path: Path) -> None:
    with path.open("wb") as file:
        for block in blocks():
            block.tofile(file)


@kind("a.npz")
def npz(path: Path) -> None:
    """As numpy.savez writes it: not packed."""
    import zipfile

    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".npy") as whole:
        _npy(Path(whole.name), np.float32)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
            archive.write(whole.name, "embeddings.npy")


@kind("a.h5")
def hdf5(path: Path) -> None:
    import h5py

    with h5py.File(path, "w") as file:
        _fill(file.create_dataset("embeddings", (ROWS, WIDTH), "f4"))
        file["ids"] = ids()


@kind("packed.h5")
def hdf5_packed(path: Path) -> None:
    """float16, chunked as h5py guesses, gzip."""
    import h5py

    with h5py.File(path, "w") as file:
        _fill(file.create_dataset("embeddings", (ROWS, WIDTH), "f2", chunks=True,
                                  compression="gzip", compression_opts=1))  # fmt: skip


@kind("a.zarr")
def zarr_folder(path: Path) -> None:
    import zarr

    shape = (ROWS, WIDTH)
    _fill(zarr.create_array(path, shape=shape, chunks=(STEP, WIDTH), dtype="f4"))


@kind("a.safetensors")
def safetensors(path: Path) -> None:
    _by_latcomp(path)


@kind("a.parquet")
def parquet(path: Path) -> None:
    _by_latcomp(path)


@kind("lists.parquet")
def parquet_lists(path: Path) -> None:
    """Lists in row groups of a million rows, as pandas and polars write them."""
    import pyarrow as pa
    import pyarrow.parquet

    values = pa.array(np.concatenate([block.ravel() for block in blocks()]))
    offsets = pa.array(np.arange(0, (ROWS + 1) * WIDTH, WIDTH, dtype=np.int32))
    lists = pa.ListArray.from_arrays(offsets, values)
    pyarrow.parquet.write_table(pa.table({"embedding": lists}), path)


@kind("a.arrow")
def arrow_file(path: Path) -> None:
    import pyarrow as pa

    schema = pa.schema([("embedding", pa.list_(pa.float32(), WIDTH))])
    with pa.ipc.new_file(path, schema) as writer:
        _batches(writer, schema)


@kind("stream.arrow")
def arrow_stream(path: Path) -> None:
    """As Hugging Face datasets saves it."""
    import pyarrow as pa

    schema = pa.schema([("embedding", pa.list_(pa.float32(), WIDTH))])
    with pa.ipc.new_stream(path, schema) as writer:
        _batches(writer, schema)


@kind("a.pt")
def torch_tensor(path: Path) -> None:
    import torch

    whole = torch.empty(ROWS, WIDTH)
    _fill(whole.numpy())
    torch.save({"embeddings": whole}, path)


@kind("a.fvecs")
def fvecs(path: Path) -> None:
    with path.open("wb") as file:
        for block in blocks():
            widths = np.full((STEP, 1), WIDTH, "<i4").view("<f4")
            np.hstack([widths, block]).tofile(file)


@kind("a.fbin")
def fbin(path: Path) -> None:
    with path.open("wb") as file:
        file.write(struct.pack("<II", ROWS, WIDTH))
        for block in blocks():
            block.tofile(file)


@kind("words.bin")
def word2vec(path: Path) -> None:
    with path.open("wb") as file:
        file.write(f"{ROWS} {WIDTH}\n".encode())
        for start, block in zip(range(0, ROWS, STEP), blocks(), strict=True):
            lines = (b"word%d %s\n" % (start + i, row.tobytes()) for i, row in enumerate(block))
            file.write(b"".join(lines))


@kind("flat.faiss")
def faiss_flat(path: Path) -> None:
    import faiss

    index = faiss.IndexFlatIP(WIDTH)
    for block in blocks():
        index.add(block)
    faiss.write_index(index, str(path))


@kind("shards")
def shards(path: Path) -> None:
    path.mkdir()
    for number, block in enumerate(blocks()):
        np.save(path / f"emb_{number}.npy", block)


def _npy(path: Path, dtype: type) -> None:
    with path.open("wb") as file:
        header = {"descr": np.dtype(dtype).str, "fortran_order": False, "shape": (ROWS, WIDTH)}
        np.lib.format.write_array_header_1_0(file, header)
        for block in blocks():
            block.astype(dtype).tofile(file)


def _fill(rows) -> None:
    for start, block in zip(range(0, ROWS, STEP), blocks(), strict=True):
        rows[start : start + STEP] = block


def _batches(writer, schema) -> None:
    import pyarrow as pa

    for block in blocks():
        lists = pa.FixedSizeListArray.from_arrays(pa.array(block.ravel()), WIDTH)
        writer.write_batch(pa.record_batch([lists], schema=schema))


def _by_latcomp(path: Path) -> None:
    from latcomp.writers import Contents, write_vectors

    write_vectors(path, Contents((ROWS, WIDTH), np.dtype("f4"), blocks(), ids()))


def main(names: list[str]) -> int:
    """Print a line for every comparison; 1 where one held too much."""
    rows = []
    for row in measured(names or KINDS):
        rows.append(row)
        print("  ".join(f"{key}={value}" for key, value in row.items()), flush=True)
    return int(any(row["within"] == "NO" for row in rows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
