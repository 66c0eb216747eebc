"""What learns labels or targets from coordinates: one file per kind of head."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from latcomp.errors import UsageError
from latcomp.options import read_options, write_options
from latcomp.registry import Registry, parse_request

Predict = Callable[[Tensor], Tensor]
"""Coordinates (n, width) to what the head says of them: class numbers (n,), or values (n, t)."""


@dataclass(frozen=True)
class Aim:
    """What heads learn: class numbers (n,), int64, with the names of the classes; or values.

    Values are (n, t), float64, and ``classes`` is None.
    """

    truth: Tensor
    classes: tuple[str, ...] | None

    def of(self, rows: Tensor) -> Aim:
        """The same for some items only, by row number."""
        return Aim(self.truth[rows], self.classes)


@dataclass(frozen=True)
class Learnt:
    """A trained head, and what to know of its training."""

    predict: Predict
    notes: tuple[str, ...] = ()


class Head(Protocol):
    """A kind of head; a frozen dataclass of its options."""

    @property
    def transductive(self) -> bool:
        """Whether what it says of an item depends on the other items of the batch."""

    def learn(self, coordinates: Tensor, aim: Aim, seed: int) -> Learnt:
        """Train on coordinates (n, width) and what they stand for; equal seeds, equal heads."""


HEADS: Registry[type[Head]] = Registry("head", "latcomp.heads")


def ask(text: str) -> Head:
    """The head that a request names: `linear`, `mlp(hidden=512)`.

    Raises UsageError for an unknown head or option.
    """
    request = parse_request(text)
    kind = HEADS[request.name]
    if request.k is not None:
        raise UsageError(f"{request.name} takes no @{request.k}", f"write {request.name}")
    return kind(**read_options(kind, request.name, request.options))


def spelt(head: Head) -> str:
    """The head as it is asked for."""
    name = next(name for name, known in HEADS.items() if known is type(head))
    return name + write_options(head)
