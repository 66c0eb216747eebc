"""HDF5: datasets at any depth, read block by block."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import h5py

from latcomp.errors import InputError
from latcomp.formats import FORMATS, ID_NAMES, LABEL_NAMES, Member, Table, texts


class Hdf5:
    """HDF5 files: `file.h5::group/dataset`, with ids and labels beside it or at the root"""

    suffixes = (".h5", ".hdf5", ".hdf")

    def recognises(self, head: bytes) -> bool:
        return head.startswith(b"\x89HDF\r\n\x1a\n")

    def members(self, path: Path) -> list[Member]:
        found: list[Member] = []

        def visit(name: str, item: object) -> None:
            if isinstance(item, h5py.Dataset):
                found.append(Member(name, item.shape or (), item.dtype.name))

        with _opened(path) as file:
            file.visititems(visit)
        return found

    def read(self, path: Path, dataset: str) -> Table:
        with _opened(path, keep=True) as file:
            chosen = file[dataset]
            ids = _beside(chosen, ID_NAMES)
            return Table(str(path), dataset, chosen, ids, _beside(chosen, LABEL_NAMES))


@contextmanager
def _opened(path: Path, keep: bool = False) -> Iterator[h5py.File]:
    try:
        file = h5py.File(path, "r")
        yield file
        if not keep:
            file.close()
    except OSError as error:
        raise InputError(f"{path} cannot be read as HDF5: {_reason(error)}") from error


def _reason(error: OSError) -> str:
    """The part of an HDF5 message that a user can act on."""
    text = str(error)
    if "truncated file" in text:
        return "the file is truncated"
    return text[text.find("(") + 1 : text.rfind(")")] if "(" in text else text


def _beside(dataset: h5py.Dataset, names: Sequence[str]) -> list[str] | None:
    for group in (dataset.parent, dataset.file):
        for name in names:
            near = group.get(name)
            if (
                isinstance(near, h5py.Dataset)
                and near.shape == dataset.shape[:1]
                and near != dataset
            ):
                return texts(
                    near.asstr(errors="backslashreplace")[:] if _is_text(near) else near[:]
                )
    return None


def _is_text(dataset: h5py.Dataset) -> bool:
    return h5py.check_string_dtype(dataset.dtype) is not None


FORMATS.add("hdf5")(Hdf5())
