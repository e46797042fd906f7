"""Dropout, with a mask that every device computes alike."""

from __future__ import annotations

from typing import Any

import numpy as np

from .arrays import Array, SpentError, Work
from .backend import CPU, Backend


class Dropout:
    """In training every entry is 0 with probability p, and 1 / (1 - p) times itself otherwise. [Srivastava14]

    Parameters
    ----------
    p : float
        0 <= p < 1.
    rng : numpy.random.Generator
        Draws the key, once. A mask is a function of the key and of `calls`, the number of masks drawn, so
        that NumPy and a GPU compute the same one and a checkpoint needs only the two numbers.
    backend : Backend, optional
    """

    def __init__(self, p: float, *, rng: np.random.Generator, backend: Backend | None = None):
        if not 0 <= p < 1:
            raise ValueError(f"dropout {p}: want 0 <= p < 1")
        self.p = p
        self.key = int(rng.integers(2**32))
        self.calls = 0
        self.backend = backend or CPU
        self.xp = self.backend.xp
        self._work = Work(self.backend.xp)
        self._mask: Array | None = None
        self._ready = False

    def forward(self, x: Array, training: bool = True) -> Array:
        """x with the mask applied where `training`, else x itself."""
        self._ready = True
        self._mask = None
        if not training or not self.p:
            return x
        self._mask = self._draw(x.shape, x.dtype)
        return self.xp.multiply(x, self._mask, out=self._work("y", x.shape, x.dtype))

    def backward(self, dy: Array) -> Array:
        """dx: the same mask again.

        Raises
        ------
        SpentError
            A second call for one `forward`.
        """
        if not self._ready:
            raise SpentError("Dropout.backward: call forward first, once for each backward")
        self._ready = False
        if self._mask is None:
            return dy
        return self.xp.multiply(dy, self._mask, out=self._work("dx", dy.shape, dy.dtype))

    def _draw(self, shape: tuple[int, ...], dtype: Any) -> Array:
        """The next mask, of 0 and 1 / (1 - p)."""
        self.calls += 1
        n = int(np.prod(shape))
        bits = random_bits(self.xp, n, self.key, self.calls, self._work).reshape(shape)
        keep = self._work("keep", shape, np.dtype(bool))
        self.xp.greater_equal(bits, bits.dtype.type(int(self.p * 2**16)), out=keep)
        mask = self._work("mask", shape, dtype)
        return self.xp.multiply(keep, dtype.type(1 / (1 - self.p)), out=mask)


def random_bits(xp: Any, n: int, key: int, call: int, work: Work) -> Array:
    """n uniform 16-bit integers: a counter mixed with the key and the call. [lowbias32]

    The two halves of each 32-bit word are used. All arithmetic is modulo 2^32 and therefore exact everywhere.
    """
    words = (n + 1) // 2
    x = work("counter", (words,), np.dtype(np.uint32))
    shifted = work("shifted", (words,), np.dtype(np.uint32))
    x[...] = xp.arange(words, dtype=np.uint32)
    x ^= np.uint32(key)
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        xp.right_shift(x, np.uint32(shift), out=shifted)
        x ^= shifted
        x *= np.uint32(factor)
        # Between the rounds, so that the masks of two calls are not one mask in another order.
        x += np.uint32(call * 0x9E3779B9 & 0xFFFFFFFF)
    xp.right_shift(x, np.uint32(16), out=shifted)
    x ^= shifted
    return x.view(np.uint16)[:n]
