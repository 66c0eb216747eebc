"""A judgement of anchors and a sweep over them in words and cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from latcomp.picking.judging import Judgement, Side
from latcomp.picking.sweeping import Setting, Sweep
from latcomp.tabling import Page, Table, number, plain


def judgement_page(found: Judgement, width: int) -> Page:  # noqa: ARG001 (every screen is wide enough)
    """What a terminal shows of a judgement."""
    lines = zip(_lines(found.a), _lines(found.b), strict=True)
    rows: list[tuple[str, ...]] = [(label, one, other) for (label, one), (_, other) in lines]
    worst = ", ".join(f"{plain(name)} ({value:.2f})" for name, value in found.worst)
    far = ", ".join(map(plain, found.a.uncovered))
    legend = [
        f"agreement of the two Gram matrices  {found.agreement:.3f}",
        f"anchors that agree least            {worst}",
        f"items farthest from anchors         {far}",
        "",
        *map(plain, found.verdict),
    ]
    columns = (f"{found.anchors:,} anchors, centred", "a", "b")
    return Page([], [Table("", columns, rows, 1)], legend)


def _lines(side: Side) -> Iterator[tuple[str, str]]:
    yield "cosine of items to the nearest anchor, mean", f"{side.nearest:.3f}"
    yield "the same, 5th percentile", f"{side.nearest_low:.3f}"
    yield "coherence (largest cosine of two anchors)", f"{side.coherence:.3f}"
    yield "the two", plain(" and ".join(side.closest))
    condition = "singular" if side.condition is None else f"{side.condition:.3g}"
    yield "condition number of the Gram matrix", condition
    yield "effective rank", f"{side.effective_rank:.1f} of {side.full_rank}"


def sweep_page(found: Sweep, width: int) -> Page:  # noqa: ARG001 (tables are cut to the screen)
    """What a terminal shows of a sweep."""
    return Page([*sweep_heading(found)], [sweep_table(found)], [*sweep_legend(found)])


def sweep_heading(found: Sweep) -> Iterator[str]:
    """What was swept."""
    yield (
        f"{found.items:,} items, {found.queries:,} of them queries; {found.similarity}; "
        f"mean +- standard deviation over {found.settings[0].seeds} draws of anchors"
    )


def sweep_table(found: Sweep, caption: str = "") -> Table:
    """Every measure in every setting."""
    rows = [
        (setting.strategy, f"{setting.count:,}", *(_cell(setting, label) for label in found.enough))
        for setting in found.settings
    ]
    return Table(caption, ("strategy", "anchors", *found.enough), rows, 1)


def sweep_legend(found: Sweep) -> Iterator[str]:
    """The fewest anchors that are enough, by measure, where several numbers were tried."""
    tried: dict[str, set[int]] = {}
    for setting in found.settings:
        tried.setdefault(setting.strategy, set()).add(setting.count)
    if all(len(counts) == 1 for counts in tried.values()):
        yield "how many anchors are enough shows where several --counts are tried"
        return
    for label, by_strategy in found.enough.items():
        enough = {s: n for s, n in by_strategy.items() if n < max(tried[s])}
        most = {s: n for s, n in by_strategy.items() if s not in enough}
        said = [
            *([f"enough with {_counts(enough)}"] if enough else []),
            *([f"{_counts(most)}, the most tried, may not be enough"] if most else []),
        ]
        yield f"{label}: {'; '.join(said) or 'does not apply here'}"


def _counts(by_strategy: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in by_strategy.items())


def _cell(setting: Setting, label: str) -> str:
    spread = setting.spreads[label]
    text = number(setting.values[label])
    return text if spread is None else f"{text} +- {number(spread)}"
