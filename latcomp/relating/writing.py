"""Write: the relative representation of one space as a file, whatever its size."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from latcomp import __version__, kernel
from latcomp.errors import UsageError
from latcomp.loading.elsewhere import load_elsewhere
from latcomp.loading.load import Source, load
from latcomp.loading.matching import Matched, match
from latcomp.picking.drawn import AnchorDraw, Picked
from latcomp.picking.pick import Anchors, pick
from latcomp.recipes import parse_recipe
from latcomp.relating.filling import fill
from latcomp.relating.shells import Array, Contents
from latcomp.scan import Watch, unwatched
from latcomp.spaces.relative import Relative
from latcomp.writers import check_output

DTYPES = {"float16": torch.float16, "float32": torch.float32, "float64": torch.float64}
"""The dtypes that relative representations are written in."""


@dataclass(frozen=True)
class Written:
    """What was written: the shape, and how many rows an earlier run had left."""

    shape: tuple[int, int]
    resumed: int


def relate_to_file(
    x: Source,
    output: Path,
    *,
    anchors: Anchors = 300,
    anchors_from: Source | None = None,
    strategy: str = "uniform",
    seed: int = 0,
    similarity: str = "cosine",
    center: bool = False,
    dtype: str = "float32",
    ids: Any = None,
    skip_invalid: bool = False,
    device: str = "auto",
    watch: Watch = unwatched,
) -> Written:
    """Write the similarities of every row of x to the anchors, (n, m), as the ending says.

    ``anchors`` and ``similarity`` are those of `compare`; ``anchors_from`` is another file of the
    same model that anchors come from. The file holds ids, labels, the anchors' rows, ids and
    vectors, and every option (.parquet no vectors of anchors); with .npy they lie beside it as
    JSON. Memory does not grow with n. A run that was killed goes on where it was, to the same
    bytes.

    Raises InputError where x or the anchors cannot be used, UsageError where an option is wrong.
    """
    check_output(output)
    if dtype not in DTYPES:
        raise UsageError(f"unknown dtype {dtype!r}", f"use {', '.join(DTYPES)}")
    recipe = parse_recipe(similarity, center)
    where = kernel.pick_device(device)
    loaded = load(x, "x", ids, where, skip_invalid)
    items = match(loaded, loaded, "position")
    source = items
    if anchors_from is not None:
        [other] = load_elsewhere([anchors_from], ["anchors"], [items.a], skip_invalid)
        source = match(other, other, "position")
    picked = pick(source, anchors, strategy, 1, seed, watch)
    drawn = picked.draws[0]
    recipe.check(drawn.a)
    related = Relative(items.a, fitted := recipe.fit(drawn.a), fitted.width)
    facts = {
        "latcomp": __version__,
        "similarity": str(recipe),
        **{f"source_{key}": loaded.facts[key] for key in ("path", "dataset", "digest")},
        **_origin(picked, anchors_from),
    }
    columns = _columns(items, source, drawn)
    contents = Contents(related.shape, np.dtype(dtype).str, columns, facts)

    wanted = related.unrounded if dtype == "float64" else related

    def block(start: int, stop: int) -> torch.Tensor:
        return wanted.rows(start, stop).to(DTYPES[dtype])

    return Written(related.shape, fill(output, contents, block, watch))


def _origin(picked: Picked, anchors_from: Source | None) -> dict[str, Any]:
    named = str(anchors_from) if isinstance(anchors_from, (str, Path)) else "an array"
    return {
        "anchors_strategy": picked.facts["strategy"],
        "anchors_seeds": picked.facts["seeds"],
        "anchors_file": picked.facts["file"],
        "anchors_digest": picked.facts["digests"][0],
        "anchors_from": None if anchors_from is None else named,
    }


def _columns(items: Matched, source: Matched, drawn: AnchorDraw) -> dict[str, Array | list[str]]:
    """Ids and labels of the items; rows (in their file), ids and vectors of the anchors."""
    rows = drawn.rows.cpu().numpy()
    found: dict[str, Array | list[str] | None] = {
        "ids": items.a.ids,
        "labels": items.a.labels,
        "anchor_rows": source.rows_a[rows],
        "anchor_ids": None if source.ids is None else [source.ids[i] for i in rows.flatten()],
        "anchor_vectors": drawn.a.cpu().numpy(),
    }
    return {key: value for key, value in found.items() if value is not None}
