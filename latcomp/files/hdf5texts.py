"""Print the texts of one HDF5 dataset, or the ids of one group of items, as a JSON list.

Run in a process of its own: the HDF5 library may crash, or never end, on damaged texts.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import h5py


def read(path: str, name: str) -> list[str]:
    """The texts of the dataset ``name``; of a group, `original_id` of each item, or its name."""
    with h5py.File(path, "r") as file:
        found = file[name]
        if isinstance(found, h5py.Dataset):
            return [_text(value) for value in found[:]]
        return [_text(found[key].attrs.get("original_id", key)) for key in found]


def _text(value: Any) -> str:
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)


if __name__ == "__main__":
    json.dump(read(sys.argv[1], sys.argv[2]), sys.stdout)
