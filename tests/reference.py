"""Every measure as its definition reads, in plain float64 numpy: n x n, slow, for tests alone.

Nothing here is imported from latcomp. `REFERENCE` holds one function per measure: f(a, b, k) of
two n x d arrays, in the direction a -> b.
"""

import numpy as np

GRID = 1e-12
"""Cosines this near are equal: float64 products of equal rows may differ in their last digits."""


def unit(x):
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def cosines(x, y):
    """Cosine of every row of x with every row of y: (n, n)."""
    return np.round((unit(x) @ unit(y).T) / GRID) * GRID


def nearest(scores, k):
    """The k best columns of every row, equal scores in order of column: (n, k)."""
    return np.argsort(-scores, axis=1, kind="stable")[:, :k]


def own_neighbours(x, k):
    """The k rows nearest to each row, itself left out by row number."""
    scores = cosines(x, x)
    np.fill_diagonal(scores, -np.inf)
    return nearest(scores, k)


def overlaps(left, right):
    return np.array([len(set(p) & set(q)) for p, q in zip(left, right, strict=True)])


def true_ranks(a, b):
    """Place, from 1, of row w of b among all rows of b ordered by cosine with row w of a."""
    order = nearest(cosines(a, b), len(b))
    return np.array([list(row).index(w) + 1 for w, row in enumerate(order)])


def jaccard(a, b, k):
    common = overlaps(nearest(cosines(a, b), k), nearest(cosines(b, b), k))
    return common / (2 * k - common)


def mrr(a, b, k):
    ranks = true_ranks(a, b)
    return np.where(ranks <= k, 1 / ranks, 0)


def hit(a, b, k):
    return (true_ranks(a, b) <= k).astype(float)


def mrr_full(a, b, k):
    return 1 / true_ranks(a, b)


def cosine(a, b, k):
    return (unit(a) * unit(b)).sum(1)


def mutual_knn(a, b, k):
    return overlaps(own_neighbours(a, k), own_neighbours(b, k)) / k


def knn_jaccard(a, b, k):
    common = overlaps(own_neighbours(a, k), own_neighbours(b, k))
    return common / (2 * k - common)


def cka(a, b, k):
    """Biased HSIC of centred Gram matrices, straight from the n x n definition."""
    n = len(a)
    h = np.eye(n) - 1 / n
    p, q = h @ (a @ a.T) @ h, h @ (b @ b.T) @ h
    return (p * q).sum() / np.sqrt((p * p).sum() * (q * q).sum())


def cka_debiased(a, b, k):
    """Song et al. 2012, eq. 4, on Gram matrices of centred columns."""
    a, b = a - a.mean(0), b - b.mean(0)
    p, q = a @ a.T, b @ b.T
    return _unbiased(p, q) / np.sqrt(_unbiased(p, p) * _unbiased(q, q))


def _unbiased(p, q):
    n = len(p)
    p, q = p - np.diag(np.diag(p)), q - np.diag(np.diag(q))
    total = (p @ q).trace() + p.sum() * q.sum() / ((n - 1) * (n - 2))
    return (total - 2 / (n - 2) * (p @ q).sum()) / (n * (n - 3))


def neighbour_recall(a, b, k):
    scores = cosines(a, b)
    np.fill_diagonal(scores, -np.inf)
    return overlaps(nearest(scores, k), own_neighbours(b, k)) / k


REFERENCE = {
    "neighbour-recall": neighbour_recall,
    "jaccard": jaccard,
    "mrr": mrr,
    "hit": hit,
    "mrr-full": mrr_full,
    "cosine": cosine,
    "mutual-knn": mutual_knn,
    "knn-jaccard": knn_jaccard,
    "cka": cka,
    "cka-debiased": cka_debiased,
}

NEED_EQUAL_WIDTH = ("jaccard", "mrr", "hit", "mrr-full", "cosine", "neighbour-recall")


def relative(x, anchors, center=False):
    """Cosine of every row to the anchors' rows: (n, m)."""
    mean = x[anchors].mean(0) if center else 0
    return unit(x - mean) @ unit(x[anchors] - mean).T


def paper(x, y, draws, k=10, center=False, exclude=False, queries=None):
    """The whole protocol: {(measure, space, direction): value}, relative ones averaged over draws.

    ``draws`` lists the anchors' rows, draw by draw; ``queries`` the rows that are scored where a
    score is a mean over queries.
    """
    found = {}
    for name, measure in REFERENCE.items():
        for direction in ("a->b", "b->a"):
            values = [
                _scored(measure, name, _pair(x, y, draw, center, direction), k, queries, dropped)
                for draw in draws
                for dropped in (draw if exclude else [],)
            ]
            found[name, "relative", direction] = np.mean(values)
            if x.shape[1] == y.shape[1] or name not in NEED_EQUAL_WIDTH:
                pair = (x, y) if direction == "a->b" else (y, x)
                found[name, "absolute", direction] = _scored(measure, name, pair, k, queries, [])
    return found


def _pair(x, y, draw, center, direction):
    a, b = relative(x, draw, center), relative(y, draw, center)
    return (a, b) if direction == "a->b" else (b, a)


def _scored(measure, name, pair, k, queries, dropped):
    per_item = measure(*pair, k)
    if np.ndim(per_item) == 0:
        return per_item
    rows = np.arange(len(per_item)) if queries is None or name == "cosine" else queries
    return per_item[np.setdiff1d(rows, dropped)].mean()
