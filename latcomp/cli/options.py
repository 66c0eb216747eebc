"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from latcomp.loading.opening import File

RELATIVE = "Anchors and coordinates"
READING = "Reading the files"
SHOWING = "What is written and shown"

Anchors = Annotated[
    str,
    typer.Option(
        metavar="N|all|FILE",
        help="How many anchors, or a file that names them.",
        rich_help_panel=RELATIVE,
    ),
]
Strategy = Annotated[
    str,
    typer.Option(
        help="How anchors are chosen: `latcomp strategies` lists all.", rich_help_panel=RELATIVE
    ),
]
K = Annotated[int, typer.Option("--k", "-k", help="Neighbours looked at.")]
Seeds = Annotated[
    int,
    typer.Option(help="Draws of anchors; their spread is anchor noise.", rich_help_panel=RELATIVE),
]
Seed = Annotated[int, typer.Option(help="The first seed.", rich_help_panel=RELATIVE)]
Similarity = Annotated[
    str,
    typer.Option(
        help="Coordinates: cosine, 'euclidean(center,scale)', 'cosine,l1', ...",
        rich_help_panel=RELATIVE,
    ),
]
Center = Annotated[
    bool,
    typer.Option(
        "--center/--no-center", help="Subtract the anchors' mean first.", rich_help_panel=RELATIVE
    ),
]
ExcludeAnchors = Annotated[
    bool,
    typer.Option(
        "--exclude-anchors",
        help="Do not score the anchors themselves, where items are scored one by one.",
        rich_help_panel=RELATIVE,
    ),
]
Queries = Annotated[
    str, typer.Option(metavar="N|all", help="Items searched for, against all items.")
]
Confidence = Annotated[float, typer.Option(help="Confidence of the intervals.")]
Permutations = Annotated[
    int, typer.Option(help="Random pairings that p-values and calibrated scores come from.")
]
AnchorsFrom = Annotated[
    tuple[str, str] | None,
    typer.Option(
        metavar="A B",
        help="Files of the same models that anchors come from.",
        rich_help_panel=RELATIVE,
    ),
]
Format = Annotated[
    str,
    typer.Option(
        "--format",
        "-f",
        metavar="NAME",
        help="terminal, gates, json, jsonlines, markdown, junit, csv, latex or github.",
        rich_help_panel=SHOWING,
    ),
]
Html = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Write a page to look at and explore.", rich_help_panel=SHOWING
    ),
]
Device = Annotated[str, typer.Option(help="auto, cpu or cuda.")]
Mapping = Annotated[
    Path | None,
    typer.Option(help="Pairs id_a,id_b (.csv, .tsv) where ids differ.", rich_help_panel=READING),
]
Match = Annotated[
    str, typer.Option(help="Match rows by id, by position, or auto.", rich_help_panel=READING)
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="No progress, no table.", rich_help_panel=SHOWING)
]
SkipInvalid = Annotated[
    bool,
    typer.Option(
        "--skip-invalid",
        help="Leave out rows with NaN, Inf or only zeros.",
        rich_help_panel=READING,
    ),
]
ShowMeasures = Annotated[
    list[str] | None,
    typer.Option(
        "--show",
        metavar="MEASURE",
        help="Measure of a matrix shown in full: mrr, absolute.cka, all. Repeatable.",
    ),
]

Ids = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FILE",
        help="Ids in row order: .txt, .json, .npy, or file::column. One per file.",
        rich_help_panel=READING,
    ),
]
Labels = Annotated[
    list[str] | None,
    typer.Option(metavar="FILE", help="Labels in row order, as --ids.", rich_help_panel=READING),
]
Dtype = Annotated[
    list[str] | None,
    typer.Option(help="What a file of bare numbers holds, as in float32.", rich_help_panel=READING),
]
Shape = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ROWSxWIDTH",
        help="The shape of bare numbers, as in 1000x64 or x64.",
        rich_help_panel=READING,
    ),
]
Limit = Annotated[
    int | None, typer.Option(min=1, help="Read only the first rows.", rich_help_panel=READING)
]
Unpack = Annotated[
    str | None,
    typer.Option(
        metavar="SIZE",
        help="Let a compressed file unpack to this much, as in 64G.",
        rich_help_panel=READING,
    ),
]


def files(
    names: list[str],
    dtype: list[str] | None,
    shape: list[str] | None,
    limit: int | None,
    unpack: str | None,
    ids: list[str] | None = None,
    labels: list[str] | None = None,
) -> list[File]:
    """Files as named, each with what the options say of it: one value for all, or one for each."""
    from latcomp.files.unpacking import parse_size
    from latcomp.formats import Asked
    from latcomp.formats.raw import parse_shape
    from latcomp.loading.opening import File

    count = len(names)
    shapes = [None if one is None else parse_shape(one) for one in _each(shape, count, "--shape")]
    size = None if unpack is None else parse_size(unpack)
    asked = [
        Asked(kind, form, limit, size)
        for kind, form in zip(_each(dtype, count, "--dtype"), shapes, strict=True)
    ]
    return [
        File(*one)
        for one in zip(
            names, asked, _each(ids, count, "--ids"), _each(labels, count, "--labels"), strict=True
        )
    ]


def number_or_text(text: str) -> int | str:
    """A whole number where the text is one, as in `300`; else the text, as in `all`."""
    return int(text) if text.removeprefix("-").isdecimal() else text


def _each(values: list[str] | None, count: int, option: str) -> list[str] | list[None]:
    if not values:
        return [None] * count
    if len(values) not in (1, count):
        raise typer.BadParameter(f"give it once, or {count} times", param_hint=option)
    return values if len(values) == count else values * count
