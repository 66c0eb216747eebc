"""HDF5: datasets `embeddings`, `ids` and `labels`."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np

from latcomp.errors import InputError
from latcomp.writers import WRITERS, Contents, widened


class Hdf5:
    """HDF5: `embeddings` (bfloat16 as float32), `ids`, `labels`; facts as an attribute"""

    suffixes = (".h5", ".hdf5", ".hdf")

    def write(self, path: Path, contents: Contents, final: Path) -> None:
        dtype = (
            np.dtype(np.float32) if contents.dtype.kind == "V" else contents.dtype.newbyteorder("<")
        )
        with h5py.File(path, "w") as file:
            dataset = file.create_dataset("embeddings", contents.shape, dtype)
            start = 0
            for block in contents.blocks:
                dataset[start : start + len(block)] = widened(block)
                start += len(block)
            if contents.facts:
                dataset.attrs["facts"] = contents.facts_text
            for what, values in (("ids", contents.ids), ("labels", contents.labels)):
                if values is not None:
                    write_texts(file, what, values, final)


def write_texts(file: h5py.File, what: str, values: list[str], final: Path | str) -> None:
    """Write a dataset of texts. Raises InputError, naming ``final``, where one has a zero byte."""
    wrong = next((value for value in values if "\0" in value), None)
    if wrong is not None:
        raise InputError(
            f"{final} cannot be written: HDF5 has no room for the zero byte in {wrong!r}",
            "write .npy, .safetensors or .parquet",
        )
    file.create_dataset(what, data=values, dtype=h5py.string_dtype())


WRITERS.add("hdf5")(Hdf5())
