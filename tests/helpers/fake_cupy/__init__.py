"""A strict stand-in for CuPy, for machines without a GPU: NumPy's arrays behind a stricter interface.

`FakeCupy()` is put where `cupy` would be imported. It computes with NumPy, and

- refuses what CuPy refuses: implicit conversion, host arrays beside device arrays, `a[...] = host`, an `out`
  of another shape than the result's, options that CuPy's functions do not have;
- refuses what CuPy does silently, and wrongly or slowly: indices out of range (CuPy wraps them), an index
  twice in `a[i] = v` (undefined), lists and host arrays as indices (an upload at each use), and NumPy's own
  functions on device arrays (CuPy takes some and refuses others);
- knows only names that CuPy 14.2 has, from the lists in cupy_names.json; what CuPy has and the stand-in lacks
  is a NotImplementedError;
- runs raw kernels by g++, see kernels.py;
- counts `launches`, `synchronisations` and `uploads` in `counts`;
- fills `empty` with NaN, or with the integer farthest from 0.

Launches are counted as CuPy 14's sources make them: one for each ufunc, reduction, copy and fill; none for a
view, and none where an array is assigned to itself, as `a[i] += b` ends; one for a product, and one more for
each operand that cuBLAS cannot read in place, and for an `out` that it cannot write.
"""

import time
import types
from collections import Counter

import numpy as np

from .array import CONSTANTS, COPIES, NAMES, REDUCTIONS, VIEWS, FakeArray, bare, check_shape, matmul
from .kernels import RawModule


class CUDARuntimeError(RuntimeError):
    """What CuPy raises where the driver is missing or too old."""


class OutOfMemoryError(MemoryError):
    """What CuPy raises where the device's memory is full."""

    def __init__(self, size, total):
        super().__init__(f"Out of memory allocating {size:,} bytes (allocated so far: {total:,} bytes).")


class Event:
    """A moment in the work of the device, which here is done at once."""

    def record(self):
        self.time = time.perf_counter()

    def synchronize(self):
        pass


class FakeCupy(types.ModuleType):
    """What `import cupy` would give. `counts` is a Counter of launches, synchronisations and uploads."""

    ndarray, matmul, __version__ = FakeArray, staticmethod(matmul), NAMES["version"]

    def __init__(self):
        super().__init__("cupy")
        self.counts = Counter()
        properties = {"name": b"Stand-in", "totalGlobalMem": 2**34, "major": 9, "minor": 0}
        space = types.SimpleNamespace
        self.cuda = space(
            runtime=space(
                CUDARuntimeError=CUDARuntimeError,
                getDeviceCount=lambda: 1,
                getDeviceProperties=lambda _: properties,
                driverGetVersion=lambda: 12080,
                runtimeGetVersion=lambda: 12090,
                memGetInfo=lambda: (2**33, 2**34),
            ),
            nvrtc=space(getVersion=lambda: (12, 9)),
            cublas=space(CUBLASError=RuntimeError),
            memory=space(OutOfMemoryError=OutOfMemoryError),
            get_current_stream=lambda: space(synchronize=self._synchronize),
            Event=Event,
            get_elapsed_time=lambda start, end: 1000 * (end.time - start.time),
        )
        self.random = types.SimpleNamespace(
            default_rng=lambda seed=None: FakeGenerator(seed, self), Generator=FakeGenerator
        )

    def _synchronize(self):
        self.counts["synchronisations"] += 1

    def __getattr__(self, name):
        if name.startswith("__") or name not in NAMES["cupy"]:
            raise AttributeError(f"module 'cupy' has no attribute {name!r}")
        if name in CONSTANTS.split():
            return getattr(np, name)
        if name in (*REDUCTIONS.split(), *VIEWS.split(), *COPIES.split()):
            return lambda a, *args, **kwargs: getattr(a, name)(*args, **kwargs)
        if isinstance(getattr(np, name, None), np.ufunc):
            return Ufunc(lambda *args, **kwargs: self._ufunc(getattr(np, name), *args, **kwargs))
        raise NotImplementedError(f"cupy.{name}: teach it to the stand-in")

    def _ufunc(self, ufunc, *args, out=None, dtype=None):
        if not any(isinstance(a, FakeArray) for a in args):
            raise TypeError(f"{ufunc.__name__} of no device array at all")
        if out is not None and not isinstance(out, FakeArray):
            raise TypeError("return arrays must be of cupy.ndarray type")
        if out is not None:
            check_shape(out, np.broadcast_shapes(*(np.shape(bare(a)) for a in args)))
        found = ufunc(*map(bare, args), out=bare(out), dtype=dtype)
        self.counts["launches"] += 1
        return FakeArray(np.asarray(found), self.counts) if out is None else out

    def _new(self, a, launches=1):
        self.counts["launches"] += launches
        return FakeArray(a, self.counts)

    def asarray(self, a, dtype=None):
        """Upload what is on the host."""
        if isinstance(a, FakeArray):
            return a if dtype in (None, a.dtype) else a.astype(dtype)
        self.counts["uploads"] += 1
        return self._new(np.array(a, dtype), 0)

    def array(self, a, dtype=None):
        return a.astype(dtype or a.dtype) if isinstance(a, FakeArray) else self.asarray(a, dtype)

    def asnumpy(self, a):
        return a.get()

    def get_array_module(self, *args):
        return self if any(isinstance(a, FakeArray) for a in args) else np

    def empty(self, shape, dtype=float):
        """Not 0: NaN, the integer farthest from 0, or True."""
        dtype = np.dtype(dtype)
        worst = np.iinfo(dtype).max if dtype.kind in "iu" else np.nan
        return self._new(np.full(shape, worst, dtype), 0)

    def zeros(self, shape, dtype=float):
        return self.full(shape, 0, dtype)

    def ones(self, shape, dtype=float):
        return self.full(shape, 1, dtype)

    def full(self, shape, fill_value, dtype=None):
        return self._new(np.full(shape, bare(fill_value), dtype))

    def empty_like(self, a, dtype=None):
        return self.empty(a.shape, dtype or a.dtype)

    def zeros_like(self, a, dtype=None):
        return self.zeros(bare(a).shape, dtype or a.dtype)

    def ones_like(self, a, dtype=None):
        return self.ones(bare(a).shape, dtype or a.dtype)

    def ascontiguousarray(self, a, dtype=None):
        """Itself, or a copy."""
        fits = isinstance(a, FakeArray) and bare(a).flags.c_contiguous and dtype in (None, a.dtype)
        return a if fits else self._new(np.ascontiguousarray(bare(a), dtype))

    def RawModule(self, code=None, **options):  # noqa: N802
        return RawModule(self.counts, code, **options)

    def arange(self, start, stop=None, step=1, dtype=None):
        return self._new(np.arange(*(start, stop, step) if stop is not None else (start,), dtype=dtype))

    def concatenate(self, tup, axis=0):
        return self._new(np.concatenate([bare(a) for a in tup], axis), len(tup))

    def stack(self, tup, axis=0):
        return self._new(np.stack([bare(a) for a in tup], axis), len(tup))

    def copyto(self, dst, src, where=None):
        self.counts["launches"] += 1
        np.copyto(bare(dst), bare(src), **({} if where is None else {"where": bare(where)}))

    def where(self, condition, x, y):
        return self._new(np.where(bare(condition), bare(x), bare(y)))


class Ufunc:
    """An elementwise function."""

    def __init__(self, compute):
        self._compute = compute

    def __call__(self, *args, **kwargs):
        return self._compute(*args, **kwargs)

    def at(self, *_):
        raise NotImplementedError("atomic: its order of summation changes. `one_hot @ dz.T` keeps it")


class FakeGenerator:
    """Few methods, and other numbers than NumPy's for the same seed."""

    def __init__(self, seed, module):
        self._generator, self._module = np.random.Generator(np.random.MT19937(seed)), module

    def __getattr__(self, name):
        if name not in NAMES["cupy.random.Generator"]:
            raise AttributeError(f"cupy.random.Generator has no attribute {name!r}")
        return lambda *args, **kwargs: self._module._new(
            np.asarray(getattr(self._generator, name)(*args, **kwargs))
        )
