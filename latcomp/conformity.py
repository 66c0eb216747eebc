"""Whether a JSON document has the parts that its JSON Schema requires."""

from __future__ import annotations

from typing import Any

_KINDS: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def fault(value: Any, schema: dict[str, Any], where: str = "it") -> str | None:
    """The first part that is missing or of another kind, in words; None where all is well.

    Looks at kinds, required parts and elements of lists: what a reader of the document relies on.
    """
    return _fault(value, schema, schema.get("$defs", {}), where)


def _fault(value: Any, schema: dict[str, Any], defs: dict[str, Any], where: str) -> str | None:
    if "$ref" in schema:
        schema = defs[schema["$ref"].rpartition("/")[2]]
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(isinstance(value, _KINDS[kind]) for kind in kinds):
        return f"{where} is no {' or '.join(kinds)}"
    inside: list[tuple[Any, dict[str, Any], str]] = []
    if isinstance(value, dict):
        for name in schema.get("required", []):
            if name not in value:
                return f"{where} has no {name!r}"
        parts = schema.get("properties", {})
        inside = [(value[name], parts[name], repr(name)) for name in parts if name in value]
    elif isinstance(value, list) and "items" in schema:
        inside = [(entry, schema["items"], f"an entry of {where}") for entry in value]
    faults = (_fault(entry, part, defs, name) for entry, part, name in inside)
    return next((found for found in faults if found), None)
