"""What every layer computes on: arrays of NumPy or CuPy, and work arrays that are used again."""

from __future__ import annotations

from types import ModuleType
from typing import Any, TypeAlias

from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]  # or CuPy's: they have the same methods, and pass for NumPy's


class SpentError(RuntimeError):
    """`backward` was called without a `forward` of its own."""


class Work:
    """Work arrays by name, allocated when a shape is new and used again while it stays."""

    def __init__(self, xp: ModuleType):
        self._xp = xp
        self._arrays: dict[str, Any] = {}

    def __call__(self, name: str, shape: tuple[int, ...], dtype: Any) -> Any:
        array = self._arrays.get(name)
        if array is None or array.shape != shape or array.dtype != dtype:
            array = self._arrays[name] = self._xp.empty(shape, dtype)
        return array
