"""Per-item scores as HDF5: one dataset per column."""

from __future__ import annotations

import json
from pathlib import Path

import h5py
import numpy as np

from latcomp.itemfiles import ENDINGS, ItemTable


@ENDINGS.add(".h5")
def write(table: ItemTable, path: Path) -> None:
    """Strings, float64 (NaN, as HDF5 has no null, where an item was not scored), lists as JSON."""
    lists = {
        name: [json.dumps(ids, ensure_ascii=False) for ids in column]
        for name, column in table.lists.items()
    }
    with h5py.File(path, "w") as file:
        for name, column in {**table.texts, **lists}.items():
            encoded = [_encoded(text) for text in column]
            file.create_dataset(name, data=encoded, dtype=h5py.string_dtype())
        for name, numbers in table.numbers.items():
            file.create_dataset(name, data=np.array(numbers, dtype=np.float64))


def _encoded(text: str) -> str:
    """Text that HDF5 can hold: it ends strings at a NUL."""
    return text.replace("\0", "\\x00")
