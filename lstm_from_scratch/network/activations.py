"""The sigmoids and tanh of a step, in place."""

from __future__ import annotations

from types import ModuleType

from numpy.typing import DTypeLike

from .arrays import Array


def sigmoid_in_place(xp: ModuleType, z: Array) -> None:
    """z becomes `1 / (1 + exp(-z)) = (1 + tanh(z / 2)) / 2`, which overflows for no z."""
    z *= 0.5
    xp.tanh(z, out=z)
    z += 1
    z *= 0.5


class OneExp:
    """The three sigmoids and the tanh of an LSTM's step by one exponential, in place.

        sigmoid(z) = 1 / (1 + exp(-z))          tanh(z) = 2 sigmoid(2 z) - 1

    The weights are scaled beforehand, once a batch, so that the product itself gives -z, and -2 z for the
    tanh. Where NumPy computes with AVX2, exp takes half the time of tanh, and this saves 3 to 5 % of a
    training step of the paper's shape; with AVX-512 it saves nothing (`benchmarks/one_exp.py`).

    Parameters
    ----------
    xp : module
    rows, sigmoids : int
        How many rows z has, and how many of them, from the first, are to become sigmoids.
    dtype : dtype
    """

    def __init__(self, xp: ModuleType, rows: int, sigmoids: int, dtype: DTypeLike):
        self._xp, self._sigmoids = xp, sigmoids
        self._scale = xp.full((rows, 1), -1, dtype)
        self._scale[sigmoids:] = -2

    def scale(self, weights: Array) -> None:
        """Scale the rows of the weights in place, so that their product is what `__call__` takes."""
        weights *= self._scale

    def __call__(self, z: Array) -> Array:
        """From the product of scaled weights, (rows, B), to sigmoid(z) and, below, tanh(z).

        exp(-z) may be infinite, and 1 / (1 + exp(-z)) is then 0, as it should be: tell NumPy to ignore that.
        """
        xp = self._xp
        xp.exp(z, out=z)
        z += 1
        xp.divide(1, z, out=z)
        tanh = z[self._sigmoids :]
        tanh *= 2
        tanh -= 1
        return z
