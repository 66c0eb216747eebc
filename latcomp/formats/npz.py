"""npz: several named arrays, never unpickled."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np

from latcomp.errors import InputError
from latcomp.files.arrays import Array
from latcomp.files.npyheader import Header, read_header
from latcomp.files.rowfile import RowFile
from latcomp.files.spool import spool
from latcomp.files.tables import ID_NAMES, LABEL_NAMES, Member, Table, dtype_name, texts
from latcomp.files.unpacking import check_unpacked, unpacked
from latcomp.formats import FORMATS, Asked
from latcomp.spaces.space import Vectors

BREAKS = (
    zipfile.BadZipFile, zlib.error, ValueError, EOFError, OSError, NotImplementedError,
    RuntimeError, OverflowError, MemoryError, TypeError, struct.error,
)  # fmt: skip
"""What zipfile and numpy raise for an archive that is damaged or lies about itself."""


class Npz:
    """numpy archives (.npz): `file.npz::name`; pickled members are left alone, the rest loads"""

    suffixes = (".npz",)

    def recognises(self, head: bytes, path: Path) -> bool:
        return head.startswith(b"PK\x03\x04") and b".npy" in head[30:600]

    def members(self, path: Path, asked: Asked) -> list[Member]:
        with _opened(path) as archive:
            return list(_members(archive))

    def read(self, path: Path, dataset: str, asked: Asked) -> Table:
        with _opened(path) as archive:
            members = list(_members(archive))
            rows = next(m.shape[0] for m in members if m.name == dataset)
            others = [m for m in members if m.shape == (rows,)]
            vectors = _vectors(archive, dataset, asked)
            ids, notes = _named(archive, others, ID_NAMES, "ids", asked)
            labels, more = _named(archive, others, LABEL_NAMES, "labels", asked)
        return Table(str(path), dataset, vectors, ids, labels, notes + more)

    def column(self, path: Path, name: str | None, asked: Asked) -> list[str]:
        with _opened(path) as archive:
            members = [m for m in _members(archive) if len(m.shape) == 1]
            found, notes = _named(archive, members, [name] if name else ID_NAMES, "values", asked)
        if found is None:
            raise InputError(notes[0] if notes else f"{path} has no array `{name or 'ids'}`")
        return found


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except BREAKS as error:
        raise InputError(f"{path} cannot be read as npz: {error}") from error


def _members(archive: zipfile.ZipFile) -> Iterator[Member]:
    for entry in archive.infolist():
        with archive.open(entry) as member:
            header = _header(archive, entry, member)
        yield Member(entry.filename.removesuffix(".npy"), header.shape, dtype_name(header.dtype))


def _header(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, member: IO[bytes]) -> Header:
    return read_header(f"{archive.filename}::{entry.filename}", member, entry.file_size)


def _entry(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    names = archive.namelist()
    return archive.getinfo(f"{name}.npy" if f"{name}.npy" in names else name)


def _vectors(archive: zipfile.ZipFile, name: str, asked: Asked) -> Vectors:
    """A member's numbers, read row by row: from the archive, or from where they were unpacked."""
    entry = _entry(archive, name)
    with archive.open(entry) as member:
        header = _header(archive, entry, member)
        if header.dtype.hasobject:
            raise InputError(f"{archive.filename}::{name} holds object; numbers were expected")
        if header.fortran or len(header.shape) != 2:
            return _whole(archive, entry, asked)
        if entry.compress_type == zipfile.ZIP_STORED:
            return _in_place(archive, entry, header)
        check_unpacked(str(archive.filename), header.size, entry.compress_size, asked.unpack)
        pieces = unpacked(str(archive.filename), member, entry.compress_size, asked.unpack)
        blocks = (np.frombuffer(piece, np.uint8) for piece in pieces)
        return spool(blocks, header.shape[1], header.dtype)


def _in_place(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, header: Header) -> RowFile:
    """Numbers that lie uncompressed in the archive: after its local header and their own."""
    path = Path(str(archive.filename))
    with path.open("rb") as file:
        file.seek(entry.header_offset)
        local = file.read(30)
    begin = entry.header_offset + 30 + sum(struct.unpack("<HH", local[26:30])) + header.start
    return RowFile(path, header.dtype, (header.shape[0], header.shape[1]), begin)


def _whole(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, asked: Asked) -> Array:
    check_unpacked(str(archive.filename), entry.file_size, entry.compress_size, asked.unpack)
    with archive.open(entry) as member:
        loaded: Array = np.lib.format.read_array(member, allow_pickle=False)
    return loaded


def _named(
    archive: zipfile.ZipFile,
    members: Sequence[Member],
    names: Sequence[str],
    what: str,
    asked: Asked,
) -> tuple[list[str] | None, tuple[str, ...]]:
    """The first member with one of the names; pickled ones are noted, not read."""
    found = [m for name in names for m in members if m.name == name][:1]
    if not found:
        return None, ()
    if found[0].dtype == "object":
        return None, (f"{archive.filename}: {what} are pickled objects, so they were not read",)
    return texts(_whole(archive, _entry(archive, found[0].name), asked)), ()


FORMATS.add("npz")(Npz())
