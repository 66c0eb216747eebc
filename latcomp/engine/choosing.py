"""Which search to select neighbours by: short measurements say what is faster here."""

from __future__ import annotations

import time
from functools import cache, cached_property

import torch

from latcomp import kernel
from latcomp.engine import compiled, products
from latcomp.engine.rounding import BFLOAT16, FLOAT32
from latcomp.engine.searching import CentredSearch, Float32Search
from latcomp.engine.trial import trial
from latcomp.engine.truncation import may_pay, truncated
from latcomp.spaces.pair import Pair, Search

TRIAL_QUERIES = 256


class Chosen:
    """The search for every kind, chosen when the kind is first asked for.

    ``depth`` is how many neighbours of each query are wanted; None where something learnt from
    the pair needs cosines, so that rough scores do not do.
    """

    def __init__(self, pair: Pair, depth: int | None) -> None:
        self._pair = pair
        self._depth = depth
        self._plain = Float32Search(pair)
        self._by_kind: dict[str, Search] = {}

    def of(self, kind: str) -> Search:
        """Leading coordinates where few do, or bfloat16 where that pays, or float32."""
        key = "".join(sorted(kind))  # "ba" shares the products of "ab"
        if key not in self._by_kind:
            rough = None
            if self._depth is not None and _fits(self._pair) and may_be_rough(self._pair.device):
                rough = self._rough(kind, self._depth)
            self._by_kind[key] = rough or self._plain
        return self._by_kind[key]

    @property
    def name(self) -> str:
        """What was chosen for each kind, or for all where that is the same."""
        searches = sorted(self._by_kind.items())
        pair = self._pair
        looped = compiled.loops(pair.device, len(pair.query_rows) * pair.n) is not None
        names = {kind: search.name + " (numba)" * looped for kind, search in searches}
        if len(set(names.values())) <= 1:
            return next(iter(names.values()), self._plain.name)
        return "; ".join(f"{kind}: {name}" for kind, name in names.items())

    def _rough(self, kind: str, depth: int) -> Search | None:
        """A rough search that saves time and leaves few candidates, as a trial shows."""
        pair, width = self._pair, self._pair.queries_of(kind).shape[1]
        tried = cache(lambda: trial(pair, kind, depth))
        narrow = truncated(pair, tried()) if may_pay(pair.n, width) else None
        if narrow is None and coarse_pays(pair.device, width, pair.n):
            return self._rounded if tried().passed_by(self._rounded) else None
        return narrow

    @cached_property
    def _rounded(self) -> CentredSearch:
        """One for all kinds, which share its rounded rows."""
        return CentredSearch(self._pair, BFLOAT16)


def search_of(pair: Pair, kind: str) -> Search:
    """How candidates of this pair are selected: in float32 unless told otherwise."""
    if pair.search is None:
        pair.search = Chosen(pair, None)
    return pair.search.of(kind)


def finer(pair: Pair, search: Search) -> list[Search]:
    """What to search with where a search leaves queries in doubt, in order."""
    plain: list[Search] = [Float32Search(pair)] if search.coarse else []
    return [*plain, CentredSearch(pair, FLOAT32)] if _fits(pair) else plain


def _fits(pair: Pair) -> bool:
    return all(pair.unit(side).kept for side in "ab")


def may_be_rough(device: torch.device) -> bool:
    """Whether rough products can save time there.

    On a GPU products take less time than selecting from them does.
    """
    return device.type == "cpu"


@cache
def coarse_pays(device: torch.device, width: int, n: int) -> bool:
    """Whether rough products save more time than settling their candidates costs.

    Measured once per process, on blocks of products and on as many candidates as a query keeps.
    """
    rows = torch.full((products.TRIAL_ROWS, width), 1 / width, device=device)
    exact = products.seconds(products.fastest(device, width).compute, rows, rows)
    rough = products.seconds(products.matmul, rows.bfloat16(), rows.bfloat16())
    saved = (exact - rough) / products.TRIAL_ROWS**2 * n / 2
    candidates = rows.repeat(BFLOAT16.spare, 1)[: TRIAL_QUERIES * BFLOAT16.spare]
    candidates = candidates.view(TRIAL_QUERIES, -1, width)
    began = time.perf_counter()
    kernel.exact(rows[:TRIAL_QUERIES, None], candidates.clone())
    spent = (time.perf_counter() - began) / TRIAL_QUERIES
    return saved > 2 * spent
