"""Writing files whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from latcomp.errors import InputError, UsageError


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A temporary path beside ``path`` that takes its place when the block ends without error.

    What is not a regular file, such as /dev/stdout, is written to as it is. Raises InputError
    where ``path`` cannot be written.
    """
    check_writable(path)
    special = path.exists() and not path.is_file()
    temporary = path if special else path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        if not special:
            temporary.replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        if not special:
            temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text to ``path``, whole or not at all."""
    with whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def check_writable(path: Path) -> None:
    """Raise InputError where ``path`` cannot be written, before the work whose result it is for."""
    if path.is_dir():
        raise InputError(f"{path} is a folder; the name of a file was expected")
    if not path.parent.is_dir():
        raise InputError(f"{path} cannot be written: there is no folder {path.parent}")
    if not os.access(path.parent, os.W_OK):
        raise InputError(f"{path} cannot be written: {path.parent} does not allow it")


def check_apart(path: Path, sources: Iterable[str | None]) -> None:
    """Raise UsageError where ``path``, to be written, is one of the files that are read.

    Sources are named as in commands, `file::dataset`.
    """
    for source in filter(None, sources):
        read = Path(source.partition("::")[0])
        if path.exists() and read.exists() and path.samefile(read):
            raise UsageError(f"{path} is read, so it cannot be written too", "name another file")
