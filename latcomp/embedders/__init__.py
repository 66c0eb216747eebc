"""Models that turn items into vectors: one file per library they come from.

A model is a local folder, ``library:name`` for one that the library has already stored on this
machine, or ``module:callable``. Nothing is downloaded.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from latcomp.errors import InputError, UsageError
from latcomp.registry import Registry

Array = np.ndarray[Any, Any]

Embed = Callable[[Sequence[Any]], dict[str, Array]]
"""From a batch of items to their vectors (batch, d), by the name of the layer."""

POOLINGS = ("mean", "cls", "last")


@dataclass(frozen=True)
class Wish:
    """Which vectors are wanted: how tokens are pooled, of which layer (a number, "last", "all")."""

    pooling: str = "mean"
    layer: str = "last"
    device: str = "cpu"

    def __post_init__(self) -> None:
        if self.pooling not in POOLINGS:
            raise UsageError(f"pooling is {', '.join(POOLINGS)}, found {self.pooling!r}")
        if self.layer not in ("last", "all") and not self.layer.isdecimal():
            raise UsageError(f"a layer is a number, last or all, found {self.layer!r}")


class Embedder(Protocol):
    """A library of models."""

    def recognises(self, folder: Path) -> bool:
        """Whether a local folder holds a model of this library."""

    def load(self, model: str, items: str, wish: Wish) -> Embed:
        """A model that embeds ``items``, which are "text" or "image"."""


EMBEDDERS: Registry[Embedder] = Registry("embedder", "latcomp.embedders")


def load_model(model: str, items: str, wish: Wish) -> Embed:
    """The model that ``model`` names. Raises InputError where there is none."""
    folder = Path(model)
    if folder.is_dir():
        for _, embedder in EMBEDDERS.items():
            if embedder.recognises(folder):
                return embedder.load(model, items, wish)
        raise InputError(f"{model} is a folder that holds no model of a known library")
    library, mark, name = model.partition(":")
    if not mark:
        raise InputError(
            f"there is no model folder {model}",
            "name a local folder, library:name, or module:callable",
        )
    if library in list(EMBEDDERS):
        return EMBEDDERS[library].load(name, items, wish)
    return EMBEDDERS["function"].load(model, items, wish)


def config_of(folder: Path) -> dict[str, Any]:
    """What the config.json of a folder says; nothing where there is none that can be read."""
    try:
        found = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def only_images(model: str, items: str, wish: Wish) -> None:
    """Raise UsageError where a model of images that pools by itself is asked for something else."""
    if items != "image":
        raise UsageError(
            f"{model} embeds images; {items} was given", "give a folder of images as INPUT"
        )
    if wish.layer != "last":
        raise UsageError(f"{model} gives its last features only, found --layer {wish.layer}")
