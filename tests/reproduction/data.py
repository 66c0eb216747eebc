"""What the experiments read: real data, in the folder that `make reproduce DATA=...` names."""

from __future__ import annotations

import lzma
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class Split:
    """Training and test items with their classes."""

    x: Tensor
    y: Tensor
    test_x: Tensor
    test_y: Tensor


def images(folder, name):
    """Images of `images/name.npz` as (n, channels, height, width) in 0 to 1, with classes."""
    with np.load(folder / "images" / f"{name}.npz") as arrays:
        train, test = (_pixels(arrays[f"x_{part}"]) for part in ("train", "test"))
        classes = [torch.from_numpy(arrays[f"y_{part}"]).long() for part in ("train", "test")]
    return Split(train, classes[0], test, classes[1])


def _pixels(stored):
    pixels = torch.from_numpy(stored).float() / 255
    if pixels.ndim == 3:
        return pixels[:, None]  # (n, 1, 28, 28)
    return pixels.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)


def word_pair(folder, name, a, b):
    """The vectors of the same words by two models, most frequent words first."""
    with np.load(folder / "words" / f"{name}.npz") as arrays:
        return arrays[a], arrays[b]


@dataclass(frozen=True)
class Graph:
    """Nodes with features and classes, who is beside whom, and the usual split of the nodes.

    ``x`` is sparse, (n, features), each row summing to 1; ``beside`` the sparse adjacency, (n, n),
    and ``normal`` the same with self loops, D^-1/2 (A + I) D^-1/2.
    """

    x: Tensor
    y: Tensor
    beside: Tensor
    normal: Tensor
    train: Tensor
    val: Tensor
    test: Tensor


def cora(folder):
    """The Cora citation graph: 2,708 papers, 7 topics."""
    with np.load(folder / "graphs" / "cora.npz") as arrays:
        found = {name: torch.from_numpy(arrays[name]) for name in arrays.files}
    n, edges = len(found["y"]), found["edge_index"]
    with_loops = torch.cat([edges, torch.arange(n).expand(2, n)], dim=1)
    degree = torch.bincount(with_loops[0], minlength=n).float()
    weights = (degree[with_loops[0]] * degree[with_loops[1]]).rsqrt()
    x = found["x"] / found["x"].sum(1, keepdim=True).clamp(min=1)
    return Graph(
        x=x.to_sparse().coalesce(),
        y=found["y"],
        beside=_square(edges, torch.ones(edges.shape[1]), n),
        normal=_square(with_loops, weights, n),
        **{name: found[name] for name in ("train", "val", "test")},
    )


def _square(places, values, n):
    """A sparse n x n matrix."""
    return torch.sparse_coo_tensor(places, values, (n, n), check_invariants=True).coalesce()


def questions(folder):
    """TREC-6: tokens of each question in lower case, and its class, for training and test."""
    parts = []
    for part in ("train", "test"):
        lines = (folder / "text" / f"TREC.{part}.all").read_text(encoding="latin-1").splitlines()
        tokens = [line.lower().split() for line in lines]
        parts += [[one[1:] for one in tokens], torch.tensor([int(one[0]) for one in tokens])]
    return Split(*parts)


def sentences(folder, language):
    """The novels of one language, "en" or "fr", a list of tokens for each sentence."""
    path = folder / "corpora" / f"eltec_{language}.txt.xz"
    with lzma.open(path, "rt", encoding="utf-8") as file:
        return [line.split() for line in file]


def dictionary(folder, part):
    """The file of English and French word pairs, "train" (5,000) or "test" (2,000)."""
    size = {"train": "5k", "test": "2k"}[part]
    return folder / "bilingual" / f"yacle.{part}.freq.{size}.en-fr.tsv"
