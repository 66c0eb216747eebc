"""Whether a JSON document is valid under its JSON Schema, and what is wrong with it."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from typing import Any, TypeVar

from latcomp.errors import InputError

T = TypeVar("T")

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


def understood(
    text: str,
    schema: str,
    rules: Callable[[], dict[str, Any]],
    build: Callable[[dict[str, Any]], T],
    command: str,
) -> T:
    """What ``build`` makes of the parts of a JSON document, its ``schema`` left out.

    ``rules`` gives the JSON Schema it must be valid under; ``command`` is what writes one.
    Raises InputError for text of any other form.
    """
    name = schema.split("/")[1]
    try:
        found = json.loads(text)
        said = found["schema"]
        if said != schema:
            raise InputError(f"its schema is {said!r}; {schema!r} was expected")
        lacking = fault(found, rules())
        if lacking is not None:
            raise InputError(f"no valid latcomp {name}: {lacking}")
        del found["schema"]
        return build(found)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"it is not a latcomp {name}", f"write one with `latcomp {command} --json FILE`"
        ) from error
