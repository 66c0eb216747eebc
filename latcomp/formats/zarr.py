"""zarr, versions 2 and 3, as a folder or zipped: arrays at any depth, read chunk by chunk."""

from __future__ import annotations

import logging
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import Any

from latcomp.errors import InputError
from latcomp.files.arrays import Array, Rows
from latcomp.files.tables import ID_NAMES, LABEL_NAMES, Member, Table, texts
from latcomp.files.unpacking import check_piece, check_unpacked
from latcomp.formats import FORMATS, Asked
from latcomp.optional import need

MARKS = ("zarr.json", ".zarray", ".zgroup")
BREAKS = (
    OSError, ValueError, KeyError, TypeError, RuntimeError, NotImplementedError, IndexError,
    MemoryError, OverflowError, AttributeError, SystemError, zipfile.BadZipFile,
)  # fmt: skip
"""What zarr raises for files that are damaged or lie about themselves."""

CODECS = {
    "blosc", "bytes", "bz2", "crc32", "crc32c", "delta", "fletcher32", "gzip", "lz4", "lzma",
    "sharding_indexed", "shuffle", "transpose", "vlen-bytes", "vlen-utf8", "zlib", "zstd",
}  # fmt: skip
"""Ways of packing numbers that only unpack numbers; others, such as pickle, may run code."""


class Zarr:
    """zarr 2 and 3, folder or zip, AnnData too: `file.zarr::group/array`, ids and labels beside"""

    suffixes = (".zarr", ".zip")

    def recognises(self, head: bytes, path: Path) -> bool:
        if path.is_dir():
            return any((path / mark).is_file() for mark in MARKS)
        return head.startswith(b"PK\x03\x04") and path.suffix == ".zip" and _zipped(path)

    def members(self, path: Path, asked: Asked) -> list[Member]:
        with _opened(path) as root:
            found = dict(_arrays(root))
            annotated = any(name.startswith("obsm/") for name in found)
            return [
                Member(name, tuple(one.shape), str(one.dtype), _likely(name, annotated))
                for name, one in sorted(found.items())
            ]

    def read(self, path: Path, dataset: str, asked: Asked) -> Table:
        with _opened(path) as root:
            arrays = dict(_arrays(root))
            chosen = arrays[dataset]
            _check(path, dataset, chosen, asked)
            observed = root.attrs.get("encoding-type") == "anndata" and _observed(root)
            names = [str(observed), *ID_NAMES] if observed else ID_NAMES
            ids = _beside(path, arrays, dataset, names, asked)
            labels = _beside(path, arrays, dataset, LABEL_NAMES, asked)
        shape = tuple(chosen.shape)
        vectors = Rows(str(path), shape, chosen.dtype, lambda a, b: chosen[a:b], BREAKS)
        return Table(str(path), dataset or None, vectors, ids, labels)

    def column(self, path: Path, name: str | None, asked: Asked) -> list[str]:
        with _opened(path) as root:
            arrays = dict(_arrays(root))
            found = next((one for one in [name or "", *ID_NAMES] if one in arrays), None)
            if found is None or (name and found != name):
                raise InputError(f"{path} has no array `{name or 'ids'}`")
            _check(path, found, arrays[found], asked)
            return texts(arrays[found][:])


def _zipped(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.rpartition("/")[2] in MARKS for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    library = need("zarr", "zarr", f"reading {path}")
    try:
        logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # errors of tasks nobody awaits
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            store = library.storage.ZipStore(path, mode="r") if path.is_file() else path
            yield library.open(store, mode="r")
    except BREAKS as error:
        reason = str(error).partition("\n")[0]
        raise InputError(f"{path} cannot be read as zarr: {reason}") from error


def _arrays(root: Any) -> Iterator[tuple[str, Any]]:
    """Every array under its path; a root that is one array has an empty name."""
    if hasattr(root, "dtype"):
        yield "", root
        return
    for name, item in root.members(max_depth=None):
        if hasattr(item, "dtype"):
            yield name, item


def _likely(name: str, annotated: bool) -> bool:
    return not annotated or name.startswith("obsm/")


def _check(path: Path, name: str, array: Any, asked: Asked) -> None:
    """Refuse packing that may run code, and arrays that unpack to more than they may."""
    for codec in _codecs(array.metadata.to_dict()):
        if codec not in CODECS:
            raise InputError(
                f"{path}::{name} is packed with {codec!r}, which is not read",
                f"pack it with one of {', '.join(sorted(CODECS))}",
            )
    size = prod(array.shape) * array.dtype.itemsize
    check_unpacked(f"{path}::{name}", size, _stored(path), asked.unpack)
    piece = prod(array.shards or array.chunks) * array.dtype.itemsize
    check_piece(f"{path}::{name}", piece, asked.unpack)


def _stored(path: Path) -> int:
    files = [path] if path.is_file() else path.rglob("*")
    return sum(file.stat().st_size for file in files if file.is_file())


def _codecs(found: Any) -> Iterator[str]:
    """The names of all codecs in an array's metadata, those inside shards too."""
    for key in ("codecs", "index_codecs", "filters"):
        for one in found.get(key) or ():
            yield from _codec(one)
    if found.get("compressor"):
        yield from _codec(found["compressor"])


def _codec(one: Any) -> Iterator[str]:
    settings = one if isinstance(one, dict) else one.get_config()
    name = str(settings.get("name", settings.get("id")))
    yield name.removeprefix("numcodecs.")
    yield from _codecs(settings.get("configuration") or {})


def _observed(root: Any) -> str | None:
    """AnnData keeps ids in the column of `obs` that its attribute `_index` names."""
    return f"obs/{root['obs'].attrs.get('_index', '_index')}" if "obs" in root else None


def _beside(
    path: Path, arrays: dict[str, Any], dataset: str, names: Sequence[str], asked: Asked
) -> list[str] | None:
    folder = dataset.rpartition("/")[0]
    rows = arrays[dataset].shape[:1]
    for name in [f"{folder}/{name}" for name in names if folder] + list(names):
        near = arrays.get(name)
        if near is not None and near.shape == rows and name != dataset:
            _check(path, name, near, asked)
            found: Array = near[:]
            return texts(found)
    return None


FORMATS.add("zarr")(Zarr())
