"""Anchor sets as files: which items, how they were chosen, and from what data."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from latcomp.errors import InputError
from latcomp.files.atomic import write_text

SCHEMA = "latcomp/anchors/1"


@dataclass(frozen=True)
class AnchorSet:
    """Chosen anchors: by ``ids`` where the data have them, and by ``rows`` of ``source``.

    ``ids_b`` names the same anchors in another file, where their ids differ there. An anchor is
    the mean of ``per_anchor`` items that follow each other.
    """

    strategy: str
    seed: int
    source: dict[str, Any]
    rows: list[int]
    ids: list[str] | None = None
    ids_b: list[str] | None = None
    per_anchor: int = 1

    def write(self, path: Path) -> None:
        """Write the set as JSON, whole or not at all."""
        write_text(path, json.dumps({"schema": SCHEMA, **asdict(self)}, indent=1) + "\n")


def read_anchors(path: Path) -> AnchorSet:
    """Read what `AnchorSet.write` wrote. Raises InputError for anything else."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        schema = found.pop("schema")
        if schema != SCHEMA:
            raise InputError(f"{path} has schema {schema!r}; {SCHEMA!r} was expected")
        return _checked(AnchorSet(**found))
    except FileNotFoundError as error:
        raise InputError(
            f"{path} is neither a number of anchors nor a file",
            "give a number from 1 on, or a file made with `latcomp anchors select`",
        ) from error
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{path} is not an anchors file", "make one with `latcomp anchors select`"
        ) from error


def _checked(found: AnchorSet) -> AnchorSet:
    """The set, if its parts are what they should be. Raises TypeError, KeyError or ValueError."""
    if not found.rows or not all(isinstance(row, int) and row >= 0 for row in found.rows):
        raise ValueError("anchors are rows of a file")
    if found.ids is not None and not all(isinstance(name, str) for name in found.ids):
        raise TypeError("ids are texts")
    if found.ids_b is not None and len(found.ids_b) != len(found.ids or []):
        raise ValueError("every anchor has an id in both files")
    if found.per_anchor < 1 or len(found.rows) % found.per_anchor:
        raise ValueError("every anchor is the mean of as many items")
    if not {"path", "digest"} <= found.source.keys():
        raise KeyError("source")
    return found
