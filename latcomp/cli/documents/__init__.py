"""Documents that commands write with --json, by schema: how each is read, shown and judged.

One file per family of documents. They are shown by the functions that show what a command found,
so that a saved document looks as it did then.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from latcomp.errors import InputError, UsageError
from latcomp.registry import Registry

D = TypeVar("D")


@dataclass(frozen=True)
class Asked:
    """What `latcomp gate` was asked to hold a document against."""

    require: Sequence[str]
    confident: bool = False
    max_drop: Sequence[str] = ()
    rules: Path | None = None
    baseline: Path | None = None
    anyway: bool = False

    def alone(self, command: str, example: str) -> Sequence[str]:
        """The rules of --require, which must be all that was asked.

        Raises UsageError, naming the command whose document it is, where there is more or nothing.
        """
        others = {
            "--max-drop": self.max_drop,
            "--rules": self.rules,
            "--baseline": self.baseline,
            "--anyway": self.anyway,
        }
        for option, value in others.items():
            if value:
                raise UsageError(f"{option} is for reports of `latcomp compare` alone", example)
        if not self.require:
            raise UsageError(
                f"there is nothing to judge a document of `{command}` by", f"give {example}"
            )
        return self.require


class Document(ABC, Generic[D]):
    """One kind of document. A kind that cannot be a page, or judged, leaves these as they are."""

    command: str
    """What writes it."""

    @abstractmethod
    def read(self, text: str) -> D:
        """Read its JSON. Raises InputError where it is damaged."""

    @abstractmethod
    def show(self, found: D, form: str, measures: Sequence[str] = ()) -> None:
        """Show it on stdout as its command did, or in another form.

        ``measures`` are those of a matrix that are shown in full. Raises UsageError for a form
        it does not have.
        """

    def write_page(self, found: D, path: Path, measures: Sequence[str] = ()) -> None:
        """Write it as an HTML file. Raises UsageError where there is no such page."""
        raise UsageError(
            f"there is no page of what `{self.command}` wrote", "leave out --html to see its table"
        )

    def judge(self, found: D, asked: Asked) -> D:
        """The document with every rule judged on it, in the place of earlier verdicts.

        Raises UsageError for rules of another form, and where it has no rules at all.
        """
        raise UsageError(
            f"what `{self.command}` wrote cannot be judged", "it has no scores that rules are about"
        )


DOCUMENTS: Registry[Document[Any]] = Registry("document", "latcomp.cli.documents")


def open_document(path: Path) -> tuple[Document[Any], Any]:
    """The kind of document in a file, by its ``schema``, and the document itself.

    Raises InputError, naming the file, where it is none that is known, or damaged.
    """
    from latcomp.report import read_text

    return read_text(path, _opened)


def _opened(text: str) -> tuple[Document[Any], Any]:
    try:
        schema = json.loads(text)["schema"]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            "it is not a latcomp document", "write one with `latcomp compare A B --json FILE`"
        ) from error
    if schema not in list(DOCUMENTS):
        raise InputError(
            f"its schema, {schema!r}, is none that can be shown", f"known: {', '.join(DOCUMENTS)}"
        )
    document = DOCUMENTS[schema]
    return document, document.read(text)
