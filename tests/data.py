"""Spaces whose answer is known before anything runs."""

import numpy as np


def rng(seed=0):
    return np.random.default_rng(seed)


def space(n=120, d=12, seed=0):
    """Independent normal rows: (n, d) float64."""
    return rng(seed).standard_normal((n, d))


def rotation(d, seed=0):
    """A random orthogonal matrix: (d, d)."""
    return np.linalg.qr(rng(seed).standard_normal((d, d)))[0]


def alike(n=120, d=12, e=12, noise=0.5, seed=0):
    """Two spaces that share latent directions but no coordinates: (n, d), (n, e)."""
    x = space(n, d, seed)
    mix = rng(seed + 1).standard_normal((d, e)) / np.sqrt(d)
    return x, x @ mix + noise * space(n, e, seed + 2)


def with_duplicates(x, copies=10):
    """The last rows are copies of the first: ties in every list."""
    out = x.copy()
    out[-copies:] = x[:copies]
    return out


def names(n):
    """Ids: item-000, item-001, ..."""
    return [f"item-{i:03}" for i in range(n)]
