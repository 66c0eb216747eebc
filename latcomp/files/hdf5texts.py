"""Print the texts of an HDF5 dataset, of an attribute, or the ids of a group of items, as JSON.

Run in a process of its own: the HDF5 library may crash, or never end, on damaged texts.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import h5py


def read(path: str, name: str, attribute: str = "") -> list[str]:
    """The texts of the dataset ``name``; of a group, `original_id` of each item, or its name.

    With ``attribute``, the one text that this attribute of it holds.
    """
    with h5py.File(path, "r") as file:
        found = file[name]
        if attribute:
            return [_text(found.attrs[attribute])]
        if isinstance(found, h5py.Dataset):
            return [_text(value) for value in found[:]]
        return [_text(found[key].attrs.get("original_id", key)) for key in found]


def _text(value: Any) -> str:
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)


if __name__ == "__main__":
    json.dump(read(*sys.argv[1:]), sys.stdout)
