"""How figures of anchors were made, as their documents say it, and how such a document is read."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from latcomp.conformity import understood
from latcomp.facts import environment_facts, times_facts
from latcomp.loading.both import Both
from latcomp.scoring.cautions import about_loading
from latcomp.spaces.pair import Pair

SCHEMAS = Path(__file__).parents[1]

D = TypeVar("D", bound="Made")


@dataclass(frozen=True, kw_only=True)
class Made:
    """What was read and how it was matched, what computed, and when. Empty in older documents."""

    schema: ClassVar[str]
    command: ClassVar[str]
    """What writes such a document."""

    inputs: dict[str, Any] = field(default_factory=dict)
    matching: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    times: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> str:
        """The document, valid under the JSON Schema of its kind."""
        document = {"schema": self.schema, **asdict(self)}
        return json.dumps(document, indent=1, allow_nan=False, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls: type[D], text: str) -> D:
        """Read what `to_json` wrote. Raises InputError for anything else."""
        return understood(text, cls.schema, lambda: schema_of(cls.schema), cls.built, cls.command)

    @classmethod
    def built(cls: type[D], found: dict[str, Any]) -> D:
        """Made of the parts of a document that is valid under its schema."""
        return cls(**{**found, "warnings": tuple(found.get("warnings", ()))})

    def name(self, side: str) -> str:
        """What space "a" or "b" was read from."""
        if side not in self.inputs:
            return side
        facts = self.inputs[side]
        return f"{facts['path']}::{facts['dataset']}" if facts["dataset"] else str(facts["path"])


def made_facts(both: Both, began: float) -> dict[str, Any]:
    """The parts of `Made`, of what was loaded, since ``began`` of `time.perf_counter`."""
    return {
        "inputs": {"a": both.a.facts, "b": both.b.facts},
        "matching": both.matched.facts,
        "environment": environment_facts(Pair(both.matched.a, both.matched.b)),
        "warnings": tuple(dict.fromkeys(about_loading((both.a, both.b), both.matched))),
        "times": times_facts(began),
    }


@cache
def schema_of(schema: str) -> dict[str, Any]:
    """The JSON Schema of one kind of document, by its name, as in "latcomp/sweep/1"."""
    path = SCHEMAS / f"{schema.split('/')[1]}.schema.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
