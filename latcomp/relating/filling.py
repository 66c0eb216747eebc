"""Fill a file of vectors block by block, so that a killed run goes on where it was."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
from torch import Tensor

from latcomp.errors import InputError
from latcomp.files.atomic import check_writable, write_text
from latcomp.kernel import PADDED
from latcomp.relating.shells import Array, Contents, finish, make_shell
from latcomp.scan import Watch

BLOCK_BYTES = 2**24
"""How much of the output is computed at a time, as float64."""

SAFE_BYTES = 2**27
"""How much is written before it is made safe on the disk and noted in the journal."""


@dataclass(frozen=True)
class Progress:
    """How far a partial file is: rows that are safe on the disk, and where its vectors begin."""

    fingerprint: str
    offset: int
    rows: int


def fill(path: Path, contents: Contents, block: Callable[[int, int], Tensor], watch: Watch) -> int:
    """Write the file, whole or not at all, and return how many rows an earlier run had left.

    ``block`` computes rows start to stop. Until the file is complete it is called .NAME.partial,
    with a journal beside it; both vanish when it is done.
    """
    check_writable(path)
    partial = path.with_name(f".{path.name}.partial")
    journal = path.with_name(f".{path.name}.partial.json")
    begun = _begin(partial, journal, path.name, contents)
    try:
        _write(partial, journal, begun, contents, block, watch)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}") from error
    finish(partial, path, contents, begun.offset)
    journal.unlink()
    return begun.rows


def _begin(partial: Path, journal: Path, name: str, contents: Contents) -> Progress:
    fingerprint = _fingerprint(contents)
    left = _read(journal) if partial.exists() else None
    if left is not None and left.fingerprint == fingerprint:
        return left
    begun = Progress(fingerprint, make_shell(partial, name, contents), 0)
    _note(journal, begun)
    return begun


def _write(
    partial: Path,
    journal: Path,
    begun: Progress,
    contents: Contents,
    block: Callable[[int, int], Tensor],
    watch: Watch,
) -> None:
    """Compute blocks one after another, and write each while the next is computed."""
    rows, width = contents.shape
    step = max(1, BLOCK_BYTES // (8 * width))
    if step > PADDED:  # whole, so that none need be copied to be padded
        step -= step % PADDED
    with partial.open("r+b") as file, ThreadPoolExecutor(1, "latcomp-write") as writer:
        put = Put(file, journal, begun, contents)
        written: Future[None] | None = None
        for start in range(begun.rows, rows, step):
            stop = min(start + step, rows)
            values = np.ascontiguousarray(block(start, stop).cpu().numpy(), contents.dtype)
            if written is not None:
                written.result()
            written = writer.submit(put, start, stop, values)
            watch("relate", stop, rows)
        if written is not None:
            written.result()


class Put:
    """Puts blocks of rows in their place, and notes in the journal what is safe on the disk."""

    def __init__(self, file: BinaryIO, journal: Path, begun: Progress, contents: Contents) -> None:
        self._file = file
        self._journal = journal
        self._begun = begun
        self._rows = contents.shape[0]
        self._unsafe = 0

    def __call__(self, start: int, stop: int, values: Array) -> None:
        """Write rows start to stop: (stop - start, m)."""
        self._file.seek(self._begun.offset + start * values[0].nbytes)
        self._file.write(values.data)
        self._unsafe += values.nbytes
        if self._unsafe >= SAFE_BYTES or stop == self._rows:
            self._file.flush()
            os.fsync(self._file.fileno())
            _note(self._journal, replace(self._begun, rows=stop))
            self._unsafe = 0


def _note(journal: Path, progress: Progress) -> None:
    write_text(journal, json.dumps(asdict(progress)))


def _read(journal: Path) -> Progress | None:
    """What a journal says, or None where there is none that can be read."""
    try:
        return Progress(**json.loads(journal.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _fingerprint(contents: Contents) -> str:
    """SHA-256 of everything that decides the bytes of the file."""
    digest = hashlib.sha256(json.dumps([contents.shape, contents.dtype, contents.facts]).encode())
    for key, value in contents.columns.items():
        held = json.dumps(value).encode() if isinstance(value, list) else value.tobytes()
        digest.update(key.encode() + held)
    return digest.hexdigest()
