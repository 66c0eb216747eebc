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
from latcomp.files.arrays import Array, Rows, Stacked
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
    """torch.save (.pt, .pth): a tensor, `file.pt::key` of a dict, vectors or batches in a list"""

    suffixes = (".pt", ".pth", ".ckpt")

    def recognises(self, head: bytes, path: Path) -> bool:
        zipped = head.startswith(b"PK\x03\x04") and b"/data.pkl" in head[30:600]
        old = head.startswith(b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19")
        return zipped or old

    def members(self, path: Path, asked: Asked) -> list[Member]:
        found = dict(_flat("", _loaded(path)))
        gathered = _gathered(found)
        inside = {id(part) for parts in gathered.values() for part in parts.values()}
        plain = [
            Member(name, tuple(one.shape), str(one.dtype).removeprefix("torch."))
            for name, one in found.items()
            if isinstance(one, torch.Tensor) and id(one) not in inside
        ]
        return plain + [Member(name, *_shape(list(p.values()))) for name, p in gathered.items()]

    def read(self, path: Path, dataset: str, asked: Asked) -> Table:
        found = dict(_flat("", _loaded(path)))
        if dataset not in found:
            return _joined(path, dataset, _gathered(found)[dataset])
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
        return _slices(tensor)
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
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
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
    """Everything in nested dictionaries under its path, `a/b`; only lists of tensors are opened."""
    if isinstance(found, (list, tuple)) and found and all(map(torch.is_tensor, found)):
        found = dict(enumerate(found))
    if not isinstance(found, dict):
        yield prefix, found
        return
    for key, value in found.items():
        yield from _flat(f"{prefix}/{key}" if prefix else str(key), value)


def _gathered(found: dict[str, Any]) -> dict[str, dict[str, torch.Tensor]]:
    """Tensors that are parts of one matrix, by the path of what holds them.

    They are one vector for each item, or the batches of a list.
    """
    groups: dict[str, dict[str, Any]] = {}
    for path, one in found.items():
        holder, _, name = path.rpartition("/")
        groups.setdefault(holder, {})[name] = one
    return {holder: group for holder, group in groups.items() if _are_parts(group)}


def _are_parts(group: dict[str, Any]) -> bool:
    parts = list(group.values())
    if len(parts) < 2 or not all(torch.is_tensor(one) and one.is_floating_point() for one in parts):
        return False
    kinds = {(one.ndim, one.dtype, one.shape[-1:]) for one in parts}
    (ndim, *_), listed = next(iter(kinds)), list(group) == [str(i) for i in range(len(group))]
    return len(kinds) == 1 and (ndim == 1 or (ndim == 2 and listed))


def _shape(parts: list[torch.Tensor]) -> tuple[tuple[int, int], str]:
    rows = sum(len(one) if one.ndim == 2 else 1 for one in parts)
    return (rows, parts[0].shape[-1]), str(parts[0].dtype).removeprefix("torch.")


def _joined(path: Path, dataset: str, parts: dict[str, torch.Tensor]) -> Table:
    """A matrix from its parts; the names of vectors that have any are their ids."""
    tensors = list(parts.values())
    for one in tensors:
        _check_stored(path, one)
    dtype = _numpy(tensors[0][:0]).dtype
    if tensors[0].ndim == 2:
        batches = [
            Rows(str(path), (len(t), t.shape[1]), dtype, _slices(t), BREAKS) for t in tensors
        ]
        return Table(str(path), dataset or None, Stacked(batches))
    width = len(tensors[0])

    def fetch(start: int, stop: int) -> Array:
        wanted = tensors[start:stop]
        return _numpy(torch.stack(wanted)) if wanted else np.empty((0, width), dtype)

    listed = list(parts) == [str(i) for i in range(len(parts))]
    vectors = Rows(str(path), (len(tensors), width), dtype, fetch, BREAKS)
    return Table(str(path), dataset or None, vectors, None if listed else list(parts))


def _slices(tensor: torch.Tensor) -> Callable[[int, int], Array]:
    return lambda start, stop: _numpy(tensor[start:stop])


def _check_stored(path: Path, tensor: torch.Tensor) -> None:
    if tensor.layout != torch.strided or tensor.is_quantized or tensor.is_complex():
        kind = tensor.dtype if tensor.layout == torch.strided else tensor.layout
        spelled = str(kind).removeprefix("torch.")
        raise InputError(f"{path} holds a tensor of {spelled}; plain numbers were expected")
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
