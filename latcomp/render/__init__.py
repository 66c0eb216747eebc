"""Ways of showing a report: one file per way, each a function from a report to text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from latcomp.matrices.document import Matrix
from latcomp.registry import Registry
from latcomp.report import Report
from latcomp.tabling import Page, Shown

RENDERINGS: Registry[Callable[[Report], str]] = Registry("rendering", "latcomp.render")

MATRIX_RENDERINGS: Registry[Callable[[Matrix], str]] = Registry("rendering", "latcomp.render")
"""The same for matrices."""


class Document(Protocol):
    """What is written as JSON."""

    def to_json(self) -> str: ...


class Found(Shown, Document, Protocol):
    """What a command found, whatever it is."""


FOUND_RENDERINGS: Registry[Callable[[Found, Page], str]] = Registry("rendering", "latcomp.render")
"""The same for other documents, of which a page says what is shown."""
