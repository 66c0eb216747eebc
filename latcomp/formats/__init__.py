"""Files that hold embeddings: one file per format.

What a file holds decides its format; its ending decides only where nothing in it tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from latcomp.files.tables import Member, Table
from latcomp.registry import Registry


@dataclass(frozen=True)
class Asked:
    """What a user says about a file that the file does not say.

    ``dtype`` and ``shape`` describe a file of bare numbers; ``limit`` reads only the first rows;
    ``unpack`` is how many bytes a compressed file may unpack to.
    """

    dtype: str | None = None
    shape: tuple[int, ...] | None = None
    limit: int | None = None
    unpack: int | None = None


class Format(Protocol):
    """A file format. `members` lists datasets; `read` opens one of them without loading it."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The endings of its files."""

    def recognises(self, head: bytes, path: Path) -> bool:
        """Whether a file that starts with these bytes, or a folder, has this format."""

    def members(self, path: Path, asked: Asked) -> list[Member]:
        """Every dataset of the file; a file that is one array has one, with an empty name."""

    def read(self, path: Path, dataset: str, asked: Asked) -> Table:
        """The named dataset, with ids and labels found beside it."""


FORMATS: Registry[Format] = Registry("format", "latcomp.formats")
