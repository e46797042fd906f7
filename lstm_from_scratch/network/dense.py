"""The dense layer."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from .arrays import Array, SpentError, Work, float_dtype
from .backend import CPU, Backend
from .initial_weights import glorot_uniform


class Dense:
    """`y = W h + b` on columns, at every step or at one.

    Parameters
    ----------
    inputs, outputs : int
        Rows of h and of y.
    rng : numpy.random.Generator
        Draws W, Glorot uniform; b starts at 0.
    dtype, backend
        As for `LSTM`.

    Attributes
    ----------
    params, grads : dict of str to array
        "W" (outputs, inputs) and "b" (outputs, 1).
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        *,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
        backend: Backend | None = None,
    ):
        self.backend = backend or CPU
        self.xp, self.dtype = self.backend.xp, float_dtype(dtype)
        weights = {"W": glorot_uniform(rng, outputs, inputs), "b": np.zeros((outputs, 1))}
        self.params = {k: self.backend.to_device(w.astype(self.dtype)) for k, w in weights.items()}
        self.grads = {k: self.xp.zeros_like(w) for k, w in self.params.items()}
        self._work = Work(self.backend.xp)
        self._h: Array | None = None  # what the next backward needs

    def forward(self, h: Array) -> Array:
        """From h (T, inputs, B) or (inputs, B) to y of the same form, a work array."""
        W, b = self.params["W"], self.params["b"]
        y = self._work("y", (*h.shape[:-2], len(W), h.shape[-1]), self.dtype)
        self.xp.matmul(W, h, out=y)
        y += b
        self._h = h
        return y

    def backward(self, dy: Array) -> Array:
        """From dy, of y's shape, to dh; sets grads.

        Raises
        ------
        SpentError
            A second call for one `forward`.
        """
        if self._h is None:
            raise SpentError("Dense.backward: call forward first, once for each backward")
        h, self._h = self._h, None
        W, steps = self.grads["W"], tuple(range(dy.ndim - 2))
        # A product for every step and their sum: faster than copying h and dy to one matrix each.
        products = self._work("products", (*dy.shape[:-2], *W.shape), self.dtype)
        self.xp.matmul(dy, h.swapaxes(-1, -2), out=products)
        self.xp.sum(products, axis=steps, out=W)
        self.xp.sum(dy, axis=(*steps, dy.ndim - 1), out=self.grads["b"][:, 0])
        dh = self._work("dh", h.shape, self.dtype)
        return self.xp.matmul(self.params["W"].T, dy, out=dh)
