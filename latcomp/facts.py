"""What every document says of how its numbers were made."""

from __future__ import annotations

import platform
import time
from typing import Any

import numpy as np
import torch

from latcomp import __version__
from latcomp.spaces.pair import Pair


def protocol_facts(
    pair: Pair, k: int, seed: int, confidence: float, permutations: int
) -> dict[str, Any]:
    """The conventions behind the scores of a pair."""
    return {
        "k": k,
        "queries": len(pair.query_rows),
        "database": pair.n,
        "query_seed": None if pair.queries is None else seed,
        "self": "in the database of cross-space search; out of own-space neighbours, by row number",
        "ties": "by row number",
        "interval": (
            "over items: standard error of per-item scores, with each item's part as a neighbour "
            "where neighbours inside a space are scored, or jackknife over groups of items for "
            "moments; Wilson's form where the range is finite"
        ),
        "confidence": confidence,
        "permutations": permutations,
    }


def environment_facts(pair: Pair) -> dict[str, Any]:
    """What computed them, and in which precision."""
    dtype = torch.promote_types(pair.a.dtype, pair.b.dtype)
    return {
        "latcomp": __version__,
        "torch": torch.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "device": str(pair.device),
        "dtype": str(dtype).removeprefix("torch."),
    }


def times_facts(began: float) -> dict[str, Any]:
    """When it was made, and the seconds it took since ``began``, of `time.perf_counter`."""
    return {
        "seconds": round(time.perf_counter() - began, 3),
        "at": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()),
    }
