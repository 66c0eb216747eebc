"""What measures are expected to be when items are paired at random, in closed form."""

from __future__ import annotations

from math import comb


def harmonic(k: int) -> float:
    """1 + 1/2 + ... + 1/k."""
    return sum(1 / i for i in range(1, k + 1))


def expected_jaccard(n: int, k: int) -> float:
    """Expected Jaccard overlap of two random sets of k out of n; about k / (2n - k).

    The overlap o is hypergeometric, and the Jaccard overlap is o / (2k - o).
    """
    ways = comb(n, k)
    return sum(comb(k, o) * comb(n - k, k - o) / ways * o / (2 * k - o) for o in range(1, k + 1))


def expected_reciprocal(n: int, targets: int) -> float:
    """Expected 1 / rank of the first of some targets among n rows in random order.

    >>> round(expected_reciprocal(2, 1), 3), expected_reciprocal(3, 3)
    (0.75, 1.0)
    """
    left, total = 1.0, 0.0
    for rank in range(1, n - targets + 2):
        first = left * targets / (n - rank + 1)
        total += first / rank
        left -= first
        if left < 1e-12:
            break
    return total
