"""The paper's comparison, one anchor draw, by latcomp and as users write it with other tools."""

from __future__ import annotations

import numpy as np
import torch

from latcomp.measures import ask
from latcomp.recipes import parse_recipe
from latcomp.scan import scan
from latcomp.scoring.score import depth, kinds
from latcomp.spaces.pair import Pair
from latcomp.spaces.stored import Stored

K = 10
BLOCK = 2048
CUDA_BLOCK = 8192


def spaces(n, d, seed=0):
    """Two spaces that share 40 latent directions, and the rest noise."""
    rng = np.random.default_rng(seed)
    shared = rng.standard_normal((n, 40), dtype=np.float32)
    return [
        shared @ rng.standard_normal((40, d), dtype=np.float32)
        + 0.5 * rng.standard_normal((n, d), dtype=np.float32)
        for _ in "ab"
    ]


def by_latcomp(x, y, anchors, device="cpu"):
    """Jaccard and MRR in both directions, and cosine, from one scan."""
    return scored(related(x, y, anchors, device))


def by_latcomp_formed(x, y, anchors):
    """The same with relative rows as wide as there are anchors, whatever the dimensions."""
    pair = related(x, y, anchors)
    return scored(Pair(pair.a, pair.b))


def related(x, y, anchors, device="cpu"):
    """The pair relative to the anchors."""
    a, b = (Stored(side, rows, device=torch.device(device)) for side, rows in (("a", x), ("b", y)))
    index = torch.from_numpy(anchors)
    fitted = [parse_recipe("cosine").fit(space.take(index).double()) for space in (a, b)]
    return Pair(a, b).relative(fitted[0], fitted[1], len(anchors))


def scored(pair):
    """Jaccard, MRR and cosine from one scan."""
    measures = ask(["jaccard", "mrr", "cosine"], K)
    deepest = depth(measures)
    wanted = {(m, kind): m.needs(kind, deepest) for m in measures for kind in kinds(m)}
    found = scan(pair, [statistic for needs in wanted.values() for statistic in needs])
    return [m.score(*(found[s] for s in needs)) for (m, _), needs in wanted.items()]


def relative_rows(x, anchors):
    """Unit relative rows in float32, as users compute them."""
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    rows = unit @ unit[anchors].T
    return np.ascontiguousarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def score(own, across, a, b):
    """The same five numbers from neighbour lists: {direction: (n, k)}."""
    rows = np.arange(len(a))[:, None]
    jaccard, mrr = [], []
    for direction in ("ab", "ba"):
        within, found = own[direction[1]], across[direction]
        common = (within[:, :, None] == found[:, None, :]).any(2).sum(1)
        jaccard.append(float((common / (2 * K - common)).mean()))
        mrr.append(float(((found == rows) / np.arange(1, K + 1)).sum(1).mean()))
    return [*jaccard, *mrr, float((a * b).sum(1).mean())]


def by_faiss(x, y, anchors):
    """faiss-cpu, exact inner-product index."""
    import faiss

    sides = {"a": relative_rows(x, anchors), "b": relative_rows(y, anchors)}
    index = {}
    for name, rows in sides.items():
        index[name] = faiss.IndexFlatIP(rows.shape[1])
        index[name].add(rows)
    own = {name: index[name].search(rows, K)[1] for name, rows in sides.items()}
    across = {d: index[d[1]].search(sides[d[0]], K)[1] for d in ("ab", "ba")}
    return score(own, across, sides["a"], sides["b"])


def by_sklearn(x, y, anchors):
    """scikit-learn NearestNeighbors, brute force (euclidean on unit rows: the same order)."""
    from sklearn.neighbors import NearestNeighbors

    sides = {"a": relative_rows(x, anchors), "b": relative_rows(y, anchors)}
    fitted = {
        name: NearestNeighbors(n_neighbors=K, algorithm="brute").fit(rows)
        for name, rows in sides.items()
    }
    own = {n: fitted[n].kneighbors(rows, return_distance=False) for n, rows in sides.items()}
    across = {d: fitted[d[1]].kneighbors(sides[d[0]], return_distance=False) for d in ("ab", "ba")}
    return score(own, across, sides["a"], sides["b"])


def by_torch(x, y, anchors):
    """The n x n matrix and topk, as papers' repositories do it."""
    sides = {n: torch.from_numpy(relative_rows(v, anchors)) for n, v in (("a", x), ("b", y))}

    def search(left, right):
        return (sides[left] @ sides[right].T).topk(K, dim=1).indices.numpy()

    own = {name: search(name, name) for name in sides}
    across = {d: search(*d) for d in ("ab", "ba")}
    return score(own, across, sides["a"].numpy(), sides["b"].numpy())


def by_torch_cuda(x, y, anchors):
    """All of it on the GPU, float32 products of CUDA_BLOCK queries with all rows, and topk."""
    sides = {}
    for name, values in (("a", x), ("b", y)):
        unit = torch.nn.functional.normalize(torch.from_numpy(values).cuda())
        sides[name] = torch.nn.functional.normalize(unit @ unit[torch.from_numpy(anchors)].T)

    def search(left, right):
        rows = sides[left].split(CUDA_BLOCK)
        return torch.cat([(r @ sides[right].T).topk(K, dim=1).indices for r in rows])

    own = {name: search(name, name) for name in sides}
    across = {d: search(*d) for d in ("ab", "ba")}
    true = torch.arange(len(x), device="cuda")[:, None]
    weights = 1 / torch.arange(1, K + 1, device="cuda")
    jaccard, mrr = [], []
    for direction, found in across.items():
        common = (own[direction[1]][:, :, None] == found[:, None, :]).any(2).sum(1)
        jaccard.append(float((common / (2 * K - common)).mean()))
        mrr.append(float(((found == true) * weights).sum(1).mean()))
    return [*jaccard, *mrr, float((sides["a"] * sides["b"]).sum(1).mean())]


def bare_products(n, width, dtype=torch.float32, device="cpu", tf32=False):
    """What no exact method can do without: own products once by symmetry, the cross once."""
    a, b = (torch.nn.functional.normalize(torch.randn(n, width)).to(device, dtype) for _ in "ab")
    block = BLOCK if device == "cpu" else CUDA_BLOCK
    bounds = [slice(start, min(start + block, n)) for start in range(0, n, block)]

    def multiply():
        for i, rows in enumerate(bounds):
            for j, columns in enumerate(bounds):
                a[rows] @ b[columns].T
                if j >= i:
                    a[rows] @ a[columns].T
                    b[rows] @ b[columns].T

    def run():
        before = torch.get_float32_matmul_precision()
        torch.set_float32_matmul_precision("high" if tf32 else "highest")
        multiply()
        torch.set_float32_matmul_precision(before)
        if device == "cuda":
            torch.cuda.synchronize()

    return run
