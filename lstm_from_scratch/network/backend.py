"""Where arrays live: NumPy on the CPU or CuPy on a GPU, chosen once and by computing, never at import."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from .arrays import Array
from .driver import explain, short_of_memory


class DeviceError(RuntimeError):
    """The device asked for cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class Backend:
    """An array module, and why it was chosen.

    Parameters
    ----------
    name : str
        "cpu" or "gpu".
    xp : module
        `numpy` or `cupy`.
    reason : str
        One line for people.
    """

    name: str
    xp: ModuleType
    reason: str

    def to_device(self, array: Any) -> Any:
        """A NumPy array where this backend computes."""
        return self.xp.asarray(array)

    def to_host(self, array: Any) -> Array:
        """An array of this backend as a NumPy array."""
        return array if on_host(array) else array.get()

    def synchronize(self) -> None:
        """Wait until the device has done everything it was asked to."""
        if self.name == "gpu":
            self.xp.cuda.get_current_stream().synchronize()

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Inside, CuPy's error for too little memory becomes a DeviceError that says what to do."""
        try:
            yield
        except Exception as error:
            if self.name == "cpu" or not short_of_memory(error):
                raise
            raise DeviceError("; ".join(explain(error))) from error


CPU = Backend("cpu", np, f"NumPy {np.__version__} on the CPU")


def on_host(array: Any) -> bool:
    """Whether an array, or a scalar taken from one, is NumPy's: reading it then waits for no device."""
    return isinstance(array, (np.ndarray, np.generic))


def choose_backend(device: str = "auto") -> Backend:
    """The backend for "cpu", "gpu" or "auto" (the GPU where one computes, else the CPU).

    Raises
    ------
    DeviceError
        "gpu", and no GPU computes: why, and what to do. Importing CuPy succeeds without a driver, and
        `is_available` is not to be relied on, so the proof is a product read back.
    ValueError
        Another name.
    """
    if device not in ("cpu", "gpu", "auto"):
        raise ValueError(f"device {device!r}: want 'cpu', 'gpu' or 'auto'")
    if device == "cpu":
        return CPU
    try:
        return _gpu()
    except Exception as error:  # CuPy fails in many ways: no wheel, no driver, a missing CUDA library
        cause, remedy = explain(error)
        if device == "gpu":
            raise DeviceError(f"no GPU can be used: {cause}; {remedy}") from error
    return Backend("cpu", np, f"{CPU.reason}, no GPU: {cause}")


def _gpu() -> Backend:
    import cupy

    device = cupy.cuda.runtime.getDeviceProperties(0)["name"].decode()
    a = cupy.ones((2, 2), dtype=np.float32)
    if float((a @ a + a)[0, 0]) != 3.0:
        raise DeviceError(f"{device} computes wrongly")
    return Backend("gpu", cupy, f"CuPy {cupy.__version__} on {device}")
