"""Ways in which a CuPy does not work, each as a change to the stand-in, with the words of CuPy 14.2."""

import numpy as np

INSTALL_12, INSTALL_13 = (f'python -m pip install -e ".[gpu-cuda{n}]"' for n in (12, 13))
A_DRIVER = "install an NVIDIA driver, 580 or newer, and then the extra gpu-cuda13"
UPDATE = "update the NVIDIA driver to 580 or newer, and install the extra gpu-cuda13"
TOO_OLD = "cudaErrorInsufficientDriver: CUDA driver version is insufficient for CUDA runtime version"
# CuPy 14.2's words
NOWHERE = 'Failure finding "{0}.so.13 or {0}.so.12": No such file: {0}.so.13\n  listdir("/lib")'


def fails(error):
    def act(*_, **__):
        raise error

    return act


def at_first_touch(error):
    """A CuPy whose runtime, and so all of it, does not work."""

    def breaks(cupy):
        made = cupy.cuda.runtime.CUDARuntimeError(error) if isinstance(error, str) else error
        cupy.is_available = lambda: False
        runtime = cupy.cuda.runtime
        runtime.getDeviceProperties = runtime.getDeviceCount = runtime.memGetInfo = fails(made)
        cupy.empty = cupy.zeros = cupy.ones = cupy.full = cupy.asarray = cupy.array = fails(made)

    return breaks


def without_nvrtc(error):
    def breaks(cupy):
        cupy.ones = cupy.full = cupy.cuda.nvrtc.getVersion = fails(error)

    return breaks


def without_cublas(cupy):
    error = ImportError(NOWHERE.format("libcublasLt"))

    class Missing:
        def __getattr__(self, name):
            raise error

    cupy.cuda.cublas = Missing()
    cupy.ndarray = type("ndarray", (cupy.ndarray,), {"__matmul__": fails(error)})
    cupy.ones = lambda shape, dtype: cupy.ndarray(np.ones(shape, dtype), cupy.counts)


class DynamicLibNotFoundError(RuntimeError):
    """As CuPy 14.2 raises it."""


class CUBLASError(RuntimeError):
    """As CuPy raises it."""


# What is wrong, the CUDA that the driver knows, and what is said: the cause and the remedy.
FAILURES = {
    "no driver": (at_first_touch(TOO_OLD), None, "there is no NVIDIA driver", A_DRIVER),
    "no driver, in other words": (
        at_first_touch(RuntimeError("CuPy failed to load libcuda.so.1: OSError: libcuda.so.1")), None,
        "there is no NVIDIA driver", A_DRIVER,
    ),
    "a driver older than CuPy": (
        at_first_touch(TOO_OLD), (12, 4), "the driver knows CUDA 12.4, too old for this CuPy",
        f"{INSTALL_12} in the place of the CuPy here",
    ),
    "a driver older than any": (at_first_touch(TOO_OLD), (11, 4), "the driver knows CUDA 11.4", UPDATE),
    "no device": (
        at_first_touch("cudaErrorNoDevice: no CUDA-capable device is detected"), (13, 0),
        "no GPU is visible", "look at nvidia-smi and at CUDA_VISIBLE_DEVICES",
    ),
    "no NVRTC": (
        without_nvrtc(DynamicLibNotFoundError(NOWHERE.format("libnvrtc"))), (13, 0),
        "CuPy lacks CUDA's libraries", INSTALL_13,
    ),
    "no NVRTC, in older words": (
        without_nvrtc(RuntimeError("CuPy failed to load libnvrtc.so.12: OSError: cannot open")), (12, 8),
        "CuPy lacks CUDA's libraries", INSTALL_12,
    ),
    "no cuBLAS": (without_cublas, (13, 1), "CuPy lacks CUDA's libraries (ImportError", INSTALL_13),
    "no memory for an array": (
        at_first_touch(MemoryError("Out of memory allocating 512 bytes (allocated so far: 0 bytes).")),
        (13, 0), "the GPU has too little memory", "a smaller --batch",
    ),
    "no memory for the runtime": (
        at_first_touch("cudaErrorMemoryAllocation: out of memory"), (13, 0),
        "the GPU has too little memory", "nvidia-smi",
    ),
    "no memory for cuBLAS": (
        at_first_touch(CUBLASError("CUBLAS_STATUS_ALLOC_FAILED")), (13, 0),
        "the GPU has too little memory", "--device cpu",
    ),
    "something else": (
        at_first_touch("cudaErrorECCUncorrectable: uncorrectable ECC error encountered"), (13, 0),
        "CUDARuntimeError: cudaErrorECCUncorrectable", "run 'melody doctor'",
    ),
}  # fmt: skip
NO_CUPY = {None: A_DRIVER, (11, 8): UPDATE, (12, 2): INSTALL_12, (13, 0): INSTALL_13, (14, 1): INSTALL_13}
