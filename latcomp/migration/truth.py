"""What each query should find: the true neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from latcomp.errors import InputError, UsageError
from latcomp.loading.mapping import IdPair, read_pairs
from latcomp.migration.corpus import Asked, Corpus
from latcomp.numerics.lookup import nearest
from latcomp.spaces.unit import Unit
from latcomp.translation.quality import unit

WORDS = {
    "new": "the {k} nearest items by the new model",
    "old": "the {k} nearest items by the old model",
    "given": "the items that are given as relevant",
}


@dataclass(frozen=True)
class Truth:
    """Rows of the index that each query should find, (q, t), -1 where it has fewer than t.

    ``first`` is (q, u): those of which the first found gives the reciprocal rank. ``kept`` are the
    queries that have any, (q,).
    """

    rows: Tensor
    first: Tensor
    kept: Tensor
    kind: str
    notes: tuple[str, ...] = ()


def by_model(kind: str, asked: Asked, corpus: Corpus, k: int) -> Truth:
    """What one of the models finds with its own queries in its own vectors of the index."""
    queries, space = (asked.new, corpus.new) if kind == "new" else (asked.old, corpus.old)
    if queries is None:
        raise UsageError(
            "the old model's results need its queries", "give them as --queries-old FILE"
        )
    rows = nearest(unit(queries), Unit(space), k)
    return Truth(rows, rows[:, :1], torch.arange(len(rows)), kind)


def read_relevant(path: Path) -> list[IdPair]:
    """Pairs query_id,item_id of a file; a query may have many."""
    pairs = list(dict.fromkeys(read_pairs(path)))
    return pairs[1:] if pairs[0][0].lower() in ("query", "query_id", "query-id") else pairs


def by_hand(pairs: Sequence[IdPair], asked: Asked, corpus: Corpus) -> Truth:
    """What is known to be relevant. Raises InputError where no query has anything in the index."""
    if asked.ids is None or corpus.old.ids is None:
        raise InputError("relevant items are named by id, but the queries or items have no ids")
    place = {name: row for row, name in enumerate(corpus.old.ids)}
    wanted: dict[str, list[int]] = {}
    for query, item in pairs:
        if item in place:
            wanted.setdefault(query, []).append(place[item])
    kept = [row for row, name in enumerate(asked.ids) if name in wanted]
    if not kept:
        raise InputError(
            f"none of the {len(asked.ids)} queries has a relevant item in the index",
            "the first column names queries, the second items of OLD and NEW",
        )
    lists = [torch.tensor(wanted[asked.ids[row]]) for row in kept]
    rows = torch.nn.utils.rnn.pad_sequence(lists, batch_first=True, padding_value=-1)
    lost = len(asked.ids) - len(kept)
    notes = (f"{lost} queries have no relevant item in the index: left out",) if lost else ()
    return Truth(rows, rows, torch.tensor(kept), "given", notes)
