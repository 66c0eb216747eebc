"""Heads and decoders that were trained elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from latcomp.errors import InputError, UsageError
from latcomp.heads import Aim, Learnt

Trained = Callable[[Tensor], Any]
"""(n, width) coordinates to n labels, to (n, classes) scores of the classes in the order of
`Stitched.target`, or to values (n, t), in any shape of n rows.

Coordinates come in the dtype of the space; to a module on its device, to others on the processor.
"""

FRAMES = ("relative", "absolute")


def as_learnt(
    heads: Mapping[str, Sequence[Trained]], aim: Aim, spaces: int
) -> dict[str, list[Learnt]]:
    """Heads by frame, one per space, as trials use them.

    Raises UsageError for an unknown frame, or another number of heads than spaces.
    """
    for frame, given in heads.items():
        if frame not in FRAMES:
            raise UsageError(f"heads take relative or absolute coordinates, found {frame!r}")
        if len(given) != spaces:
            raise UsageError(f"{len(given)} {frame} heads were given for {spaces} spaces")
    return {frame: [Learnt(_predict(one, aim)) for one in given] for frame, given in heads.items()}


def _predict(head: Trained, aim: Aim) -> Callable[[Tensor], Tensor]:
    read = _values if aim.classes is None else _classes

    @torch.no_grad()
    def predict(rows: Tensor) -> Tensor:
        said = head(rows.to(_device(head)))
        if isinstance(said, Tensor):
            said = said.detach().cpu().numpy()
        found = np.asarray(said)
        if len(found) != len(rows):
            raise InputError(f"a head gave {len(found)} answers for {len(rows)} items")
        return read(found, aim)

    return predict


def _device(head: Trained) -> torch.device:
    """Where a head computes: where its parameters are, or on the processor where it has none."""
    parameters = head.parameters() if isinstance(head, torch.nn.Module) else iter(())
    known = next(parameters, None)
    return torch.device("cpu") if known is None else known.device


def _classes(said: np.ndarray[Any, Any], aim: Aim) -> Tensor:
    """Class numbers of labels, or of the highest of the scores; -1 for a label nobody has."""
    names = aim.classes or ()
    if said.ndim == 2:
        if said.shape[1] != len(names):
            raise InputError(f"a head scores {said.shape[1]} classes, and there are {len(names)}")
        return torch.from_numpy(said.argmax(1))
    place = {name: number for number, name in enumerate(names)}
    return torch.tensor([place.get(str(label), -1) for label in said.tolist()])


def _values(said: np.ndarray[Any, Any], aim: Aim) -> Tensor:
    width = aim.truth.shape[1]
    flat = said.reshape(len(said), -1)
    if flat.shape[1] != width:
        raise InputError(f"a head gives {flat.shape[1]} values per item, and targets have {width}")
    return torch.from_numpy(flat.astype(np.float64))
