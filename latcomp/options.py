"""Options as they are written, `variance=0.99`, read into the types that a dataclass declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from latcomp.errors import UsageError
from latcomp.registry import did_you_mean


def read_options(owner: type, name: str, given: Mapping[str, str]) -> dict[str, Any]:
    """The values of ``given`` as the fields of the dataclass ``owner`` want them.

    A field may be a whole number, a number, yes or no, one of some words, or a union of these.
    Raises UsageError for an unknown option or a value of another kind.
    """
    hints = get_type_hints(owner)
    known = [field.name for field in fields(owner)]
    lost = next((option for option in given if option not in known), None)
    if lost is not None:
        hint = did_you_mean(lost, known) if known else f"{name} has no options"
        raise UsageError(f"{name} has no option {lost!r}", hint)
    return {option: _read(hints[option], name, option, text) for option, text in given.items()}


def _read(kind: Any, name: str, option: str, text: str) -> Any:
    kinds = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    for one in kinds:
        try:
            return _as(one, text)
        except ValueError:
            continue
    wanted = " or ".join(map(_words, kinds))
    raise UsageError(f"{name}: {option} is {wanted}, found {text!r}")


def _as(kind: Any, text: str) -> Any:
    if get_origin(kind) is Literal:
        if text not in get_args(kind):
            raise ValueError(text)
        return text
    if kind is bool:
        return {"true": True, "false": False}[_lower(text)]
    value = kind(text)
    if kind is float and not abs(value) < float("inf"):
        raise ValueError(text)
    return value


def _lower(text: str) -> str:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower()


def _words(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return " or ".join(map(str, get_args(kind)))
    return {int: "a whole number", float: "a number", bool: "true or false"}[kind]


def write_options(owner: Any, leave_out: frozenset[str] = frozenset()) -> str:
    """The options of a dataclass that differ from their defaults: `(variance=0.9)`, or nothing."""
    changed = [
        f"{field.name}={write_value(getattr(owner, field.name))}"
        for field in fields(owner)
        if field.name not in leave_out and getattr(owner, field.name) != field.default
    ]
    return f"({','.join(changed)})" if changed else ""


def write_value(value: Any) -> str:
    """One option as it is written."""
    return f"{value:g}" if isinstance(value, float) else str(value).lower()
