"""The torch module: the same numbers as `relative`, gradients, export, and training."""

import copy

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from latcomp import relative
from latcomp.errors import InputError, UsageError
from latcomp.nn import RelativeProjection

X = np.random.default_rng(0).standard_normal((40, 5))
ROWS = torch.from_numpy(X)
ALL = [
    "cosine",
    "cosine(center)",
    "angular",
    "euclidean(center,scale)",
    "l1",
    "linf",
    "inner",
    "basis",
    "cosine(standardize)",
    "cosine(whiten)",
    "inner(unit)",
    "cosine,euclidean",
]


@pytest.mark.parametrize("similarity", [*ALL, "geodesic", "cosine(bin=0.1)"])
def test_it_gives_the_numbers_of_relative(similarity):
    found = RelativeProjection(ROWS[:12], similarity)(ROWS)
    torch.testing.assert_close(found, relative(X, list(range(12)), similarity=similarity))


@pytest.mark.parametrize("similarity", ALL)
def test_gradcheck_passes_in_rows_and_through_reencoded_anchors(similarity):
    rows = ROWS[20:24].clone().requires_grad_()
    weight = torch.eye(5, dtype=torch.float64).requires_grad_()

    def by_rows(rows):
        return RelativeProjection(ROWS[:12], similarity)(rows)

    def by_encoder(weight):
        encode = torch.nn.Linear(5, 5, bias=False).double()
        return torch.func.functional_call(
            RelativeProjection(ROWS[:12], similarity, encode=encode),
            {"encode.weight": weight},
            (ROWS[20:24],),
        )

    assert torch.autograd.gradcheck(by_rows, rows)
    assert torch.autograd.gradcheck(by_encoder, weight)


@pytest.mark.parametrize("similarity", ALL)
def test_it_can_be_exported(similarity):
    module = RelativeProjection(ROWS[:12], similarity)
    batch = torch.export.Dim("batch", min=2)
    program = torch.export.export(module, (ROWS,), dynamic_shapes={"rows": {0: batch}})
    torch.testing.assert_close(program.module()(ROWS[:7]), module(ROWS[:7]))


def test_anchors_are_saved_and_converted_with_the_module():
    module = RelativeProjection(ROWS[:12])
    other = RelativeProjection(ROWS[12:24])
    other.load_state_dict(copy.deepcopy(module.state_dict()))
    torch.testing.assert_close(other(ROWS), module(ROWS))
    assert module.float()(ROWS.float()).dtype == torch.float32
    assert module.width == 12


def test_leading_dimensions_are_kept():
    module = RelativeProjection(ROWS[:12], "cosine,l1")
    assert module(ROWS.view(4, 10, 5)).shape == (4, 10, 24)
    assert "12 anchors, similarity=cosine,l1" in repr(module)


def test_anchors_of_the_same_pass_are_given_with_the_rows():
    kept = RelativeProjection(ROWS[:12])
    torch.testing.assert_close(RelativeProjection()(ROWS, ROWS[:12]), kept(ROWS))
    torch.testing.assert_close(RelativeProjection(ROWS[12:24])(ROWS, ROWS[:12]), kept(ROWS))
    assert "no anchors" in repr(RelativeProjection())
    with pytest.raises(UsageError, match="keeps no anchors"):
        RelativeProjection()(ROWS)
    with pytest.raises(UsageError, match="keeps no anchors"):
        RelativeProjection().width  # noqa: B018 (reading it is the test)


def test_anchors_that_cannot_serve_are_refused():
    with pytest.raises(InputError, match="length zero"):
        RelativeProjection(torch.zeros(2, 3))
    with pytest.raises(UsageError, match="anchors must be"):
        RelativeProjection(torch.zeros(3))


def accuracy(relative_, x, y, held_x, held_y):
    torch.manual_seed(0)
    encoder = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.Tanh())
    project = RelativeProjection(x[:300], encode=encoder)
    head = torch.nn.Sequential(project, torch.nn.LayerNorm(300), torch.nn.Linear(300, 10))
    model = torch.nn.Sequential(encoder, head if relative_ else torch.nn.Linear(64, 10))
    optimiser = torch.optim.Adam(model.parameters(), lr=5e-3)
    for _ in range(200):
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(model(x), y).backward()
        optimiser.step()
    with torch.no_grad():
        return float((model(held_x).argmax(1) == held_y).double().mean())


def test_a_classifier_of_digits_learns_as_well_on_relative_representations():
    digits = load_digits()
    x = torch.tensor(digits.data, dtype=torch.float32) / 16
    y = torch.tensor(digits.target)
    absolute, on_relative = [], []
    for seed in range(2):
        order = torch.randperm(len(x), generator=torch.Generator().manual_seed(seed))
        parts = [part[order[rows]] for rows in (slice(1200), slice(1200, None)) for part in (x, y)]
        absolute.append(accuracy(False, *parts))
        on_relative.append(accuracy(True, *parts))
    assert min(absolute) > 0.95
    assert np.mean(on_relative) > np.mean(absolute) - 0.02


@pytest.mark.parametrize("similarity", ["euclidean", "geodesic(k=5)"])
def test_near_anchors_in_float32_are_as_far_as_in_float64(similarity):
    draw = torch.Generator().manual_seed(0)
    far = torch.tensor([[100.0]] * 20 + [[-100.0]] * 20)
    anchors = 0.2 * torch.randn(40, 32, generator=draw) + far
    rows = 0.2 * torch.randn(10, 32, generator=draw) + 100
    exact = RelativeProjection(anchors.double(), similarity)(rows.double())
    for given in (rows, rows.clone().requires_grad_()):
        found = RelativeProjection(anchors, similarity)(given)
        torch.testing.assert_close(found.double(), exact, rtol=1e-5, atol=0)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize(
    "similarity", ["cosine", "l1", "linf", "basis", "cosine(whiten)", "geodesic"]
)
def test_rows_of_half_precision_have_coordinates_of_half_precision(similarity, dtype):
    anchors = torch.randn(9, 5, generator=torch.Generator().manual_seed(0))
    rows = torch.randn(7, 5, generator=torch.Generator().manual_seed(1)).to(dtype)
    project = RelativeProjection(anchors, similarity)
    found = project(rows)
    assert found.dtype == dtype
    torch.testing.assert_close(found, project(rows.float()).to(dtype), rtol=1e-2, atol=1e-2)
