"""Optional packages, imported where they are needed."""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from typing import Any

from latcomp.errors import InputError


def need(module: str, extra: str, what: str) -> Any:
    """Import an optional package that ``what`` needs.

    Raises InputError where it is not installed, with the install line, or cannot be imported.
    """
    package = module.partition(".")[0]
    if find_spec(package) is None:
        raise InputError(
            f"{what} needs the package {package}, which is not installed",
            f"pip install 'latcomp[{extra}]'",
        )
    try:
        return importlib.import_module(module)
    except (ImportError, RuntimeError, OSError) as error:
        raise InputError(
            f"{what} needs the package {package}, which cannot be imported: {error}",
            "its version may not fit that of another package, such as torch",
        ) from error
