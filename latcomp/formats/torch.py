"""torch.save: tensors, alone or in dictionaries and lists; nothing else is unpickled."""

from __future__ import annotations

import pickle
import struct
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch

from latcomp.errors import InputError
from latcomp.files.arrays import Array, Rows
from latcomp.files.mapped import Mapped
from latcomp.files.tables import ID_NAMES, LABEL_NAMES, Member, Table
from latcomp.files.textfile import first_bytes
from latcomp.formats import FORMATS, Asked

import numpy as np  # isort: skip

BREAKS = (
    RuntimeError, ValueError, OSError, EOFError, KeyError, TypeError, AttributeError, IndexError,
    ImportError, OverflowError, MemoryError, AssertionError,
    struct.error,
)  # fmt: skip
"""What torch.load raises for a file that is damaged or lies about itself."""


class Torch:
    """torch.save (.pt, .pth): a tensor, or `file.pt::key` of a dict; weights only, memory-mapped"""

    suffixes = (".pt", ".pth", ".ckpt")

    def recognises(self, head: bytes, path: Path) -> bool:
        zipped = head.startswith(b"PK\x03\x04") and b"/data.pkl" in head[30:600]
        old = head.startswith(b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19")
        return zipped or old

    def members(self, path: Path, asked: Asked) -> list[Member]:
        return [
            Member(name, tuple(found.shape), str(found.dtype).removeprefix("torch."))
            for name, found in _flat("", _loaded(path))
            if isinstance(found, torch.Tensor)
        ]

    def read(self, path: Path, dataset: str, asked: Asked) -> Table:
        found = dict(_flat("", _loaded(path)))
        tensor = found[dataset]
        _check_stored(path, tensor)
        ids, labels = (
            _beside(found, dataset, names, tensor.shape[0]) for names in (ID_NAMES, LABEL_NAMES)
        )
        dtype = np.dtype("V2") if tensor.dtype == torch.bfloat16 else _numpy(tensor[:0]).dtype
        vectors = Rows(str(path), tuple(tensor.shape), dtype, _rows(path, dataset, tensor), BREAKS)
        return Table(str(path), dataset or None, vectors, ids, labels)


def _rows(path: Path, dataset: str, tensor: torch.Tensor) -> Callable[[int, int], Array]:
    """Rows of a tensor: from memory where its file cannot be mapped, otherwise from the file."""
    if not _is_zipped(path):
        return lambda start, stop: _numpy(tensor[start:stop])
    size = tensor.shape[1] * tensor.element_size()
    tensors = Mapped(lambda: dict(_flat("", _loaded(path)))[dataset])

    def fetch(start: int, stop: int) -> Array:
        return np.array(_numpy(tensors.take((stop - start) * size)[start:stop]))

    return fetch


def _is_zipped(path: Path) -> bool:
    """Whether the file has the newer format, which can be mapped."""
    return first_bytes(path, 2) == b"PK"


def _loaded(path: Path) -> Any:
    try:
        with warnings.catch_warnings(action="ignore"):
            return torch.load(path, map_location="cpu", weights_only=True, mmap=_is_zipped(path))
    except pickle.UnpicklingError as error:
        raise InputError(
            f"{path} cannot be read as torch: it holds pickled Python objects, which are never "
            "loaded",
            "save tensors alone, as in torch.save({'embeddings': x}, path)",
        ) from error
    except BREAKS as error:
        reason = str(error).partition("\n")[0]
        raise InputError(f"{path} cannot be read as torch: {reason}") from error


def _flat(prefix: str, found: Any) -> Iterator[tuple[str, Any]]:
    """Everything in nested dictionaries under its path, `a/b`; lists of texts stay whole."""
    if not isinstance(found, dict):
        yield prefix, found
        return
    for key, value in found.items():
        yield from _flat(f"{prefix}/{key}" if prefix else str(key), value)


def _check_stored(path: Path, tensor: torch.Tensor) -> None:
    if tensor.layout != torch.strided or tensor.is_quantized or tensor.is_complex():
        raise InputError(f"{path} holds a tensor of {tensor.layout}; plain numbers were expected")
    if tensor.numel() * tensor.element_size() > tensor.untyped_storage().nbytes():
        raise InputError(
            f"{path} cannot be read as torch: its shape {tuple(tensor.shape)} promises more "
            f"numbers than are stored"
        )


def _numpy(tensor: torch.Tensor) -> Array:
    plain = tensor.detach().contiguous()
    if plain.dtype == torch.bfloat16:
        return plain.view(torch.int16).numpy().view("V2")
    return plain.numpy()


def _beside(
    found: dict[str, Any], dataset: str, names: tuple[str, ...], rows: int
) -> list[str] | None:
    folder = dataset.rpartition("/")[0]
    for name in names:
        near = found.get(f"{folder}/{name}" if folder else name)
        if isinstance(near, torch.Tensor) and near.ndim == 1 and not near.is_floating_point():
            near = near.tolist()
        if isinstance(near, (list, tuple)) and len(near) == rows:
            return [str(value) for value in near]
    return None


FORMATS.add("torch")(Torch())
