"""Load: other files of the same models, to draw anchors from."""

from __future__ import annotations

from collections.abc import Sequence

from latcomp.errors import InputError
from latcomp.loading.load import Loaded, Source, load
from latcomp.spaces.space import Space


def load_elsewhere(
    sources: Sequence[Source], names: Sequence[str], spaces: Sequence[Space], skip_invalid: bool
) -> list[Loaded]:
    """One source of anchors for each space, under these names, where the space is computed.

    Raises InputError where a source cannot be used, or is not as wide as its space.
    """
    loaded = [
        load(source, name, None, space.device, skip_invalid)
        for source, name, space in zip(sources, names, spaces, strict=True)
    ]
    for one, space in zip(loaded, spaces, strict=True):
        if one.space.shape[1] != space.shape[1]:
            raise InputError(
                f"{one.space.name} has {one.space.shape[1]} dimensions and {space.name} has "
                f"{space.shape[1]}, so it cannot hold its anchors",
                "anchors must come from the same model as the items",
            )
    return loaded
