"""Linear algebra on the cross-products of centred rows: d x d, float64, whatever the item count."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from latcomp.errors import NotApplicableError

FLAT = "a space does not vary: all its rows are equal"


def total(gram: Tensor) -> float:
    """Sum of the squared entries of the rows, from their cross-products (d, d).

    Raises NotApplicableError where it is 0.
    """
    value = float(gram.trace())
    if not value > 0:
        raise NotApplicableError(FLAT)
    return value


def whitening(gram: Tensor) -> Tensor:
    """W (d, r) with W'GW = I: the rows times W have orthonormal columns, the widest first.

    ``gram`` is X'X. Columns are brought to unit length before it is decomposed, so that their
    scales cost no digits; r is its numerical rank. Raises NotApplicableError for rows of zeros.
    """
    total(gram)
    lengths = gram.diagonal().sqrt()
    inverse = torch.where(lengths > 0, 1 / lengths, torch.zeros_like(lengths))
    values, vectors = spectrum(inverse[:, None] * gram * inverse)
    return inverse[:, None] * vectors / values.sqrt()


def spectrum(gram: Tensor) -> tuple[Tensor, Tensor]:
    """Eigenvalues above rounding, largest first, and their vectors: (r,), (d, r).

    Raises NotApplicableError where none is above 0.
    """
    values, vectors = torch.linalg.eigh(gram)
    values, vectors = values.flip(0), vectors.flip(1)
    if not values[0] > 0:
        raise NotApplicableError(FLAT)
    kept = values > values[0] * len(values) * 8 * torch.finfo(gram.dtype).eps
    return values[kept], vectors[:, kept]


def principal(gram: Tensor, share: float) -> Tensor:
    """W (d, r) with W'GW = I along the fewest principal directions that hold ``share`` of X'X."""
    values, vectors = spectrum(gram)
    held = values.cumsum(0) / gram.trace()
    enough = min(int((held < share).sum()) + 1, len(values))
    return vectors[:, :enough] / values[:enough].sqrt()


def correlations(cross: Tensor, left: Tensor, right: Tensor) -> Tensor:
    """Canonical correlations, largest first: the singular values of W'(X'Y)V, at most 1."""
    rho: Tensor = torch.linalg.svdvals(left.T @ cross @ right).clamp(max=1.0)
    return rho


def nuclear(cross: Tensor) -> float:
    """Sum of the singular values."""
    return float(torch.linalg.svdvals(cross).sum())


def power(gram: Tensor, alpha: float) -> Tensor:
    """The sum alpha I + (1 - alpha) G^(-1/2) on the directions that G spans: (d, d)."""
    values, vectors = spectrum(gram)
    weights = alpha + (1 - alpha) / values.sqrt()
    return (vectors * weights) @ vectors.T


def shrunk(gram: Tensor, ridge: float) -> Tensor:
    """(G + ridge I)^-1, or the pseudo-inverse of G where ``ridge`` is 0: (d, d)."""
    if ridge > 0:
        eye = torch.eye(len(gram), dtype=gram.dtype, device=gram.device)
        inverse: Tensor = torch.linalg.inv(gram + ridge * eye)
        return inverse
    basis = whitening(gram)
    if basis.shape[1] == len(gram):
        return basis @ basis.T
    pseudo: Tensor = torch.linalg.pinv(gram, hermitian=True)
    return pseudo


def assigned(gains: Tensor) -> Tensor:
    """The entries of the one-to-one assignment with the largest sum: (min(d, d'),)."""
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(gains.cpu().numpy(), maximize=True)
    return gains[rows, columns]


def cosine(a: float, b: float, across: float, *, refusal: str = FLAT) -> float:
    """The sum of products ``across``, as a share of what those of each space with itself allow.

    Raises NotApplicableError with the ``refusal`` where one of those is not positive.
    """
    if not (a > 0 and b > 0):
        raise NotApplicableError(refusal)
    return across / (math.sqrt(a) * math.sqrt(b))


def debiased(a: float, b: float, across: float) -> float:
    """The `cosine` of unbiased estimates, which may be negative where they say nothing."""
    refusal = "the unbiased estimate of a space with itself is not positive"
    return cosine(a, b, across, refusal=refusal)


def unbiased_hsic(n: int, products: float, norms: float, p: float, q: float) -> float:
    """Unbiased HSIC of two linear kernels of centred rows (Song et al. 2012, eq. 4).

    ``products`` is |X'Y|^2, ``norms`` the sum over items of |x|^2 |y|^2, ``p`` and ``q`` the sums
    of |x|^2 and |y|^2. With rows centred, the zero-diagonal kernel K has K1 = -(|x_i|^2).
    Raises NotApplicableError for fewer than 4 items.
    """
    if n < 4:
        raise NotApplicableError(f"the unbiased estimate needs 4 items: {n}")
    trace = products - norms
    return (trace + p * q / ((n - 1) * (n - 2)) - 2 / (n - 2) * norms) / (n * (n - 3))


def least_squares(x: Tensor, y: Tensor) -> Tensor:
    """The matrix (d, e) with the least |x W - y|, (m, d) and (m, e); of several, the smallest."""
    inverse: Tensor = torch.linalg.pinv(x)
    return inverse @ y


def rotation(cross: Tensor) -> Tensor:
    """The orthogonal matrix nearest to X'Y, (d, e): the best rotation of X onto Y (Procrustes).

    Where d and e differ, that of the narrower side padded with zeros: isometric on min(d, e)
    dimensions.
    """
    u, _, v = torch.linalg.svd(cross, full_matrices=False)  # (d, r) and (r, e)
    turn: Tensor = u @ v
    return turn
