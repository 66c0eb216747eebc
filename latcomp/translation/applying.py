"""Apply: a whole file translated block by block, whatever its size."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from latcomp import __version__, kernel
from latcomp.errors import InputError
from latcomp.loading.load import Source, open_space
from latcomp.scan import Watch, unwatched
from latcomp.spaces.space import Space
from latcomp.translation.mapfile import Kept, read_map
from latcomp.writers import Contents, check_output, write_vectors

BLOCK_BYTES = 2**25
"""How much is translated at a time, as float64 rows of the wider space."""


def translate_to_file(
    kept: Kept | str | Path,
    x: Source,
    output: Path,
    *,
    device: str = "auto",
    watch: Watch = unwatched,
) -> tuple[int, int]:
    """Write every row of x, (n, d), translated, (n, e), with ids and labels as they were.

    ``kept`` is a map or its file. float64 stays float64, all else is written as float32. Memory
    does not grow with n. Returns the shape.

    Raises InputError where a file cannot be used, or x has other dimensions than the map takes.
    """
    check_output(output)
    if not isinstance(kept, Kept):
        kept = read_map(kept)
    space, table = open_space(x, "x", device=kernel.pick_device(device))
    takes, gives = kept.translation.shape
    if space.shape[1] != takes:
        raise InputError(
            f"{space.name} has {space.shape[1]} dimensions, and the map takes {takes}",
            f"it was fitted from {_named(kept, 'a')} to {_named(kept, 'b')}",
        )
    contents = Contents(
        shape=(space.shape[0], gives),
        dtype=np.dtype(str(space.dtype).removeprefix("torch.")),
        blocks=_blocks(kept.translation.apply(space), max(takes, gives), watch),
        ids=space.ids,
        labels=space.labels,
        facts={
            "source": table.path,
            "dataset": table.dataset,
            "translated": kept.translation.method,
            "into": _named(kept, "b"),
            "latcomp": __version__,
        },
    )
    write_vectors(output, contents)
    return contents.shape


def _blocks(space: Space, width: int, watch: Watch) -> Iterator[np.ndarray[Any, Any]]:
    for start, stop in kernel.bounds(space.shape[0], max(1, BLOCK_BYTES // (8 * width))):
        yield space.rows(start, stop).cpu().numpy()
        watch("translate", stop, space.shape[0])


def _named(kept: Kept, side: str) -> str:
    """The file on one side of the fit, with its dimensions."""
    facts = kept.facts.get("inputs", {}).get(side, {})
    return f"{facts.get('path', 'an unknown file')} ({kept.translation.shape[side == 'b']})"
