"""Optional packages, imported where they are needed."""

from __future__ import annotations

import importlib
from typing import Any

from latcomp.errors import InputError


def need(module: str, extra: str, what: str) -> Any:
    """Import an optional package that ``what`` needs.

    Raises InputError, with the install line, where it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise InputError(
            f"{what} needs the package {package}, which is not installed",
            f"pip install 'latcomp[{extra}]'",
        ) from error
