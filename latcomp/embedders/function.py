"""Any callable: `module:callable` takes a list of items and returns their vectors."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from latcomp.embedders import EMBEDDERS, Array, Embed, Wish
from latcomp.errors import InputError


class Function:
    """`module:callable`, found as Python finds modules, or in the working folder"""

    def recognises(self, folder: Path) -> bool:
        return False

    def load(self, model: str, items: str, wish: Wish) -> Embed:
        module, _, name = model.partition(":")
        if str(Path.cwd()) not in sys.path:
            sys.path.append(str(Path.cwd()))
        try:
            function = getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError, ValueError) as error:
            raise InputError(f"{model} cannot be imported: {error}") from error

        def embed(batch: Sequence[Any]) -> dict[str, Array]:
            return {"last": _matrix(model, function(batch), len(batch))}

        return embed


def _matrix(model: str, found: Any, rows: int) -> Array:
    array = found.detach().cpu().numpy() if isinstance(found, torch.Tensor) else np.asarray(found)
    if array.ndim != 2 or len(array) != rows:
        raise InputError(
            f"{model} returned an array of shape {array.shape} for {rows} items; "
            f"({rows}, d) was expected"
        )
    return array


EMBEDDERS.add("function")(Function())
