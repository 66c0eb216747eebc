"""The benchmarks by name. Each takes a number of runs and returns rows of figures."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import h5py
import numpy as np
import pytest
import torch

from latcomp.matrices.comparing import matrix
from latcomp.measures import ask
from latcomp.pipeline import compare
from latcomp.relating.writing import relate_to_file
from latcomp.scan import scan
from latcomp.spaces.pair import Pair
from latcomp.spaces.stored import Stored
from tests.benchmarks import protocol
from tests.benchmarks.timing import race, ratios

ROOT = Path(__file__).parents[2]


def protocol_20k(runs):
    """n = 20,000, d = 300, m = 300, k = 10: the paper's protocol against peers and bare products"""
    return _against_peers(20_000, 300, 300, runs, ("faiss", "sklearn", "torch"))


def protocol_5k(runs):
    """n = 5,000, d = 300, m = 300, k = 10"""
    return _against_peers(5_000, 300, 300, runs, ("faiss", "sklearn", "torch"))


def protocol_100k(runs):
    """n = 100,000, d = 300, m = 300, all items as queries; one run, for it takes minutes"""
    return _against_peers(100_000, 300, 300, min(runs, 1), ("faiss",))


def more_anchors_than_dimensions(runs):
    """n = 20,000, d = 64, m = 1,000: narrower coordinates against the n x m matrix"""
    x, y = protocol.spaces(20_000, 64)
    anchors = np.random.default_rng(1).permutation(20_000)[:1000]
    timed = race(
        {
            "latcomp": lambda: protocol.by_latcomp(x, y, anchors),
            "latcomp, n x m formed": lambda: protocol.by_latcomp_formed(x, y, anchors),
            "faiss": lambda: protocol.by_faiss(x, y, anchors),
            "n x m formed, bare float32 products": protocol.bare_products(20_000, 1000),
        },
        runs,
    )
    return ratios(timed)


def words(runs):
    """the 20,000-word pair of ../shared/data/words, 300 anchors"""
    found = _words()
    if found is None:
        return [{"skipped": "the words are not here"}]
    x, y = found
    anchors = np.random.default_rng(1).permutation(len(x))[:300]
    return _contenders(x, y, anchors, runs, ("faiss",))


def cuda_20k(runs):
    """on a GPU: n = 20,000, d = 300, m = 300, k = 10"""
    return _on_cuda(*protocol.spaces(20_000, 300), 300, runs)


def cuda_100k(runs):
    """on a GPU: n = 100,000, d = 300, m = 300, all items as queries"""
    return _on_cuda(*protocol.spaces(100_000, 300), 300, runs)


def cuda_words(runs):
    """on a GPU: the 20,000-word pair"""
    found = _words()
    return _on_cuda(*found, 300, runs) if found else [{"skipped": "the words are not here"}]


def row_statistics(runs):
    """two files of 1,000,000 x 256 float16: moments and cosine against reading and bare products"""
    n, d = 1_000_000, 256
    with tempfile.TemporaryDirectory() as folder:
        paths = [
            _rows_file(Path(folder) / f"{side}.npy", n, d, seed) for seed, side in enumerate("ab")
        ]
        x, y = torch.randn(4096, d), torch.randn(4096, d)

        def ours():
            spaces = [_stored(path) for path in paths]
            scan(Pair(*spaces), [s for m in ask(["cka", "cosine"], 10) for s in m.needs("ab", 10)])

        def products():
            for _ in range(0, n, 4096):
                x.T @ x, y.T @ y, x.T @ y

        def read():
            for space in map(_stored, paths):
                for start in range(0, n, 4096):
                    space.rows(start, min(start + 4096, n))

        return ratios(race({"latcomp": ours, "bare products": products, "reading": read}, runs))


def shuffled_ids(runs):
    """1,000,000 x 256 float16, ids in random order against the same order, row statistics only"""
    n = 1_000_000
    ids = [f"item-{i}" for i in range(n)]
    turned = [ids[i] for i in np.random.default_rng(0).permutation(n)]
    with tempfile.TemporaryDirectory() as folder:
        paths = [
            _rows_file(Path(folder) / f"{side}.npy", n, 256, seed) for seed, side in enumerate("ab")
        ]

        def run(second):
            return lambda: compare(*paths, ids=(ids, second), measures="cka", anchors=20, seeds=1)

        timed = race({"latcomp": run(ids), "shuffled": run(turned)}, min(runs, 3))
        return ratios(timed)


def relate(runs):
    """1,000,000 x 256 float16 related to 300 anchors, against reading it and writing the result"""
    n, width = 1_000_000, 300
    with tempfile.TemporaryDirectory() as folder:
        path, output = _rows_file(Path(folder) / "a.npy", n, 256, 0), Path(folder) / "r.h5"

        def ours():
            relate_to_file(path, output, anchors=width)
            output.unlink()

        def read_and_write():
            space, rows = _stored(path), np.zeros((4096, width), np.float32)
            with output.open("wb") as file:
                for start in range(0, n, 4096):
                    space.rows(start, min(start + 4096, n))
                    file.write(rows[: n - start].data)
                file.flush()
                os.fsync(file.fileno())
            output.unlink()

        left, right = torch.randn(4096, 256).double(), torch.randn(width, 256).double()

        def products(dtype):
            return lambda: [left.to(dtype) @ right.to(dtype).T for _ in range(0, n, 4096)]

        contenders = {
            "latcomp": ours,
            "reading and writing": read_and_write,
            "bare float64 products": products(torch.float64),
            "bare float32 products": products(torch.float32),
        }
        return ratios(race(contenders, runs))


def start_up(runs):
    """`latcomp --help` in a fresh process, against `python -c pass`"""
    timed = race(
        {
            "latcomp": lambda: _run("-m", "latcomp", "--help"),
            "python": lambda: _run("-c", "pass"),
        },
        runs,
    )
    return ratios(timed)


def threads(runs):
    """2 threads against 1, n = 20,000"""
    x, y = protocol.spaces(20_000, 300)
    anchors = np.random.default_rng(1).permutation(20_000)[:300]

    def run(count):
        def go():
            torch.set_num_threads(count)
            protocol.by_latcomp(x, y, anchors)

        return go

    timed = race({"latcomp": run(2), "1 thread": run(1)}, runs)
    torch.set_num_threads(2)
    return ratios(timed)


def growth(runs):
    """time and peak memory by n with 10,000 queries, d = 128, one draw: must grow linearly"""
    code = (
        "import sys, time, numpy as np, resource, latcomp\n"
        "n = int(sys.argv[1])\n"
        "x = np.random.default_rng(0).standard_normal((n, 128), dtype=np.float32)\n"
        "t = time.perf_counter()\n"
        "latcomp.compare(x, x[:, ::-1].copy(), seeds=1, measures='jaccard,mrr,cosine')\n"
        "print(time.perf_counter() - t, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    rows = []
    for n in (20_000, 40_000, 80_000, 160_000):
        seconds, peak = _run("-c", code, str(n)).split()
        rows.append(
            {
                "n": n,
                "seconds": round(float(seconds), 2),
                "us_per_item": round(float(seconds) / n * 1e6, 1),
                "peak_mb": int(peak) // 1024,
            }
        )
    return rows


def matrix_of_layers(runs):
    """12 layers of 5,000 x 64, 2 draws of anchors: one matrix against 144 separate runs of compare.

    Of the 144, every twelfth pair is run and the time scaled: 12 of 144, no space left out. The
    scores of the pairs that both ran must be equal to the last bit. ``runs`` is ignored: once each.
    """
    spaces = _layers(12, 5000, 64)
    compare(spaces[0], spaces[1], seeds=1)  # what is measured once per process
    began, used = time.perf_counter(), time.process_time()
    found = matrix(spaces, seeds=2)
    ours = time.perf_counter() - began, time.process_time() - used
    began, used = time.perf_counter(), time.process_time()
    reports = {
        (i, (i + 1) % 12): compare(spaces[i], spaces[(i + 1) % 12], seeds=2) for i in range(12)
    }
    theirs = time.perf_counter() - began, time.process_time() - used
    for pair in found.pairs:
        if (pair.a, pair.b) in reports:
            assert pair.scores == reports[pair.a, pair.b].scores, "not the same numbers"
    rows = []
    for clock, mine, sample in zip(("wall", "processor"), ours, theirs, strict=True):
        for runs_of, count in (("every ordered pair", 144), ("every pair once", 66)):
            separate = sample / 12 * count
            rows.append({
                "clock": clock, "matrix_s": round(mine, 1), "against": f"{count}: {runs_of}",
                "compare_s": round(separate, 1), "times_as_fast": round(separate / mine, 2),
            })  # fmt: skip
    return rows


def matrix_command(runs):
    """12 layers of 5,000 x 64, default options: `latcomp matrix` against 144 of `latcomp compare`.

    Of the 144, every twelfth is run and the time scaled; their scores must be those of the matrix.
    ``runs`` is ignored: once each.
    """
    with tempfile.TemporaryDirectory() as folder:
        layers, document = Path(folder) / "run.h5", Path(folder) / "found.json"
        names = [f"layer{number:02}" for number in range(12)]
        with h5py.File(layers, "w") as file:
            for name, rows in zip(names, _layers(12, 5000, 64), strict=True):
                file[name] = rows
        ours, _ = _command("matrix", f"{layers}::layer*", "--json", str(document))
        pairs = {(pair["a"], pair["b"]): pair for pair in json.loads(document.read_text())["pairs"]}
        theirs = 0.0
        for one in range(12):
            other = (one + 1) % 12
            sides = [f"{layers}::{names[place]}" for place in (one, other)]
            theirs += _command("compare", *sides, "--json", str(document))[0]
            if (one, other) in pairs:
                alone = json.loads(document.read_text())["scores"]
                assert pairs[one, other]["scores"] == alone, "not the same numbers"
    return [
        {
            "matrix_s": round(ours, 1), "against": f"{count}: {runs_of}",
            "compare_s": round(theirs / 12 * count, 1),
            "times_as_fast": round(theirs / 12 * count / ours, 2),
        }
        for runs_of, count in (("every ordered pair", 144), ("every pair once", 66))
    ]  # fmt: skip


def _layers(count, n, d):
    """Layers of a random network: each is a noisy nonlinear map of the one before."""
    rng = np.random.default_rng(0)
    rows = [rng.standard_normal((n, d), dtype=np.float32)]
    for _ in range(count - 1):
        weights = rng.standard_normal((d, d), dtype=np.float32) * 1.5 / d**0.5
        noise = 0.2 * rng.standard_normal((n, d), dtype=np.float32)
        rows.append(np.tanh(rows[-1] @ weights) + noise)
    return rows


def memory(_):
    """peak memory of `latcomp compare A B`, default options, two files of n x 768 float16"""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for n in (25_000, 50_000, 100_000):
            paths = [_hdf5(Path(folder) / f"{n}{side}.h5", n, 768, side) for side in "ab"]
            seconds, used = _command("compare", *paths)
            rows.append({"n": n, "seconds": round(seconds, 1), "peak_mb": used.ru_maxrss // 1024})
    return rows


def _command(*arguments):
    """Seconds that a command of latcomp took, and what it used."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "latcomp", *arguments, "--quiet"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return time.perf_counter() - began, used


BENCHMARKS = {
    run.__name__: run
    for run in (
        protocol_5k, protocol_20k, words, more_anchors_than_dimensions, threads, row_statistics,
        shuffled_ids, relate, growth, start_up, memory, matrix_of_layers,
        matrix_command, protocol_100k,
        cuda_20k, cuda_100k, cuda_words,
    )
}  # fmt: skip


def _words():
    path = ROOT.parent / "shared/data/words/trained_imdb_word2vec_fasttext_100d.npz"
    if not path.exists():
        return None
    with np.load(path) as arrays:
        return arrays["word2vec"], arrays["fasttext"]


def _on_cuda(x, y, m, runs):
    if not torch.cuda.is_available():
        return [{"skipped": "no CUDA device here"}]
    n = len(x)
    anchors = np.random.default_rng(1).permutation(n)[:m]
    ours = protocol.by_latcomp(x, y, anchors, "cuda")
    theirs = protocol.by_torch_cuda(x, y, anchors)
    assert theirs == pytest.approx(ours, abs=1e-4), f"another job: {theirs} {ours}"
    contenders = {
        "latcomp": lambda: protocol.by_latcomp(x, y, anchors, "cuda"),
        "torch, topk of float32 products": lambda: protocol.by_torch_cuda(x, y, anchors),
        "bare float32 products": protocol.bare_products(n, m, device="cuda"),
        "bare TF32 products": protocol.bare_products(n, m, device="cuda", tf32=True),
        "latcomp on the processor": lambda: protocol.by_latcomp(x, y, anchors),
    }
    if n > 50_000:
        del contenders["latcomp on the processor"]
    rows = ratios(race(contenders, runs))
    torch.cuda.reset_peak_memory_stats()
    protocol.by_latcomp(x, y, anchors, "cuda")
    peak = torch.cuda.max_memory_allocated() // 2**20
    return [*rows, {"card": torch.cuda.get_device_name(), "peak_mb on the card": peak}]


def _against_peers(n, d, m, runs, peers):
    x, y = protocol.spaces(n, d)
    anchors = np.random.default_rng(1).permutation(n)[:m]
    return _contenders(x, y, anchors, runs, peers)


def _contenders(x, y, anchors, runs, peers):
    ours = protocol.by_latcomp(x, y, anchors)
    for peer in peers:
        theirs = getattr(protocol, f"by_{peer}")(x, y, anchors)
        assert theirs == pytest.approx(ours, abs=1e-4), f"{peer} does another job: {theirs} {ours}"
    contenders = {"latcomp": partial(protocol.by_latcomp, x, y, anchors)}
    for peer in peers:
        contenders[peer] = partial(getattr(protocol, f"by_{peer}"), x, y, anchors)
    contenders["bare float32 products"] = protocol.bare_products(len(x), len(anchors))
    contenders["bare bfloat16 products"] = protocol.bare_products(
        len(x), len(anchors), torch.bfloat16
    )
    rows = ratios(race(contenders, runs))
    pair = protocol.related(x, y, anchors)
    protocol.scored(pair)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return [*rows, {"latcomp selected by": pair.searched}, {"peak_mb of all": peak}]


def _rows_file(path, n, d, seed):
    rng = np.random.default_rng(seed)
    rows = np.lib.format.open_memmap(path, "w+", np.float16, (n, d))
    for start in range(0, n, 50_000):
        rows[start : start + 50_000] = rng.standard_normal((50_000, d), dtype=np.float32)
    return path


def _hdf5(path, n, d, side):
    """Two such files share 40 latent directions, and the rest is noise."""
    shared, own = np.random.default_rng(0), np.random.default_rng(ord(side))
    weights = own.standard_normal((40, d), dtype=np.float32)
    with h5py.File(path, "w") as file:
        rows = file.create_dataset("embeddings", (n, d), np.float16)
        for start in range(0, n, 5000):
            block = shared.standard_normal((5000, 40), dtype=np.float32) @ weights
            rows[start : start + 5000] = block + 3 * own.standard_normal(block.shape)
    return str(path)


def _stored(path):
    from latcomp.loading.opening import open_table

    return Stored(path.name, open_table(str(path)).vectors)


def _run(*arguments):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=True, env=environment
    )
    return done.stdout
