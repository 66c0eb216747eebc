"""latcomp inspect"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from latcomp.cli.app import FILES_COMMANDS, app
from latcomp.cli.options import Dtype, Ids, Labels, Limit, Shape, Unpack, files

if TYPE_CHECKING:
    from latcomp.health import Health


@app.command(
    epilog="Example:\n\n  latcomp inspect runs.h5::layer4/embeddings",
    rich_help_panel=FILES_COMMANDS,
)
def inspect(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A file, or file::dataset.")],
    ids: Ids = None,
    labels: Labels = None,
    dtype: Dtype = None,
    shape: Shape = None,
    limit: Limit = None,
    unpack: Unpack = None,
) -> None:
    """What is in this file, and is it healthy?"""
    from latcomp.cli.output import stdout
    from latcomp.health import examine
    from latcomp.loading.load import open_space
    from latcomp.loading.opening import members_of
    from latcomp.loading.survey import survey

    console = stdout()
    asked = files([file], dtype, shape, limit, unpack, ids, labels)[0]
    name, members = members_of(file, asked.asked)
    for member in members:
        console.print(f"{member}  {member.dtype}", markup=False, highlight=False)
    space, table = open_space(asked, file)
    seen = survey(space)
    lines = {
        "format": name,
        "read": table.dataset or "the array",
        "ids": f"{len(space.ids):,}, first {space.ids[0]!r}" if space.ids else "none",
        "labels": f"{len(set(space.labels)):,} different" if space.labels else "none",
        "rows": f"{space.shape[0]:,} x {space.shape[1]} {space.stored_dtype}",
        "NaN or Inf": _rows(seen.invalid),
        "only zeros": _rows(seen.zero),
        "digest": seen.digest,
    }
    if len(seen.usable(space.shape[0])):
        lines |= _figures(examine(space, seen), space.shape[1])
    console.print()
    for name, text in lines.items():
        console.print(f"{name:<15} {text}", markup=False, highlight=False, soft_wrap=True)


def _figures(found: Health, width: int) -> dict[str, str]:
    return {
        "duplicates": f"{found.duplicates:,} rows equal to an earlier one",
        "norms": f"{found.shortest:.4g} to {found.longest:.4g}, mean {found.mean_norm:.4g}",
        "mean cosine": _anisotropy(found.mean_cosine),
        "effective rank": f"{found.effective_rank:.1f} of {width}",
        "RankMe": f"{found.rank_me:.1f}, the same without centring",
        "participation": _figure(found.participation_ratio, "dimensions hold the variance"),
        "IsoScore": _figure(found.isoscore, "of 1, where variance is even over all axes"),
        "intrinsic": _figure(found.intrinsic_dimension, "dimensions, by TwoNN"),
        "hubness": _figure(found.hubness, "skewness of who is near whom; near 0 is healthy"),
        "drawn rows": f"{found.ranked_rows:,} for the figures from effective rank on",
    }


def _figure(value: float | None, meaning: str) -> str:
    return "n/a" if value is None else f"{value:.4g} {meaning}"


def _rows(rows: list[int]) -> str:
    if not rows:
        return "no rows"
    return f"{len(rows):,} {'row' if len(rows) == 1 else 'rows'}, first {rows[0]}"


def _anisotropy(mean: float | None) -> str:
    if mean is None:
        return "n/a"
    advice = ": a narrow cone, compare with --center" if mean > 0.1 else ""
    return f"{mean:.3f} between different rows{advice}"
