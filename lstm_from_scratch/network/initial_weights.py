"""The initial weights, drawn by NumPy on the host, so that they are the same on every device."""

from __future__ import annotations

import math

import numpy as np

FORGET_BIAS = 1.0  # of an LSTM: it remembers until it has learned to forget [Gers00, Jozefowicz15]


def glorot_uniform(rng: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """Uniform in +-sqrt(6 / (rows + columns)), shape (rows, columns). [Glorot10]"""
    limit = math.sqrt(6 / (rows + columns))
    return rng.uniform(-limit, limit, (rows, columns))


def orthogonal(rng: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """Orthonormal columns, shape (rows, columns) with rows >= columns, uniformly drawn. [Saxe14]"""
    q, r = np.linalg.qr(rng.standard_normal((rows, columns)))
    return q * np.sign(np.diag(r))
