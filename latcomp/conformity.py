"""Whether a JSON document is valid under its JSON Schema, and what is wrong with it."""

from __future__ import annotations

import textwrap
from typing import Any

LONGEST = 160
"""Characters of a message; a value that is quoted in it may be a whole document."""


def fault(document: Any, schema: dict[str, Any]) -> str | None:
    """Where a document departs from its schema, and how; None where it does not.

    >>> schema = {"properties": {"k": {"type": "integer"}}, "required": ["k"]}
    >>> fault({"k": 3}, schema), fault({"k": "3"}, schema)
    (None, "at k: '3' is not of type 'integer'")
    >>> fault({}, schema)
    "'k' is a required property"
    """
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    found = best_match(Draft202012Validator(schema).iter_errors(document))
    if found is None:
        return None
    where = found.json_path.removeprefix("$").removeprefix(".")
    message = textwrap.shorten(found.message, LONGEST)
    return f"at {where}: {message}" if where else message
