"""Expand: `run.h5::layer*` to the datasets of that file whose names match."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

from latcomp.errors import InputError
from latcomp.files.tables import NUMERIC, Member, listed
from latcomp.formats import Asked
from latcomp.loading.opening import NOTHING_ASKED, members_of, split_name

WILD = re.compile(r"[*?\[]")


def expand(arguments: Iterable[str], asked: Asked = NOTHING_ASKED) -> list[str]:
    """File arguments, with each pattern of datasets replaced by the datasets that match.

    Only what stands after `::` is expanded here (a pattern of files names the shards of one
    space): `*` any text, `?` one letter, `[12]` one of some. 2-D datasets of numbers count, in
    the order of their names, numbers by value: layer2 before layer10.

    Raises InputError, listing what the file holds, where nothing matches.
    """
    return [name for argument in arguments for name in _expand(argument, asked)]


def _expand(argument: str, asked: Asked) -> list[str]:
    path, mark, pattern = argument.partition("::")
    _, dataset = split_name(argument)
    if not dataset or not WILD.search(dataset):
        return [argument]
    _, members = members_of(path, asked)
    if dataset in {member.name for member in members}:
        return [argument]
    found = [m.name for m in members if _is_table(m) and fnmatchcase(m.name, dataset)]
    if not found:
        raise InputError(f"{path} has no dataset like `{pattern}`; it holds: {listed(members)}")
    return [f"{path}{mark}{name}" for name in sorted(found, key=natural)]


def _is_table(member: Member) -> bool:
    return len(member.shape) == 2 and member.dtype.startswith(NUMERIC)


def natural(name: str) -> list[tuple[int, int, str]]:
    """A key that sorts the numbers in names by value.

    >>> sorted(["layer10", "layer2", "head"], key=natural)
    ['head', 'layer2', 'layer10']
    """
    parts = re.split(r"(\d+)", name)
    return [(0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts if p]
