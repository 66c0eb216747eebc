"""parquet: columns `id`, `label` and `embedding`, a list of fixed size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from latcomp.optional import need
from latcomp.writers import WRITERS, Array, Contents, native, widened


class Parquet:
    """parquet: columns `id`, `label` and `embedding` (lists of fixed size; bfloat16 as float32)"""

    suffixes = (".parquet", ".pq")

    def write(self, path: Path, contents: Contents, final: Path) -> None:
        pa = need("pyarrow", "parquet", f"writing {final}")
        parquet = need("pyarrow.parquet", "parquet", f"writing {final}")
        numbers = pa.float32() if contents.dtype.kind == "V" else pa.from_numpy_dtype(
            contents.dtype.newbyteorder("="))  # fmt: skip
        vectors = pa.list_(numbers, contents.shape[1])
        named = [("id", contents.ids), ("label", contents.labels)]
        fields = [pa.field(name, pa.string()) for name, values in named if values is not None]
        schema = pa.schema(
            [*fields, pa.field("embedding", vectors)], {"latcomp": contents.facts_text}
        )
        with parquet.ParquetWriter(
            path, schema, compression="zstd", use_dictionary=["label"]
        ) as writer:
            start = 0
            for block in contents.blocks:
                lists = [v[start : start + len(block)] for _, v in named if v is not None]
                columns = [*(pa.array(one, pa.string()) for one in lists), _lists(pa, block)]
                writer.write_batch(pa.record_batch(columns, schema=schema))
                start += len(block)


def _lists(pa: Any, block: Array) -> Any:
    plain = native(widened(block), widened(block).dtype)
    return pa.FixedSizeListArray.from_arrays(pa.array(plain.reshape(-1)), block.shape[1])


WRITERS.add("parquet")(Parquet())
