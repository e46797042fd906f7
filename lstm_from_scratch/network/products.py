"""Matrix products in parts, where OpenBLAS would copy a large matrix first."""

from __future__ import annotations

import os
from typing import Any

from .arrays import Array
from .backend import on_host

SMALL = 10**6  # multiplications: OpenBLAS has kernels for so few (AVX-512) that copy nothing first
FEW = 32  # columns: beside the product of more, the copy costs little


def in_parts(A: Array, columns: int) -> Array:
    """A (rows, K) for `product` by (K, columns): in n parts (n, rows / n, K) where these make small ones.

    A large product copies A first, which costs as much as the product itself where the columns are few.
    Not on a GPU, nor where BLAS has several threads: they share large products alone.
    """
    if not on_host(A) or columns > FEW or blas_threads() > 1:
        return A
    rows, K = A.shape
    fitting = (n for n in range(1, rows // 16 + 1) if rows % n == 0 and rows // n * K * columns <= SMALL)
    n = next(fitting, 1)
    return A if n == 1 else A.reshape(n, -1, K)


def product(xp: Any, A: Array, x: Array, out: Array) -> Array:
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
