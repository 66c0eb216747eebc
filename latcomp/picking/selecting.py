"""Select: choose anchors once and keep them, for comparisons to come."""

from __future__ import annotations

from latcomp import kernel
from latcomp.loading.load import Source, load
from latcomp.loading.matching import match as match_rows
from latcomp.picking.anchorfile import AnchorSet
from latcomp.picking.pick import pick
from latcomp.scan import Watch


def select_anchors(
    a: Source,
    b: Source | None = None,
    *,
    count: int = 300,
    strategy: str = "uniform",
    seed: int = 0,
    match: str = "auto",
    skip_invalid: bool = False,
    device: str = "auto",
    watch: Watch | None = None,
) -> AnchorSet:
    """Choose ``count`` anchors among the items of a (and of b, where given) by ``strategy``.

    Raises InputError where an input cannot be used, UsageError for an unknown strategy.
    """
    where = kernel.pick_device(device)
    first = load(a, "a", device=where, skip_invalid=skip_invalid)
    second = first if b is None else load(b, "b", device=where, skip_invalid=skip_invalid)
    matched = match_rows(first, second, match)
    rows = pick(matched, count, strategy, 1, seed, watch).draws[0].rows
    chosen = rows.flatten().tolist()
    return AnchorSet(
        strategy=strategy,
        seed=seed,
        source={key: first.facts[key] for key in ("path", "dataset", "shape", "digest")},
        rows=[int(matched.rows_a[row]) for row in chosen],
        ids=None if matched.ids is None else [matched.ids[row] for row in chosen],
        per_anchor=rows.shape[1] if rows.ndim == 2 else 1,
    )
