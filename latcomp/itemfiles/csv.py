"""Per-item scores as CSV, in UTF-8; lists of ids are JSON in one cell."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from latcomp.itemfiles import ENDINGS, ItemTable


@ENDINGS.add(".csv")
def write(table: ItemTable, path: Path) -> None:
    """One line per item, numbers in full, nothing where an item was not scored."""
    lists = {
        name: [json.dumps(ids, ensure_ascii=False) for ids in column]
        for name, column in table.lists.items()
    }
    columns = {**table.texts, **table.numbers, **lists}
    with path.open("w", encoding="utf-8", newline="") as file:
        page = csv.writer(file, lineterminator="\n")
        page.writerow(columns)
        page.writerows(zip(*columns.values(), strict=True))
