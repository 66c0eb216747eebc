"""Convert: from any file that can be read to one that can be written, block by block."""

from __future__ import annotations

from pathlib import Path

from latcomp import __version__
from latcomp.loading.load import open_space
from latcomp.loading.opening import File
from latcomp.spaces.space import steps
from latcomp.writers import Contents, check_output, write_vectors


def convert(source: str | File, output: Path) -> tuple[int, int]:
    """Copy embeddings, with ids and labels, to ``output`` in the format its ending names.

    Numbers keep their dtype. Returns the shape. Raises InputError where either file cannot be
    used, UsageError where the ending of ``output`` is not known.
    """
    check_output(output)
    space, table = open_space(source, str(source))
    contents = Contents(
        shape=space.shape,
        dtype=table.vectors.dtype,
        blocks=(space.stored_rows(start, stop) for start, stop in steps(space)),
        ids=space.ids,
        labels=space.labels,
        facts={"source": table.path, "dataset": table.dataset, "latcomp": __version__},
    )
    write_vectors(output, contents)
    return space.shape
