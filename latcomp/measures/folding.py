"""Whether a space keeps another's neighbourhoods: who intruded, and who was torn away."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from latcomp.measures import RIGID, Measure, named
from latcomp.scan import Statistic
from latcomp.spaces.pair import Pair
from latcomp.statistics.chosen import Chosen, Reader
from latcomp.statistics.intrusions import Intrusions


class _Folding(Measure):
    directed = True
    over = "queries"
    cost = "all queries against all rows, twice"
    unmoved_by = RIGID
    k: int

    def needs(self, kind: str, depth: int) -> tuple[Statistic, ...]:
        return Intrusions(self.k), Chosen(kind)

    @abstractmethod
    def missed(self, found: dict[str, Tensor], kind: str) -> Tensor:
        """By how many places each query's neighbours miss, in all."""

    def per_item(self, found: dict[str, Tensor], read: Reader) -> Tensor:
        beyond = self.missed(found, read.kind)
        return 1 - beyond * 2 / (self.k * (2 * read.n - 3 * self.k - 1))

    def knows_error(self) -> bool:
        """Every item moves ranks in the list of every other."""
        return False

    def chance(self, n: int, found: dict[str, Tensor], read: Reader) -> float:
        missed = (n - 1 - self.k) * (n - self.k) / (2 * (n - 1))
        return 1 - 2 * missed / (2 * n - 3 * self.k - 1)

    def refuses(self, pair: Pair) -> str | None:
        if 2 * self.k < pair.n:
            return None
        return f"needs more than {2 * self.k} items for k = {self.k}: {pair.n}"


@named("trustworthiness")
@dataclass(frozen=True)
class Trustworthiness(_Folding):
    """Whether an item's neighbours in the second space were near it in the first.

    a->b: a is the original and b the embedding. Euclidean, the item itself excluded by row
    number; each neighbour in b that is not one in a costs its rank in a beyond k.
    """

    source: ClassVar[str] = "Venna & Kaski 2001, eq. 1; as in scikit-learn"
    formula: ClassVar[str] = "1 - 2 / (n k (2n - 3k - 1)) sum of max(0, rank in a - k)"
    k: int = 10

    def missed(self, found: dict[str, Tensor], kind: str) -> Tensor:
        return found[kind]


@named("continuity")
@dataclass(frozen=True)
class Continuity(_Folding):
    """Whether an item's neighbours in the first space are still near it in the second.

    a->b: a is the original and b the embedding; the trustworthiness of b->a. Euclidean, the item
    itself excluded by row number.
    """

    source: ClassVar[str] = "Venna & Kaski 2001, eq. 2"
    formula: ClassVar[str] = "1 - 2 / (n k (2n - 3k - 1)) sum of max(0, rank in b - k)"
    k: int = 10

    def missed(self, found: dict[str, Tensor], kind: str) -> Tensor:
        return found[kind[::-1]]
