"""Clipping by the global norm."""

from __future__ import annotations

import math
from collections.abc import Mapping

from .arrays import Array
from .backend import on_host


def clip_by_global_norm(grads: Mapping[str, Array], limit: float) -> float | Array:
    """Scale all gradients in place so that the norm of all together is `limit` at most. [Pascanu13]

    Returns
    -------
    float
        The norm before. On a GPU it is a zero-dimensional array, and nothing here waits for it.
    """
    squares = [g.ravel() @ g.ravel() for g in grads.values()]
    if not all(map(on_host, squares)):
        norm = sum(squares) ** 0.5
        scale = 1 / (norm / limit).clip(1)
        for g in grads.values():
            g *= scale
        return norm
    norm = math.sqrt(sum(map(float, squares)))
    if norm > limit:
        for g in grads.values():
            g *= limit / norm
    return norm
