"""Files elsewhere: `s3://`, `gs://`, `https://`, `hf://` and whatever else fsspec knows.

A remote file is copied once to a temporary folder that vanishes with the process: a comparison
walks over its vectors many times, so a copy is what it would read in the end.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from latcomp.errors import InputError
from latcomp.optional import need


def is_remote(name: str) -> bool:
    """Whether a name is an address."""
    return "://" in name


def fetched(name: str) -> Path:
    """The path of a local file, or of the copy of a remote one.

    Raises InputError where an address leads nowhere.
    """
    if not is_remote(name):
        return Path(name)
    with _understood(name):
        return _copy(name)


@cache
def _copy(name: str) -> Path:
    fsspec = need("fsspec", "remote", f"reading {name}")
    system, root = fsspec.core.url_to_fs(name)
    kept = Path(tempfile.mkdtemp(dir=_folder().name))
    target = kept / (PurePosixPath(root.rstrip("/")).name or "file")
    if any(mark in name for mark in "*["):
        return _copy_all(system, system.glob(root), kept) / target.name
    if system.isfile(root):
        system.get_file(root, str(target))
    else:
        target.mkdir()
        _copy_tree(system, root, target)
    return target


def _copy_all(system: Any, files: list[str], kept: Path) -> Path:
    for file in files:
        system.get_file(file, str(kept / PurePosixPath(file).name))
    return kept


def _copy_tree(system: Any, root: str, target: Path) -> None:
    files = system.find(root)
    if not files:
        raise FileNotFoundError(2, "there is nothing at that address")
    top = system._strip_protocol(root).rstrip("/")
    for file in files:
        inner = PurePosixPath(file[len(top) :].strip("/"))
        if ".." in inner.parts:
            raise InputError(f"{file} leads out of its folder")
        (target / inner).parent.mkdir(parents=True, exist_ok=True)
        system.get_file(file, str(target / inner))


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="latcomp-")


@contextmanager
def _understood(name: str) -> Iterator[None]:
    """Turn what goes wrong on the way into an InputError that names the address."""
    try:
        yield
    except FileNotFoundError as error:
        raise InputError(f"{name} cannot be found") from error
    except ImportError as error:
        raise InputError(
            f"{name} cannot be reached: {error}", "pip install that package"
        ) from error
    except _breaks() as error:
        raise InputError(f"{name} cannot be reached: {error}") from error


def _breaks() -> tuple[type[Exception], ...]:
    """What goes wrong on the way; the HTTP client raises its own kinds, where it is loaded."""
    client = sys.modules.get("aiohttp")
    return (OSError, ValueError, RuntimeError, *((client.ClientError,) if client else ()))
