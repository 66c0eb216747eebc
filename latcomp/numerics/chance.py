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
