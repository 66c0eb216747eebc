"""A space as a model saved it."""

from __future__ import annotations

import tempfile
import weakref
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor

from latcomp.files.ahead import Ahead, Read
from latcomp.files.rowfile import RowFile
from latcomp.spaces.space import (
    Vectors,
    cuda_room,
    is_bfloat16,
    steps,
    to_tensor,
    working_dtype,
)

HELD_BYTES = 2**27
"""A file whose vectors take no more than this is kept in memory, in the dtype it is stored in."""


class Stored:
    """A space as a model saved it, read lazily, block by block.

    ``vectors`` is anything n x d that can be sliced. Rows come as float64 where float64 (or wide
    integers) are stored, and as float32 otherwise.
    """

    def __init__(
        self,
        name: str,
        vectors: Vectors,
        ids: list[str] | None = None,
        labels: list[str] | None = None,
        device: torch.device | None = None,
    ) -> None:
        self.name = name
        self.ids = ids
        self.labels = labels
        self.device = device or torch.device("cpu")
        self.dtype = working_dtype(vectors.dtype)
        self._vectors = vectors
        held = isinstance(vectors, np.ndarray) and not isinstance(vectors, np.memmap)
        self._ahead: Read = self.stored_rows if held else Ahead(self.stored_rows, self.shape[0])
        self._last: tuple[tuple[int, int], tuple[Tensor, np.ndarray[Any, Any]]] | None = None

    @property
    def shape(self) -> tuple[int, int]:
        return int(self._vectors.shape[0]), int(self._vectors.shape[1])

    @property
    def stored_dtype(self) -> str:
        """The dtype on disk, in words."""
        return "bfloat16" if is_bfloat16(self._vectors.dtype) else self._vectors.dtype.name

    def stored_rows(self, start: int, stop: int) -> np.ndarray[Any, Any]:
        """Rows as they are stored, for a digest or a copy."""
        return np.asarray(self._vectors[start:stop])

    def rows(self, start: int, stop: int) -> Tensor:
        copy = self._on_gpu
        return self.rows_and_stored(start, stop)[0] if copy is None else copy[start:stop]

    def rows_and_stored(self, start: int, stop: int) -> tuple[Tensor, np.ndarray[Any, Any]]:
        """Rows as they are computed with, and as they are stored, from one read."""
        if self._last is None or self._last[0] != (start, stop):
            stored = self._ahead(start, stop)
            block = to_tensor(stored, self.dtype).to(self.device)
            self._last = ((start, stop), (block, stored))
        return self._last[1]

    def take(self, index: Tensor) -> Tensor:
        if self._on_gpu is not None:
            return self._on_gpu[index.to(self.device)]
        order = torch.argsort(index, stable=True).cpu()
        wanted = index.cpu()[order]
        out = torch.empty((len(index), self.shape[1]), dtype=self.dtype)
        for start, stop in steps(self):
            low, high = torch.searchsorted(wanted, torch.tensor([start, stop])).tolist()
            if low < high:
                chunk = self.stored_rows(start, stop)[(wanted[low:high] - start).numpy()]
                out[order[low:high]] = to_tensor(chunk, self.dtype)
        return out.to(self.device)

    @cached_property
    def _on_gpu(self) -> Tensor | None:
        """All rows in the memory of a GPU, read once; None where they are read in parts."""
        size = self.shape[0] * self.shape[1] * self.dtype.itemsize
        if self.device.type != "cuda" or size > cuda_room(self.device):
            return None
        rows = torch.empty(self.shape, dtype=self.dtype, device=self.device)
        for start, stop in steps(self):
            rows[start:stop] = to_tensor(self._ahead(start, stop), self.dtype)
        return rows

    def arranged(self, index: np.ndarray[Any, Any]) -> Stored:
        """The same space with the rows of ``index`` only, in that order.

        The file is read once, in its own order; the new order lies in memory while it fits, and
        in a temporary file that vanishes with the process otherwise.
        """
        if np.array_equal(index, np.arange(self.shape[0])):
            return self
        shape = (len(index), self.shape[1])
        if shape[0] * shape[1] * self._vectors.dtype.itemsize <= HELD_BYTES:
            kept: Vectors = self._rearrange(index, np.empty(shape, self._vectors.dtype))
        else:
            kept = self._spill(index, shape)
        ids, labels = _pick(self.ids, index), _pick(self.labels, index)
        return Stored(self.name, kept, ids, labels, self.device)

    def _rearrange(
        self, index: np.ndarray[Any, Any], room: np.ndarray[Any, Any]
    ) -> np.ndarray[Any, Any]:
        order = np.argsort(index, kind="stable")
        wanted = index[order]
        for start, stop in steps(self):
            low, high = np.searchsorted(wanted, [start, stop])
            if low < high:
                room[order[low:high]] = self.stored_rows(start, stop)[wanted[low:high] - start]
        return room

    def _spill(self, index: np.ndarray[Any, Any], shape: tuple[int, int]) -> RowFile:
        """The rearranged rows in a temporary file, gone when nobody reads it any more."""
        file = tempfile.TemporaryFile(prefix="latcomp-")  # noqa: SIM115 (open while it is read)
        dtype = self._vectors.dtype
        self._rearrange(index, np.memmap(file, dtype=dtype, mode="w+", shape=shape))
        rows = RowFile(file, dtype, shape)
        weakref.finalize(rows, file.close)
        return rows

    def held(self) -> Stored:
        """The same space in memory if it is small enough to keep, else unchanged."""
        if isinstance(self._vectors, np.ndarray) and not isinstance(self._vectors, np.memmap):
            return self
        if self.shape[0] * self.shape[1] * self._vectors.dtype.itemsize > HELD_BYTES:
            return self
        return Stored(
            self.name, self.stored_rows(0, self.shape[0]), self.ids, self.labels, self.device
        )


def _pick(values: list[str] | None, index: np.ndarray[Any, Any]) -> list[str] | None:
    return None if values is None else [values[i] for i in index.tolist()]
