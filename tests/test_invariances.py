"""The table of what each similarity is blind to: every y holds, every n is shown to fail."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from latcomp.recipes import parse_recipe

ITEMS, WIDTH = 120, 8

MOVES = (
    "rotation",
    "isotropic scale",
    "scale per item",
    "translation",
    "permutation",
    "scale per axis",
    "invertible map",
)

TABLE = [
    # similarity, anchors, and one letter per move
    ("cosine", 50, "yyynynn"),
    ("angular", 50, "yyynynn"),
    ("cosine(center)", 50, "yynyynn"),
    ("angular(center)", 50, "yynyynn"),
    ("cosine(unit,center)", 50, "yyynynn"),
    ("euclidean", 50, "ynnyynn"),
    ("euclidean(center,scale)", 50, "yynyynn"),
    ("l1", 50, "nnnyynn"),
    ("linf", 50, "nnnyynn"),
    ("inner", 50, "ynnnynn"),
    ("cosine(standardize)", 50, "nynyyyn"),
    ("cosine(whiten)", 50, "yynyyyy"),
    ("euclidean(whiten)", 50, "yynyyyy"),
    ("basis", 50, "yynnyyy"),
    ("basis", WIDTH, "yynnyyy"),
    ("basis", 5, "yynnynn"),
    ("basis(center)", 50, "yynyyyy"),
    ("geodesic(k=5)", 50, "ynnyynn"),
    ("cosine,euclidean", 50, "yynnynn"),
]
"""Moschella et al. 2023 checked numerically (all but joined, geodesic and centred basis rows)."""

PAGE = {
    "cosine, angular": ["cosine", "angular"],
    "cosine, centred on the anchors' mean": ["cosine(center)", "angular(center)"],
    "euclidean": ["euclidean"],
    "euclidean, centred and divided by the mean norm": ["euclidean(center,scale)"],
    "L1, Linf": ["l1", "linf"],
    "inner product": ["inner"],
    "cosine after per-axis z-score": ["cosine(standardize)"],
    "cosine after whitening (Mahalanobis), m > d": ["cosine(whiten)"],
    "change of basis (least squares on the anchors), m >= d": ["basis"],
    "change of basis, m < d": ["basis"],
}
"""Rows of the page that the table comes from, and the similarities that each is about."""

CASES = [
    (text, anchors, move, letter == "y")
    for text, anchors, letters in TABLE
    for move, letter in zip(MOVES, letters, strict=True)
]


def rotation(generator):
    square = torch.randn(WIDTH, WIDTH, dtype=torch.float64, generator=generator)
    return torch.linalg.qr(square).Q


def moved(x, move, generator):
    def uniform(low, high, *shape):
        return low + (high - low) * torch.rand(*shape, dtype=x.dtype, generator=generator)

    return {
        "rotation": lambda: x @ rotation(generator),
        "isotropic scale": lambda: x * uniform(2, 5, 1),
        "scale per item": lambda: x * uniform(0.2, 5, len(x), 1),
        "translation": lambda: x + 3 * torch.randn(WIDTH, dtype=x.dtype, generator=generator),
        "permutation": lambda: x[:, torch.randperm(WIDTH, generator=generator)],
        "scale per axis": lambda: x * torch.logspace(-1, 1, WIDTH, dtype=x.dtype),
        "invertible map": lambda: (
            x @ rotation(generator) @ torch.logspace(-1, 1, WIDTH, dtype=x.dtype).diag()
        ),
    }[move]()


def related(text, x, anchors):
    recipe = parse_recipe(text)
    recipe.check(x[:anchors])
    return recipe.fit(x[:anchors])(x)


@pytest.mark.parametrize(("text", "anchors", "move", "blind"), CASES)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_similarity_is_blind_to_what_the_table_says_and_to_nothing_else(
    text, anchors, move, blind, seed
):
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(ITEMS, WIDTH, dtype=torch.float64, generator=generator) + 0.5
    before = related(text, x, anchors)
    after = related(text, moved(x, move, generator), anchors)
    change = float((after - before).norm() / before.norm())
    assert change < 1e-7 if blind else change > 0.05


def test_the_table_is_that_of_the_page(shared):
    """Row by row: each similarity of the page is tested, with the letters of the page."""
    text = (shared / "paper.md").read_text(encoding="utf-8")
    section = text.partition("\n## 2.")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")]
            for line in section.splitlines() if line.startswith("|")]  # fmt: skip
    names, letters = [row[0] for row in rows[2:]], ["".join(row[1:]) for row in rows[2:]]
    assert names == list(PAGE)
    for name, expected in zip(names, letters, strict=True):
        few = "m < d" in name
        for similarity in PAGE[name]:
            found = {text for one, anchors, text in TABLE
                     if one == similarity and (anchors < WIDTH) == few}  # fmt: skip
            assert found == {expected}, name


@pytest.mark.parametrize(("anchors", "width"), [(3, 8), (10, 64), (64, 64)])
def test_few_centred_anchors_are_a_basis_however_far_off_the_origin(anchors, width):
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((50, width))
    near, far = (
        parse_recipe("basis(center)").fit(torch.from_numpy(side[:anchors]))(torch.from_numpy(side))
        for side in (rows, rows + 1000)
    )
    torch.testing.assert_close(far, near, rtol=1e-6, atol=1e-6)
