"""Seeded draws, one stream per purpose."""

from __future__ import annotations

import hashlib

import torch
from torch import Tensor

from latcomp.errors import UsageError


def stream(seed: int, purpose: str) -> torch.Generator:
    """A generator for ``seed`` and ``purpose``.

    A generator on the CPU looks at the lower 32 bits of a seed only, so that a purpose cannot be
    kept apart by adding a large number: it is hashed with the seed.
    """
    digest = hashlib.blake2b(f"{purpose} {seed}".encode(), digest_size=4).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest, "big"))


def permutation(n: int, seed: int, purpose: str) -> Tensor:
    """The numbers 0 to n - 1 in an order drawn for ``seed`` and ``purpose``.

    >>> bool((permutation(99, 0, "folds") == permutation(99, 0, "samples")).all())
    False
    """
    return torch.randperm(n, generator=stream(seed, purpose))


def draw_queries(n: int, queries: int | str, seed: int) -> Tensor | None:
    """Row numbers of the queries, ascending; None where every item is one."""
    if queries == "all":
        return None
    if not isinstance(queries, int) or queries < 1:
        raise UsageError(f"queries must be a positive number or 'all', found {queries!r}")
    if queries >= n:
        return None
    return permutation(n, seed, "queries")[:queries].sort().values


LARGEST = 2**32 - 1
"""The largest seed that numpy and scikit-learn take."""


def check_seeds(first: int, count: int = 1) -> None:
    """Raise UsageError unless the ``count`` seeds from ``first`` on can all be used."""
    if not 0 <= first <= LARGEST + 1 - count:
        raise UsageError(f"seeds run from 0 to {LARGEST}, found {first}")
