"""Maps from one space into another: one file per method.

A method sees standardised rows and gives a matrix; every map is x -> (x - mean) @ matrix + offset.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

from torch import Tensor

from latcomp.errors import UsageError
from latcomp.options import read_options, write_options
from latcomp.registry import Registry, parse_request

Standardize = Literal["scale", "axis", "center", "none"]
"""What is taken away before a method looks, by what the fitted rows teach of either space.

``scale``: the mean, and the root mean square length of what is left. ``axis``: the mean, and the
standard deviation of every axis (Maiorano et al. 2023), which rotations do not survive.
``center``: the mean. ``none``: nothing, so that the origin stays where it is.
"""


@dataclass(frozen=True)
class Solved:
    """The matrix, (d, e), and what a user should know of how it was found."""

    matrix: Tensor
    notes: tuple[str, ...] = ()


class Translator(Protocol):
    """A way to find a map; a frozen dataclass of its options, ``standardize`` among them."""

    paired: ClassVar[bool]
    """Whether row i of x and row i of y must be the same item."""

    @property
    def standardize(self) -> Standardize:
        """What is taken away before the method looks."""

    def solve(self, x: Tensor, y: Tensor) -> Solved:
        """The map that takes standardised rows x, (m, d), to y, (m, e), float64.

        An unpaired method takes any number of rows of each, in any order.
        """


TRANSLATORS: Registry[type[Translator]] = Registry("translation method", "latcomp.translators")


def ask(text: str) -> Translator:
    """The method that ``text`` asks for, as in `ortho` or `ridge(alpha=0.1)`.

    Raises UsageError for an unknown method or option.
    """
    request = parse_request(text)
    method = TRANSLATORS[request.name]
    if request.k is not None:
        raise UsageError(f"{request.name} takes no @{request.k}", f"write {request.name}")
    return method(**read_options(method, request.name, request.options))


def spelt(method: Translator) -> str:
    """The method as it is asked for."""
    name = next(name for name, known in TRANSLATORS.items() if known is type(method))
    return name + write_options(method)
