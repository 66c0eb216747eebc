"""Per-item scores as Parquet, with pyarrow."""

from __future__ import annotations

from pathlib import Path

from latcomp.itemfiles import ENDINGS, ItemTable
from latcomp.optional import need


@ENDINGS.add(".parquet")
def write(table: ItemTable, path: Path) -> None:
    """Strings, doubles (null where an item was not scored) and lists of strings."""
    pa = need("pyarrow", "parquet", "writing Parquet")
    pq = need("pyarrow.parquet", "parquet", "writing Parquet")
    columns = {
        **{name: pa.array(column, pa.string()) for name, column in table.texts.items()},
        **{name: pa.array(column, pa.float64()) for name, column in table.numbers.items()},
        **{name: pa.array(column, pa.list_(pa.string())) for name, column in table.lists.items()},
    }
    pq.write_table(pa.table(columns), path)
