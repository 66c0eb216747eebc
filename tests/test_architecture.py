"""Imports run one way only."""

import ast
from pathlib import Path

import pytest

import latcomp

ROOT = Path(latcomp.__file__).parent

LAYERS = [
    (
        "__init__",
        "errors",
        "registry",
        "kernel",
        "conformity",
        "layout",
        "machine",
        "files.ahead",
        "files.atomic",
        "files.rowfile",
        "engine.products",
    ),
    ("options", "optional", "draws", "spaces", "numerics", "files", "engine"),
    (
        "scan",
        "formats",
        "writers",
        "embedders",
        "anchors",
        "similarities",
        "preparations",
        "translators",
    ),
    (
        "recipes",
        "statistics",
        "loading",
        "relating.shells",
        "relating.filling",
        "translation.translation",
        "translation.fitting",
    ),
    ("measures", "health", "picking.anchorfile", "picking.drawn", "picking.given", "picking.pick"),
    ("report", "findings", "facts", "scoring.grouping", "scoring.timing", "scoring.uncertainty"),
    ("matrices.document", "matrices.viewing", "matrices.arranging"),
    ("gates.rules", "gates.matrixrules", "tabling", "itemfiles"),
    ("scoring", "gates", "tracking.scored", "tracking.correlating", "tracking.tracked"),
    (
        "pipeline",
        "picking",
        "relating",
        "translation",
        "migration",
        "converting",
        "embedding",
        "nn",
    ),
    ("matrices",),
    ("render", "page"),
    ("heads", "stitching", "tracking"),
    ("testing",),
    ("cli", "__main__"),
]
"""Parts of the package, lowest first: each may import its own layer and those before it.

A module of a package stands where it is named, and otherwise where its package is.
"""

RANK = {part: level for level, parts in enumerate(LAYERS) for part in parts}

ONLY_IN = {
    "numba": {"engine/loops/compiling"},
    "typer": {"cli"},
    "rich": {"cli", "render"},
    "h5py": {
        "files/hdf5texts",
        "formats/hdf5",
        "writers/hdf5",
        "relating/shells",
        "itemfiles/hdf5",
        "translation/mapfile",
    },
    "sklearn": {
        "matrices/arranging",
        "numerics/clusters",
        "numerics/projection",
        "preparations/clusters",
        "measures/distributions",
        "heads/linear",
    },
    "jinja2": {"page"},
    "matplotlib": {"render/plot", "render/matrixplot"},
    "scipy": {
        "page/matrix",
        "matrices/arranging",
        "render/matrixplot",
        "similarities/geodesic",
        "numerics/algebra",
        "measures/columns",
        "measures/rsa",
        "scoring/uncertainty",
        "tracking/correlating",
        "translators/unsupervised",
    },
    "ripser": {"measures/topology"},
    "gudhi": {"measures/holes"},
    "ot": {"measures/transport"},
}
"""Libraries that stay where they are."""

PLUG_INS = {
    "formats",
    "writers",
    "embedders",
    "anchors",
    "similarities",
    "preparations",
    "statistics",
    "measures",
    "render",
    "itemfiles",
    "translators",
    "heads",
}


def modules():
    return sorted(path.relative_to(ROOT) for path in ROOT.rglob("*.py"))


def imports(path):
    """Every module imported by a file, wherever the import stands, but for types alone."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    typing_only = {
        id(node)
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and getattr(branch.test, "id", "") == "TYPE_CHECKING"
        for node in ast.walk(branch)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from names if node.module == "latcomp" else [node.module]


def part(path):
    return path.parts[0].removesuffix(".py")


def dotted(path):
    return ".".join(path.with_suffix("").parts)


def rank(module):
    """The layer of a module, named from the package on: the nearest name that has one."""
    names = module.split(".")
    nearest = [".".join(names[:length]) for length in range(len(names), 0, -1)]
    return next(RANK[name] for name in nearest if name in RANK)


def test_every_part_has_a_layer():
    parts = {part(path) for path in modules()}
    assert parts == {name.partition(".")[0] for name in RANK}


@pytest.mark.parametrize("path", modules(), ids=str)
def test_a_module_imports_only_from_lower_layers(path):
    for name in imports(path):
        if name.startswith("latcomp.") and name != "latcomp.__version__":
            other = name.removeprefix("latcomp.")
            assert rank(other) <= rank(dotted(path)), f"{path} imports {name}"


@pytest.mark.parametrize("path", modules(), ids=str)
def test_plug_ins_do_not_import_their_siblings(path):
    if part(path) in PLUG_INS and len(path.parts) == 2:
        siblings = [n for n in imports(path) if n.startswith(f"latcomp.{part(path)}.")]
        assert siblings == []


@pytest.mark.parametrize("path", modules(), ids=str)
def test_libraries_stay_where_they_belong(path):
    for name in imports(path):
        homes = ONLY_IN.get(name.split(".")[0])
        if homes is not None:
            assert {part(path), str(path.with_suffix(""))} & homes, f"{path} imports {name}"
