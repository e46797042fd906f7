"""Matrix products in parts: what depends on the processor and on its BLAS stands here alone."""

from __future__ import annotations

import os
from types import ModuleType

from .arrays import Array
from .backend import on_host

# Up to so many multiplications, OpenBLAS has kernels (for AVX-512) that do not copy the matrix first.
COPIED_ABOVE = 10**6
# With more columns than this the product takes so long that the copy hardly counts.
FEW_COLUMNS = 32


def in_parts(A: Array, columns: int) -> Array:
    """A (rows, K) for `product` with (K, columns): as n parts (n, rows / n, K) where that is faster.

    OpenBLAS copies a large matrix before it multiplies, which takes as long as the product itself where the
    columns are few. So: the fewest parts of 16 rows or more that are small enough not to be copied. Not on a
    GPU, nor where BLAS has several threads, which can only share large products.
    """
    if not on_host(A) or columns > FEW_COLUMNS or blas_threads() > 1:
        return A
    rows, K = A.shape
    for n in range(1, rows // 16 + 1):
        if rows % n == 0 and rows // n * K * columns <= COPIED_ABOVE:
            return A if n == 1 else A.reshape(n, -1, K)
    return A


def product(xp: ModuleType, A: Array, x: Array, out: Array) -> Array:
    """out (rows, B) = A x, where A is (rows, K) or those rows in equal parts (n, rows / n, K)."""
    xp.matmul(A, x, out=out if A.ndim == 2 else out.reshape(len(A), -1, out.shape[1]))
    return out


def blas_threads() -> int:
    """As OpenBLAS counts them: what its variable says, else OpenMP's, else one for each processor."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        given = os.environ.get(name, "")
        if given.isdecimal() and int(given):
            return int(given)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
