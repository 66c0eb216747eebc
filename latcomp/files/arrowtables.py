"""Columns of Arrow tables: which hold vectors, and their numbers as numpy arrays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from latcomp.errors import InputError
from latcomp.files.arrays import Array
from latcomp.files.columns import runs
from latcomp.files.tables import Member, texts
from latcomp.optional import need

BREAKS = (
    OSError, ValueError, KeyError, TypeError, NotImplementedError, RuntimeError, MemoryError,
    IndexError, OverflowError,
)  # fmt: skip
"""What pyarrow raises for a file that is damaged or lies about itself."""


def arrow(path: Path | str) -> Any:
    """The package pyarrow. Raises InputError, with the install line, where it is missing."""
    return need("pyarrow", "parquet", f"reading {path}")


def members(schema: Any, rows: int, first: Any) -> list[Member]:
    """Columns of vectors and runs of columns; ``first`` is a batch with the first row."""
    pa = arrow("columns")
    found = []
    for field in schema:
        if _is_list(pa, field.type):
            width = _width(field.type, first.column(field.name))
            found.append(Member(field.name, (rows, width), str(_element(field.type))))
    numeric = [f.name for f in schema if _is_number(pa, f.type)]
    for name, columns in runs(numeric).items():
        found.append(Member(name, (rows, len(columns)), str(schema.field(columns[0]).type)))
    return [Member(m.name, m.shape, _SPELLED.get(m.dtype, m.dtype)) for m in found]


_SPELLED = {"double": "float64", "float": "float32", "halffloat": "float16"}


def columns_of(schema: Any, dataset: str) -> list[str]:
    """The columns that hold a dataset: one of lists, or a run of plain ones."""
    pa = arrow("columns")
    if dataset in schema.names and _is_list(pa, schema.field(dataset).type):
        return [dataset]
    return runs([f.name for f in schema if _is_number(pa, f.type)])[dataset]


def matrix(batch: Any, columns: Sequence[str], width: int) -> Array:
    """The vectors of a batch as (rows, width). Raises ValueError where one has another width."""
    if len(columns) > 1:
        arrays = [batch.column(name) for name in columns]
        if any(one.null_count for one in arrays):
            raise ValueError("a value is missing")
        return np.stack([one.to_numpy(zero_copy_only=False) for one in arrays], axis=1)
    lists = batch.column(columns[0])
    lists.validate(full=True)
    flat = lists.flatten()
    if lists.null_count or flat.null_count:
        raise ValueError(f"a value of `{columns[0]}` is missing")
    lengths = lists.value_lengths().to_numpy(zero_copy_only=False)
    if (lengths != width).any():
        raise ValueError(f"vectors of `{columns[0]}` have {width} and other numbers of dimensions")
    found: Array = flat.to_numpy(zero_copy_only=False)
    return found.reshape(len(lists), width)


def names(path: Path, column: Any) -> list[str]:
    """The texts or whole numbers of a column. Raises InputError for anything else."""
    column.validate(full=True)
    values = column.to_pylist()
    if not all(isinstance(one, (str, int, bytes)) for one in values):
        raise InputError(f"{path}: ids must be texts or whole numbers, found {column.type}")
    return texts(np.array(values, dtype=object))


def dtype_of(schema: Any, columns: Sequence[str]) -> np.dtype[Any]:
    """The numpy dtype of the numbers in columns."""
    kind = schema.field(columns[0]).type
    element = _element(kind) if len(columns) == 1 else kind
    found: np.dtype[Any] = np.dtype(element.to_pandas_dtype())
    return found


def _is_list(pa: Any, kind: Any) -> bool:
    lists = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)
    return any(test(kind) for test in lists) and _is_number(pa, kind.value_type)


def _is_number(pa: Any, kind: Any) -> bool:
    return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))


def _element(kind: Any) -> Any:
    return kind.value_type


def _width(kind: Any, column: Any) -> int:
    fixed = getattr(kind, "list_size", -1)
    if fixed >= 0:
        return int(fixed)
    first = column.slice(0, 1)
    first.validate(full=True)
    return len(first.to_pylist()[0] or []) if len(first) else 0
