"""The command line: parse, call, show. One file per command."""

from __future__ import annotations

from latcomp.cli.app import main

__all__ = ["main"]
