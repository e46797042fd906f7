"""What every layer computes with: arrays of NumPy or CuPy, and work arrays that are used again."""

from __future__ import annotations

from types import ModuleType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array: TypeAlias = NDArray[Any]  # or CuPy's: they have the same methods, and pass for NumPy's


class SpentError(RuntimeError):
    """`backward` was called without a `forward` of its own."""


class Work:
    """Work arrays by name, allocated when a shape is new and used again while it stays.

    Parameters
    ----------
    xp : module
        `numpy` or `cupy`.
    """

    def __init__(self, xp: ModuleType):
        self._xp = xp
        self._arrays: dict[str, Array] = {}

    def __call__(self, name: str, shape: tuple[int, ...], dtype: DTypeLike) -> Array:
        """The array of that name; what it holds is whatever was last written there."""
        array = self._arrays.get(name)
        if array is None or array.shape != shape or array.dtype != dtype:
            array = self._arrays[name] = self._xp.empty(shape, dtype)
        return array


def float_dtype(dtype: DTypeLike) -> np.dtype[Any]:
    """A dtype that weights can have.

    Raises
    ------
    TypeError
        One that holds no fractions.
    """
    found = np.dtype(dtype)
    if found.kind not in "fc":
        raise TypeError(f"dtype {found}: want float32, float64 or a complex one")
    return found
