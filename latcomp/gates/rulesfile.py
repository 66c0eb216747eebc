"""Gates as a table of a TOML file: `[tool.latcomp]` of a pyproject.toml, or a file of its own."""

from __future__ import annotations

import sys
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from latcomp.errors import InputError, UsageError
from latcomp.gates.baseline import MaxDrop, parse_max_drop
from latcomp.gates.rules import Rule, parse_rule
from latcomp.registry import did_you_mean

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PYPROJECT = "pyproject.toml"


@dataclass(frozen=True)
class Rules:
    """What must hold: requirements, tolerated drops, and whether intervals must clear bounds."""

    require: tuple[Rule, ...] = ()
    max_drop: tuple[MaxDrop, ...] = ()
    confident: bool = False

    def __bool__(self) -> bool:
        return bool(self.require or self.max_drop)


def read_rules(path: Path) -> Rules:
    """Read `require`, `max-drop` and `confident` from a TOML file.

    Raises InputError where it cannot be read, UsageError where it says something else.
    """
    try:
        found: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise InputError(f"{path} is not TOML: {error}") from error
    if path.name == PYPROJECT:
        found = found.get("tool", {}).get("latcomp", {})
    return _rules(path, found)


def rules_nearby(folder: Path) -> Rules:
    """The rules of the folder's pyproject.toml; none where it has none."""
    path = folder / PYPROJECT
    return read_rules(path) if path.is_file() else Rules()


def _rules(path: Path, found: dict[str, Any]) -> Rules:
    known = [field.name.replace("_", "-") for field in fields(Rules)]
    for key in found:
        if key not in known:
            raise UsageError(f"{path}: unknown key {key!r}", did_you_mean(key, known))
    require, drops = found.get("require", []), found.get("max-drop", {})
    confident = found.get("confident", False)
    if not isinstance(require, list) or not all(isinstance(rule, str) for rule in require):
        raise UsageError(f"{path}: require must be a list of texts", 'write ["mrr>=0.9"]')
    if not isinstance(drops, dict) or not all(isinstance(v, (int, float)) for v in drops.values()):
        raise UsageError(f"{path}: max-drop must be a table of numbers", "write { mrr = 0.02 }")
    if not isinstance(confident, bool):
        raise UsageError(f"{path}: confident must be true or false")
    return Rules(
        tuple(parse_rule(rule) for rule in require),
        tuple(parse_max_drop(f"{name}={amount}") for name, amount in drops.items()),
        confident,
    )
