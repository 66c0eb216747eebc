"""The story of stitching: load, match, split, pick, express, train, test, report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from torch import Tensor

from latcomp.loading.load import Source
from latcomp.picking.pick import Anchors
from latcomp.scan import Watch
from latcomp.stitching.stitched import Stitched

Trained = Callable[[Tensor], Any]
"""A head or decoder that was trained elsewhere: (n, width) coordinates, in the dtype they are
stored in, to n labels, to (n, classes) scores of the classes in sorted order, or to (n, t) values.
"""


def stitch(
    *spaces: Source,
    labels: Sequence[Any] | str | Path | None = None,
    targets: Source | None = None,
    head: str = "linear",
    heads: Mapping[str, Sequence[Trained]] | None = None,
    standardize: str = "none",
    through: str | Sequence[str] = "all",
    anchors: Anchors = 300,
    anchors_from: Sequence[Source] | None = None,
    strategy: str = "uniform",
    splits: int = 5,
    test: float | Sequence[int] | Sequence[str] | str | Path = 0.2,
    seed: int = 0,
    similarity: str = "cosine",
    center: bool = False,
    ids: Any = None,
    match: str = "auto",
    skip_invalid: bool = False,
    confidence: float = 0.95,
    device: str = "auto",
    watch: Watch | None = None,
) -> Stitched:
    """Heads trained on each space and tested on all of them: the encoder x head matrix.

    ``spaces`` are two or more paths, arrays or tensors, n x d, named a, b, c ... in order; their
    items are matched by id or by position. A head learns ``labels`` (a list in the order of the
    first space, a file, or None for the labels that the files hold) or ``targets`` (a path, array
    or tensor of numbers, n x t) from the training items of one space, and is tested on the held
    out items of every space. ``through`` says how rows of another space reach the head:
    "relative", "absolute", a method of translation such as "ortho", or "all" of them.

    ``head`` is "linear" or "mlp", with options: "mlp(hidden=512)". ``heads`` are trained
    elsewhere instead, one per space, by what they take: {"relative": [f, g], "absolute": [p, q]};
    nothing is trained then. ``standardize`` treats what a head is given: "none", "row" (each
    item's coordinates), or "column" (each coordinate, over the batch at hand: transductive).
    ``splits`` times items are split, anchors drawn from the training items and heads trained,
    with seeds from ``seed`` on; ``test`` is the share held out, or the held out items themselves
    (row numbers of the first space, ids, or a file of ids). Other options are those of `compare`.

    Raises InputError where an input cannot be used, UsageError where an option is wrong.
    """
    raise NotImplementedError
