"""Ids in a file of their own: one per line, a JSON list, or an npy of texts or numbers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from latcomp.errors import InputError
from latcomp.formats import texts


def read_ids(path: Path) -> list[str]:
    """Read ids in row order from ``.txt``, ``.json`` or ``.npy``.

    Raises InputError where the file cannot be read as its ending says.
    """
    try:
        if path.suffix == ".npy":
            return texts(np.load(path, allow_pickle=False))
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            return texts(np.array(json.loads(text)))
        return text.splitlines()
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read as a list of ids: {error}") from error
