"""JSON lines: one object per item, OpenAI batch output among them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from latcomp.errors import InputError
from latcomp.files.arrays import Array
from latcomp.files.columns import id_column, label_column
from latcomp.files.spool import spool
from latcomp.files.tables import UNCOUNTED, Member, Table
from latcomp.files.textfile import blocks, plain_name
from latcomp.formats import FORMATS, Asked

FLOAT64 = np.dtype(np.float64)
BATCH = "embedding"
"""The name of the vectors in what the OpenAI batch service returns."""

Item = tuple[str | None, str | None, Array]
"""The id, the label and the vector of one row."""


class Jsonl:
    """JSON lines: `file.jsonl::field` of numbers, ids in a field; OpenAI batch output; gzip too"""

    suffixes = (".jsonl", ".ndjson")

    def recognises(self, head: bytes, path: Path) -> bool:
        return plain_name(path).suffix.lower() in self.suffixes and head.lstrip()[:1] == b"{"

    def members(self, path: Path, asked: Asked) -> list[Member]:
        for _, first in _objects(path, asked):
            if "response" in first and "custom_id" in first:
                answers = _answers(first)
                if answers:
                    return [Member(BATCH, (UNCOUNTED, np.size(answers[0][1])), "float64")]
                continue
            return [
                Member(name, (UNCOUNTED, len(value)), "float64")
                for name, value in first.items()
                if _is_vector(value)
            ]
        return []

    def read(self, path: Path, dataset: str, asked: Asked) -> Table:
        ids: list[str | None] = []
        labels: list[str | None] = []
        width = next(m.shape[1] for m in self.members(path, asked) if m.name == dataset)
        failed: list[str] = []

        def rows() -> Iterator[Array]:
            for number, found in _objects(path, asked):
                for one_id, label, vector in _items(path, number, found, dataset, width, failed):
                    if asked.limit is not None and len(ids) >= asked.limit:
                        return
                    ids.append(one_id)
                    labels.append(label)
                    yield vector[None]

        vectors = spool(rows(), width, FLOAT64)
        count = "1 request was" if len(failed) == 1 else f"{len(failed)} requests were"
        notes = (f"{path}: {count} not answered, {failed[0]} first",) if failed else ()
        return Table(str(path), dataset, vectors, _all(ids), _all(labels), notes)

    def column(self, path: Path, name: str | None, asked: Asked) -> list[str]:
        values = []
        for number, found in _objects(path, asked):
            wanted = name or id_column(list(found))
            if wanted not in found:
                raise InputError(f"{path}: line {number} has no field `{name or 'id'}`")
            values.append(str(found[wanted]))
        return values


def _objects(path: Path, asked: Asked) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each line's number, from 1, and its object."""
    number = 0
    for block in blocks(path, asked.unpack):
        for line in block:
            number += 1
            if not line.strip():
                continue
            try:
                found = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise InputError(f"{path}: line {number} is not JSON: {error}") from error
            if not isinstance(found, dict):
                raise InputError(f"{path}: line {number} is no JSON object")
            yield number, found


def _items(
    path: Path, number: int, found: dict[str, Any], dataset: str, width: int, failed: list[str]
) -> Iterator[Item]:
    if dataset == BATCH and "custom_id" in found and "response" in found:
        answers = _answers(found)
        if not answers:
            failed.append(str(found["custom_id"]))
        for name, values in answers:
            yield name, None, _vector(path, number, values, width)
        return
    if dataset not in found:
        raise InputError(f"{path}: line {number} has no field `{dataset}`")
    one_id, label = (found.get(name or "") for name in (id_column(list(found)),
                                                        label_column(list(found))))  # fmt: skip
    yield _text(one_id), _text(label), _vector(path, number, found[dataset], width)


def _answers(found: dict[str, Any]) -> list[tuple[str, Any]]:
    """Ids and embeddings in one line of batch output; none where the request failed."""
    try:
        data = (found["response"] or {}).get("body", {}).get("data") or []
        name = str(found["custom_id"])
        several = len(data) > 1
        return [(f"{name}/{i}" if several else name, _decoded(one[BATCH]))
                for i, one in enumerate(data)]  # fmt: skip
    except (AttributeError, KeyError, TypeError, ValueError):
        return []


def _decoded(values: Any) -> Any:
    """Numbers, also where they come as the base64 of float32."""
    if isinstance(values, str):
        return np.frombuffer(base64.b64decode(values, validate=True), "<f4")
    return values


def _is_vector(value: Any) -> bool:
    return isinstance(value, list) and len(value) > 1 and all(
        isinstance(one, (int, float)) and not isinstance(one, bool) for one in value
    )  # fmt: skip


def _vector(path: Path, number: int, values: Any, width: int) -> Array:
    try:
        found = np.asarray(values, FLOAT64)
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(f"{path}: line {number} has no list of numbers") from error
    if found.shape != (width,):
        raise InputError(
            f"{path}: line {number} has a vector of shape {found.shape}; the first has {width} "
            "dimensions"
        )
    return found


def _text(value: Any) -> str | None:
    return None if value is None or isinstance(value, (list, dict, float)) else str(value)


def _all(values: list[str | None]) -> list[str] | None:
    known = [value for value in values if value is not None]
    return known if known and len(known) == len(values) else None


FORMATS.add("jsonl")(Jsonl())
