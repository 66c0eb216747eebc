"""What can go wrong: a problem in words, and a hint about what to do next."""

from __future__ import annotations


class LatcompError(Exception):
    """Something the user can put right.

    ``problem`` says what was expected and what was found, ``hint`` the next step. ``code`` is the
    exit code of the command line.
    """

    code = 3

    def __init__(self, problem: str, hint: str | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint

    def __str__(self) -> str:
        return self.problem if self.hint is None else f"{self.problem}\n\nhint: {self.hint}"


class InputError(LatcompError):
    """An input cannot be used (exit code 3)."""


class UsageError(LatcompError):
    """The request itself is wrong (exit code 2)."""

    code = 2


class NotApplicableError(LatcompError):
    """A measure has no value on these data; the report carries the reason in its place."""
