"""Pages: what latcomp found as one HTML file that opens from disk and asks the network nothing.

Templates, styles and scripts are the files beside this one. Scripts run only where their digest
is in the page's content security policy, and the policy lets nothing be fetched.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

from latcomp.errors import UsageError
from latcomp.files.atomic import check_writable
from latcomp.optional import need

HERE = Path(__file__).parent

SCRIPTS = (
    *("data.js", "theme.js", "colours.js", "intervals.js", "lines.js", "matrix.js"),
    *("picture.js", "items.js", "search.js", "lists.js", "start.js"),
)
"""Scripts of every page, in the order they are read; each does nothing where its part is absent."""


def check_page(path: Path) -> None:
    """Raise UsageError for a name with another ending, InputError where no page can be written."""
    if path.suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"a page is written as .html, found {path.name}")
    for package in ("jinja2", "plotly"):
        need(package, "html", "a page")
    check_writable(path)


def fill(template: str, data: dict[str, Any], **context: Any) -> str:
    """A page from a template, with ``data`` for its scripts and ``context`` for its words.

    Every word is escaped where it is put in.
    """
    jinja2 = need("jinja2", "html", "a page")
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "allow_nan": False}
    scripts = [_plotly(), *((HERE / name).read_text(encoding="utf-8") for name in SCRIPTS)]
    page: str = environment.get_template(template).render(
        data=data,
        scripts=scripts,
        digests=[_digest(script) for script in scripts],
        style=(HERE / "page.css").read_text(encoding="utf-8"),
        **context,
    )
    return page


def _plotly() -> str:
    """The plotting library as it comes with the Python package."""
    package = Path(need("plotly", "html", "a page").__file__).parent
    return (package / "package_data" / "plotly.min.js").read_text(encoding="utf-8")


def _digest(script: str) -> str:
    """What names a script in a content security policy."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
