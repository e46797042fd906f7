"""What a GPU needs besides this package: a driver, CuPy, CUDA's libraries, memory; and what to do without."""

from __future__ import annotations

import ctypes
import sys

# CUDA's major version, the NVIDIA driver that first knows it, and the extra that fits.
RELEASES = ((13, 580, "gpu-cuda13"), (12, 525, "gpu-cuda12"))
NO_LIBRARY = ("failed to load", "DynamicLibNotFound", "nvrtc")
NO_MEMORY = ("OutOfMemory", "MemoryAllocation", "ALLOC_FAILED", "Out of memory")


def driver_version() -> tuple[int, int] | None:
    """The newest CUDA that the driver knows, (major, minor), asked without CuPy; None without a driver."""
    try:
        library = ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
        version = ctypes.c_int()
        failed = library.cuDriverGetVersion(ctypes.byref(version))
    except (OSError, AttributeError):
        return None
    return None if failed or not version.value else (version.value // 1000, version.value % 1000 // 10)


def extra_for(driver: tuple[int, int]) -> str | None:
    """The extra of this package that a driver can run; None where it is too old for all."""
    return next((extra for major, _, extra in RELEASES if driver[0] >= major), None)


def how_to_install(driver: tuple[int, int] | None) -> str:
    """What to install for a driver, or what to do about that first."""
    if sys.platform == "darwin":
        return "there is no CUDA on macOS: use --device cpu"
    if driver is None:
        return f"install an NVIDIA driver, {RELEASES[0][1]} or newer, and then the extra {RELEASES[0][2]}"
    extra = extra_for(driver)
    if extra is None:
        return (
            f"update the NVIDIA driver to {RELEASES[0][1]} or newer, and install the extra {RELEASES[0][2]}"
        )
    return f'python -m pip install -e ".[{extra}]"'


def short_of_memory(error: BaseException) -> bool:
    """Whether an error of CuPy, the CUDA runtime or cuBLAS says that memory could not be had."""
    said = f"{type(error).__name__}: {error}"
    return any(word in said for word in NO_MEMORY)


def explain(error: BaseException) -> tuple[str, str]:
    """Why a GPU did not compute, and what to do about it, each in a few words.

    Parameters
    ----------
    error : Exception
        What CuPy raised, or its import.

    Returns
    -------
    cause, remedy : str
    """
    said = str(error).splitlines()[0] if str(error) else "no message"
    said = f"{type(error).__name__}: {said}"
    if short_of_memory(error):
        remedy = "a smaller --batch or fewer --units, --device cpu, or end what else uses it (nvidia-smi)"
        return f"the GPU has too little memory ({said})", remedy
    driver = driver_version()
    if isinstance(error, ModuleNotFoundError) and error.name == "cupy":
        return "CuPy is not installed", how_to_install(driver)
    if "libcuda." not in said and (isinstance(error, ImportError) or any(w in said for w in NO_LIBRARY)):
        return f"CuPy lacks CUDA's libraries ({said})", how_to_install(driver)
    if driver is None:
        return f"there is no NVIDIA driver ({said})", how_to_install(driver)
    if "InsufficientDriver" in said or "UnsupportedPtx" in said:
        remedy = how_to_install(driver) + (" in the place of the CuPy here" if extra_for(driver) else "")
        return f"the driver knows CUDA {driver[0]}.{driver[1]}, too old for this CuPy ({said})", remedy
    if "NoDevice" in said:
        return f"no GPU is visible ({said})", "look at nvidia-smi and at CUDA_VISIBLE_DEVICES"
    return said, "run 'melody doctor' to see what is found"
