"""Things that can be asked for by name, found by walking a package, with "did you mean"."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from latcomp.errors import UsageError

T = TypeVar("T")


class Registry(Generic[T]):
    """The members of one plug-in package, each registered by a decorator in its own file.

    The package is imported on first use only, so that naming a registry costs nothing.
    """

    def __init__(self, kind: str, package: str) -> None:
        self.kind = kind
        self._package = package
        self._members: dict[str, T] = {}
        self._loaded = False

    def add(self, name: str) -> Callable[[T], T]:
        """Register the decorated thing under ``name``."""

        def register(member: T) -> T:
            if name in self._members:
                raise RuntimeError(f"two {self.kind} entries are named {name!r}")
            self._members[name] = member
            return member

        return register

    def __iter__(self) -> Iterator[str]:
        self._load()
        return iter(sorted(self._members))

    def __getitem__(self, name: str) -> T:
        self._load()
        if name not in self._members:
            raise UsageError(f"unknown {self.kind} {name!r}", did_you_mean(name, list(self)))
        return self._members[name]

    def items(self) -> list[tuple[str, T]]:
        """Every (name, member), by name."""
        return [(name, self[name]) for name in self]

    def _load(self) -> None:
        if not self._loaded:
            package = importlib.import_module(self._package)
            for module in pkgutil.iter_modules(package.__path__):
                importlib.import_module(f"{self._package}.{module.name}")
            self._loaded = True


def did_you_mean(name: str, known: list[str]) -> str:
    """Name the nearest known names, or all of them when nothing is near."""
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.6)
    if near:
        return f"did you mean {' or '.join(near)}?"
    return f"known: {', '.join(known)}"


@dataclass(frozen=True)
class Request:
    """One thing asked for: ``name``, ``name@10`` or ``name(option=value, flag)``."""

    name: str
    k: int | None = None
    options: dict[str, str] = field(default_factory=dict)


_REQUEST = re.compile(r"^(?P<name>[A-Za-z0-9][\w-]*)(?:@(?P<k>\d+))?(?:\((?P<options>[^()]*)\))?$")


def parse_request(text: str) -> Request:
    """Read one request.

    >>> parse_request("hit@1")
    Request(name='hit', k=1, options={})
    >>> parse_request("cosine(center)").options
    {'center': 'true'}

    Raises UsageError when the text has another form.
    """
    match = _REQUEST.match(text.strip())
    if match is None:
        raise UsageError(
            f"cannot read {text.strip()!r}", "write name, name@10 or name(option=value)"
        )
    pairs = [
        part.strip().partition("=") for part in (match["options"] or "").split(",") if part.strip()
    ]
    options = {key.strip(): value.strip() if eq else "true" for key, eq, value in pairs}
    return Request(match["name"], int(match["k"]) if match["k"] else None, options)


def split_requests(text: str) -> list[str]:
    """Split at the commas that stand outside brackets.

    >>> split_requests("cka, rsa(a=1,b=2),hit@1")
    ['cka', 'rsa(a=1,b=2)', 'hit@1']
    """
    return [part.strip() for part in re.split(r",(?![^()]*\))", text) if part.strip()]
