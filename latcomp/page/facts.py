"""How numbers were made, as names and what they stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from latcomp.tabling import plain

RULES = {
    "self": "an item itself",
    "ties": "ties",
    "interval": "interval",
    "within-run": "within a run",
    "across-run": "across runs",
}
"""Parts of a protocol that are sentences, and what they are about."""


def named(facts: Mapping[str, Any]) -> str:
    """A file, and the dataset in it, as a command names them."""
    return f"{facts['path']}::{facts['dataset']}" if facts["dataset"] else str(facts["path"])


def source(facts: Mapping[str, Any]) -> str:
    """What was read: its shape, and the digest of its numbers."""
    rows, width = facts["shape"]
    return plain(f"{named(facts)}, {rows:,} x {width} {facts['dtype']}, {facts['digest']}")


def how(protocol: Mapping[str, Any], environment: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The rules of the protocol, and the versions that computed."""
    for key, name in RULES.items():
        if key in protocol:
            yield name, plain(str(protocol[key]))
    yield "versions", ", ".join(f"{name} {value}" for name, value in environment.items())
