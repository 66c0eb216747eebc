"""What a space is to its readers: n items x d dimensions, read block by block."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from latcomp import kernel
from latcomp.errors import InputError

CUDA_SHARE = 16
"""A space may keep its rows on a GPU while they take one part in so many of its memory."""

READ_BYTES = 2**24
"""How much one read of a larger file asks for."""


class Vectors(Protocol):
    """Whatever holds n x d numbers and can be read by slices: an array, a memory map, a dataset."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    @property
    def dtype(self) -> np.dtype[Any]: ...

    def __getitem__(self, rows: slice) -> np.ndarray[Any, Any]: ...


class Space(Protocol):
    """n items x d dimensions. What a reader of rows needs to know, whatever made them."""

    name: str
    device: torch.device
    dtype: torch.dtype

    @property
    def shape(self) -> tuple[int, int]: ...

    def rows(self, start: int, stop: int) -> Tensor:
        """Rows start to stop as a (stop - start, d) tensor on the space's device."""

    def take(self, index: Tensor) -> Tensor:
        """The rows named by ``index``, in its order: (len(index), d)."""


def steps(space: Space) -> list[tuple[int, int]]:
    """Bounds of the blocks that a walk over a whole space reads, READ_BYTES at a time."""
    n, width = space.shape
    return kernel.bounds(n, max(1, READ_BYTES // (width * space.dtype.itemsize)))


def is_bfloat16(dtype: np.dtype[Any]) -> bool:
    """Whether a numpy dtype is bfloat16: by name, or as the bare 2-byte field numpy saves."""
    return dtype.name == "bfloat16" or (
        dtype.kind == "V" and dtype.itemsize == 2 and not dtype.names
    )


def working_dtype(stored: np.dtype[Any]) -> torch.dtype:
    """The dtype that numbers stored as ``stored`` are computed in."""
    if is_bfloat16(stored):
        return torch.float32
    if stored.kind not in "fiub":
        raise InputError(f"numbers expected, found {stored}")
    exact_in_float32 = stored.itemsize <= (4 if stored.kind == "f" else 2)
    return torch.float32 if exact_in_float32 else torch.float64


def cuda_room(device: torch.device) -> int:
    """Bytes of a GPU's memory that one space may keep in one form."""
    return int(torch.cuda.get_device_properties(device).total_memory) // CUDA_SHARE


def to_tensor(chunk: np.ndarray[Any, Any], dtype: torch.dtype) -> Tensor:
    """A stored block as a tensor: any byte order, integers and bfloat16 included."""
    if is_bfloat16(chunk.dtype):
        bits = np.ascontiguousarray(chunk).view(np.uint16)
        return torch.from_numpy(bits.astype(np.int16, copy=True)).view(torch.bfloat16).to(dtype)
    native = np.float64 if dtype == torch.float64 else np.float32
    if chunk.dtype == np.float16 and chunk.dtype.isnative:
        return torch.from_numpy(np.require(chunk, requirements=["C", "W"])).to(dtype)
    return torch.from_numpy(np.array(chunk, dtype=native, order="C"))


def labels_of(space: Space) -> list[str] | None:
    """The labels of a space, where it has any."""
    return getattr(space, "labels", None)
