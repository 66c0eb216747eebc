"""Embed: from items and a model to a file of vectors, batch by batch, resumable.

Finished batches lie in a folder beside the output, `.NAME.partial`, until all are done. A run that
asks for the same thing goes on where an earlier one stopped.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from latcomp import __version__
from latcomp.embedders import Array, Wish, load_model
from latcomp.errors import InputError
from latcomp.files.atomic import write_text
from latcomp.files.rowfile import RowFile
from latcomp.loading.idlists import read_ids
from latcomp.optional import need
from latcomp.spaces.space import READ_BYTES
from latcomp.writers import Contents, check_output, write_vectors

IMAGES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff")
"""Endings of the files of a folder that are taken for images."""


@dataclass(frozen=True)
class Items:
    """What is embedded: texts, or the paths of images; and their ids."""

    kind: str
    values: list[str]
    ids: list[str] | None

    @property
    def digest(self) -> str:
        """SHA-256 of the texts, or of the names of the images."""
        return hashlib.sha256("\0".join([self.kind, *self.values]).encode()).hexdigest()

    def batch(self, start: int, stop: int) -> Sequence[Any]:
        """Some items as a model takes them."""
        chosen = self.values[start:stop]
        return chosen if self.kind == "text" else [_image(path) for path in chosen]


@dataclass
class Progress:
    """How far a run is: what was asked for, the rows done, the shape and dtype of each layer."""

    asked: dict[str, Any]
    done: int = 0
    layers: dict[str, tuple[int, str]] = field(default_factory=dict)


def embed(
    model: str,
    source: str,
    output: Path,
    *,
    ids: str | None = None,
    wish: Wish | None = None,
    batch: int = 32,
    watch: Callable[[str, int, int], None] | None = None,
) -> list[Path]:
    """Embed the items of ``source`` with ``model`` and write them to ``output``.

    ``source`` is a text file with one item per line, a column such as ``items.csv::text``, or a
    folder of images. Returns the files written: one, or one for each layer where all are wanted.
    Raises InputError where model or items cannot be used.
    """
    check_output(output)
    wanted = wish or Wish()
    items = read_items(source, ids)
    asked = {"model": model, "items": items.digest, "latcomp": __version__, **asdict(wanted)}
    folder = output.with_name(f".{output.name}.partial")
    progress = _resume(folder, asked)
    if progress.done < len(items.values):
        run = load_model(model, items.kind, wanted)
        for start in range(progress.done, len(items.values), batch):
            stop = min(start + batch, len(items.values))
            _keep(folder, progress, run(items.batch(start, stop)), stop)
            if watch is not None:
                watch("embed", stop, len(items.values))
    written = [_write(folder, progress, name, items, output) for name in progress.layers]
    shutil.rmtree(folder)
    return written


def read_items(source: str, ids: str | None) -> Items:
    """The items of a source, with their ids. Raises InputError where there are none."""
    folder = Path(source)
    if folder.is_dir():
        paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in IMAGES and p.is_file())
        names = [str(path.relative_to(folder)) for path in paths]
        items = Items("image", [str(path) for path in paths], names)
    else:
        items = Items("text", read_ids(source), None)
    if not items.values:
        hint = f"images end in {', '.join(IMAGES)}" if items.kind == "image" else None
        raise InputError(f"{source} has no items to embed", hint)
    if ids is None:
        return items
    given = read_ids(ids)
    if len(given) != len(items.values):
        count = len(items.values)
        raise InputError(f"{len(given)} ids were given for the {count} items of {source}")
    return Items(items.kind, items.values, given)


def _image(path: str) -> Any:
    library = need("PIL.Image", "embed", f"reading {path}")
    try:
        with library.open(path) as image:
            return image.convert("RGB")
    except (OSError, ValueError, library.DecompressionBombError) as error:
        raise InputError(f"{path} cannot be read as an image: {error}") from error


def _resume(folder: Path, asked: dict[str, Any]) -> Progress:
    """How far an earlier run for the same thing came; a new start where there was none."""
    found = _read(folder / "state.json")
    if found is not None and found.asked == asked:
        return found
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return Progress(asked)


def _read(state: Path) -> Progress | None:
    """What a file of progress says, or None where there is none that can be read."""
    try:
        return Progress(**json.loads(state.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _keep(folder: Path, progress: Progress, found: dict[str, Array], stop: int) -> None:
    """Append a batch to the rows that are done, then say that it is."""
    for name, rows in found.items():
        width, dtype = progress.layers.setdefault(name, (rows.shape[1], rows.dtype.str))
        if (width, dtype) != (rows.shape[1], rows.dtype.str):
            raise InputError(f"rows of {width} {dtype} are followed by rows of {rows.shape[1]}")
        with (folder / name).open("ab") as file:
            file.truncate(progress.done * width * np.dtype(dtype).itemsize)
            file.write(np.ascontiguousarray(rows).tobytes())
    progress.done = stop
    write_text(folder / "state.json", json.dumps(asdict(progress)))


def _write(folder: Path, progress: Progress, name: str, items: Items, output: Path) -> Path:
    """One layer as a file; where there are several, each has its name before the ending."""
    width, dtype = progress.layers[name]
    rows = RowFile(folder / name, np.dtype(dtype), (progress.done, width))
    several = len(progress.layers) > 1
    path = output.with_name(f"{output.stem}.{name}{output.suffix}") if several else output
    step = max(1, READ_BYTES // (width * rows.dtype.itemsize))
    blocks = (rows[start : start + step] for start in range(0, progress.done, step))
    facts = {**progress.asked, "of": name}
    write_vectors(path, Contents(rows.shape, rows.dtype, blocks, items.ids, None, facts))
    return path
