"""Loops compiled by numba, for a processor, where torch would read its operands again and again.

They release the lock of Python, and threads share the rows.
"""

from latcomp.engine.loops.rows import agreement, shifted
from latcomp.engine.loops.selecting import offer, products

__all__ = ["agreement", "offer", "products", "shifted"]
