"""Ways of showing a report: one file per way, each a function from a report to text."""

from __future__ import annotations

from collections.abc import Callable

from latcomp.matrices.document import Matrix
from latcomp.registry import Registry
from latcomp.report import Report

RENDERINGS: Registry[Callable[[Report], str]] = Registry("rendering", "latcomp.render")

MATRIX_RENDERINGS: Registry[Callable[[Matrix], str]] = Registry("rendering", "latcomp.render")
"""The same for matrices."""
