"""Load two spaces and match their items: how every command on a pair begins."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch

from latcomp.loading.load import Loaded, Source, ids_of_each, load
from latcomp.loading.mapping import Mapping, as_pairs
from latcomp.loading.matching import Matched, match


class Both(NamedTuple):
    """Two spaces as loaded, and in one order."""

    a: Loaded
    b: Loaded
    matched: Matched


def load_both(
    a: Source,
    b: Source,
    *,
    device: torch.device,
    names: tuple[str, str] = ("a", "b"),
    ids: Any = None,
    by: str = "auto",
    mapping: Mapping | None = None,
    skip_invalid: bool = False,
) -> Both:
    """Both spaces, and the items that both have, in one order.

    ``names`` are what messages call them. ``ids`` are those of the rows of both, or a tuple of one
    list for each; ``by`` and ``mapping`` are what `match` takes. Raises InputError where a source
    cannot be used or items do not match, UsageError where an option is wrong.
    """
    first, second = (
        load(source, name, listed, device, skip_invalid)
        for source, name, listed in zip((a, b), names, ids_of_each(ids, 2), strict=True)
    )
    return Both(first, second, match(first, second, by, as_pairs(mapping)))
