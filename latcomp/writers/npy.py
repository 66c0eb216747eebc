"""npy, with ids and labels in JSON files beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from latcomp.files.atomic import write_text
from latcomp.writers import WRITERS, Contents, native


class Npy:
    """numpy (.npy); ids, labels and facts go to `name.npy.ids.json` and the like beside it"""

    suffixes = (".npy",)

    def write(self, path: Path, contents: Contents, final: Path) -> None:
        plain = contents.dtype if contents.dtype.kind == "V" else contents.dtype.newbyteorder("<")
        header: dict[str, Any] = {
            "descr": np.lib.format.dtype_to_descr(plain),
            "fortran_order": False,
            "shape": contents.shape,
        }
        with path.open("wb") as file:
            np.lib.format.write_array_header_1_0(file, header)
            for block in contents.blocks:
                file.write(native(block, contents.dtype).data)
        write_beside(final, contents.ids, contents.labels, contents.facts or None)


def write_beside(
    path: Path, ids: list[str] | None, labels: list[str] | None, facts: dict[str, Any] | None
) -> None:
    """Write what npy has no room for to JSON files beside it, or remove those of an earlier one."""
    for what, values in (("ids", ids), ("labels", labels), ("facts", facts)):
        place = path.with_name(f"{path.name}.{what}.json")
        if values is None:
            place.unlink(missing_ok=True)
        else:
            write_text(place, json.dumps(values, ensure_ascii=False, indent=0) + "\n")


WRITERS.add("npy")(Npy())
