"""Raw kernels of the stand-in: the CUDA text compiled by g++ behind cuda_on_cpu.h, and run on the host.

A launch gets the arguments that it would get on a GPU, and is refused what a GPU would misread without a
word: integers and floats of Python, which arrive with 64 bits, arrays of another dtype than the kernel's, and
arrays that are not contiguous. Every array is copied between guards for the launch; a guard that has changed,
a constant array that has, or a barrier that not all threads of a block reach is a KernelError.
"""

import ctypes
import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import numpy as np

from .array import FakeArray

HEADER = Path(__file__).with_name("cuda_on_cpu.h")
COMPILER = shutil.which("g++")
SCALARS = {"int": (np.int32, ctypes.c_int), "float": (np.float32, ctypes.c_float)}
SIGNATURE = re.compile(r'extern "C" __global__ void (\w+)\(([^)]*)\)')
GUARD, UNTOUCHED = 4096, 0xFF  # bytes on either side; 0xFF bytes are NaN as floats
MOST_THREADS = 1024


class KernelError(AssertionError):
    """A kernel did what breaks, or passes silently, on a GPU."""


class RawModule:
    """`code` compiled; what kernels of it do is counted in `counts`.

    `order` is that of blocks and threads, 0 to 3: bit 0 reverses the blocks, bit 1 the threads.
    """

    order = 0

    def __init__(self, counts, code, *, options=(), backend="nvrtc"):
        self._counts, self._code = counts, code
        self._signatures = dict(SIGNATURE.findall(code))

    def get_function(self, name):
        if name not in self._signatures:
            raise KernelError(f"CUDA_ERROR_NOT_FOUND: named symbol not found: {name}")
        parameters = [p.split() for p in self._signatures[name].split(",")]
        return RawKernel(self._code, name, parameters, self._counts)


class RawKernel:
    """One kernel, launched as CuPy's: `kernel(grid, block, arguments)`."""

    def __init__(self, code, name, parameters, counts):
        self._code, self._name, self._parameters, self._counts = code, name, parameters, counts

    def __call__(self, grid, block, args, *, shared_mem=0):
        grid, block = ((*size, 1, 1)[:3] for size in (grid, block))
        if not (0 < np.prod(block) <= MOST_THREADS and min(grid) > 0 and max(grid[1:]) < 2**16):
            raise KernelError(f"CUDA_ERROR_INVALID_VALUE: grid {grid}, block {block}")
        if len(args) != len(self._parameters):
            raise KernelError(f"{len(args)} arguments for {len(self._parameters)} parameters")
        passed = [_Passed(a, *p) for a, p in zip(args, self._parameters)]
        _refuse_overlaps([p for p in passed if p.array is not None])
        sizes = (ctypes.c_uint * 3)(*grid), (ctypes.c_uint * 3)(*block)
        function = getattr(_compiled(self._code), f"launch_{self._name}")
        if function(*sizes, RawModule.order, *(p.value for p in passed)):
            raise KernelError("a barrier that only some threads of a block reach")
        for p in passed:
            p.finish()
        self._counts["launches"] += 1


class _Passed:
    """An argument as a kernel gets it: a number, or the address of a guarded copy of an array."""

    def __init__(self, argument, *declaration):
        kind, self.name = declaration[-2], declaration[-1].lstrip("*")
        self.constant, self.array = declaration[0] == "const", None
        dtype, c_type = SCALARS[kind]
        if not declaration[-1].startswith("*"):
            if type(argument) is not dtype:
                raise KernelError(f"{self.name} is {type(argument).__name__}: want {dtype.__name__}")
            self.value = c_type(argument)
            return
        if not isinstance(argument, FakeArray) or argument.dtype != dtype:
            raise KernelError(f"{self.name} is no device array of {dtype.__name__}")
        if not argument._a.flags.c_contiguous:
            raise KernelError(f"{self.name} is not contiguous: kernels ignore strides")
        self.array = argument._a
        self._bytes = np.full(self.array.nbytes + 2 * GUARD, UNTOUCHED, np.uint8)
        self._bytes[GUARD:-GUARD] = self.array.reshape(-1).view(np.uint8)
        self.value = ctypes.c_void_p(self._bytes.ctypes.data + GUARD)

    def finish(self):
        """Look at the guards, and put what the kernel wrote where it belongs."""
        if self.array is None:
            return
        if (self._bytes[:GUARD] != UNTOUCHED).any() or (self._bytes[-GUARD:] != UNTOUCHED).any():
            raise KernelError(f"written outside of {self.name}")
        after = self._bytes[GUARD:-GUARD].view(self.array.dtype).reshape(self.array.shape)
        if not self.constant:
            self.array[...] = after
        elif after.tobytes() != self.array.tobytes():
            raise KernelError(f"{self.name} is constant, and was written")


def _refuse_overlaps(passed):
    for i, p in enumerate(passed):
        for q in passed[i + 1 :]:
            if not (p.constant and q.constant) and np.may_share_memory(p.array, q.array):
                raise KernelError(f"{p.name} and {q.name} share memory, and the copies here do not")


@cache
def _compiled(code):
    """The library of a CUDA text, with a function `launch_NAME` for each kernel."""
    if COMPILER is None:
        raise FileNotFoundError("g++ is missing: kernels cannot run here")
    launchers = [
        f'extern "C" int launch_{name}(const unsigned *grid, const unsigned *block, int order, {parameters}) '
        f"{{ return run(grid, block, order, [&] {{ {name}({_names(parameters)}); }}); }}"
        for name, parameters in SIGNATURE.findall(code)
    ]
    with tempfile.TemporaryDirectory() as folder:
        source, library = Path(folder, "kernels.cpp"), Path(folder, "kernels.so")
        source.write_text("\n".join([f'#include "{HEADER}"', "#line 1", code, *launchers]), encoding="utf-8")
        command = [COMPILER, "-std=c++17", "-O1", "-shared", "-fPIC", "-o", library, source, "-lm"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise KernelError(f"g++: {done.stderr}")
        return ctypes.CDLL(str(library))


def _names(parameters):
    return ", ".join(re.findall(r"(\w+)\s*(?:,|$)", parameters))
