"""A strict stand-in for CuPy, for machines without a GPU: NumPy's arrays behind a stricter interface.

`FakeCupy()` is put where `cupy` would be imported. It computes with NumPy, and

- refuses what CuPy refuses: implicit conversion, host arrays beside device arrays, `a[...] = host`, an `out`
  of another shape than the result's, options that CuPy's functions do not have;
- refuses what CuPy does silently, and wrongly or slowly: indices out of range (CuPy wraps them), an index
  twice in `a[i] = v` (undefined), lists and host arrays as indices (an upload at each use), and NumPy's own
  functions on device arrays (CuPy takes some and refuses others);
- knows only names that CuPy 14.2 has, from the lists in cupy_names.json; what CuPy has and the stand-in lacks
  is a NotImplementedError;
- counts `launches`, `synchronisations` and `uploads` in `counts`;
- fills `empty` with NaN, or with the integer farthest from 0.

Launches are counted as CuPy 14's sources make them: one for each ufunc, reduction, copy and fill; none for a
view, and none where an array is assigned to itself, as `a[i] += b` ends; one for a product, and one more for
each operand that cuBLAS cannot read in place, and for an `out` that it cannot write.
"""

import json
import operator
import types
from collections import Counter
from pathlib import Path

import numpy as np

NAMES = json.loads((Path(__file__).parent / "cupy_names.json").read_text())
NO_CONVERSION = "Implicit conversion to a NumPy array is not allowed. Please use `.get()`"
REDUCTIONS = "all any argmax argmin max mean min prod std sum var"
VIEWS = "reshape squeeze swapaxes transpose ravel view"
COPIES = "argsort astype clip copy cumsum dot flatten repeat round take"
ATTRIBUTES = "dtype itemsize nbytes ndim shape size strides flags"
CONSTANTS = (
    "bool_ complex128 complex64 float16 float32 float64 inf int32 int64 nan newaxis pi uint16 uint32 uint8"
)
OPTIONS = {"axis", "copy", "dtype", "keepdims", "max", "min", "order", "out"}  # neither where nor initial
HOST = (np.ndarray, list)


class CUDARuntimeError(RuntimeError):
    """What CuPy raises where the driver is missing or too old."""


class FakeArray:
    """A device array: `_a` is where its numbers are, `_counts` where its launches go."""

    __array_ufunc__ = None  # so that `numpy_scalar * device_array` comes here, and np.exp(device_array) fails
    __hash__ = None

    def __init__(self, a, counts):
        self._a, self._counts = a, counts

    def __array__(self, *_, **__):
        raise TypeError(NO_CONVERSION)

    def __array_function__(self, function, *_):
        raise TypeError(f"numpy.{function.__name__} on a device array: use the array module of the backend")

    def __getattr__(self, name):
        if name not in NAMES["cupy.ndarray"]:
            raise AttributeError(f"cupy.ndarray has no attribute {name!r}")
        if name in ATTRIBUTES.split():
            return getattr(self._a, name)
        if name not in f"{REDUCTIONS} {VIEWS} {COPIES}".split():
            raise NotImplementedError(f"cupy.ndarray.{name}: teach it to the stand-in")

        def method(*args, out=None, **kwargs):
            if out is not None:
                kwargs["out"] = bare(out)
            if not kwargs.keys() <= OPTIONS:
                raise TypeError(f"cupy.ndarray.{name} has no option {', '.join(kwargs.keys() - OPTIONS)}")
            if any(isinstance(a, np.ndarray) for a in args):
                raise TypeError(f"an array of the host as an argument of {name}")
            args = (a._a if isinstance(a, FakeArray) else a for a in args)
            found = np.asarray(getattr(self._a, name)(*args, **kwargs))
            if name in VIEWS.split() and np.shares_memory(found, self._a):
                return self._wrap(found)
            launched = self._launched(found)
            return launched if out is None else out

        return method

    def __len__(self):
        return len(self._a)

    def _wrap(self, a):
        return FakeArray(a, self._counts)

    def _launched(self, a, n=1):
        self._counts["launches"] += n
        return self._wrap(np.asarray(a))

    T = property(lambda self: self._wrap(self._a.T))
    real = property(lambda self: self._wrap(self._a.real))
    imag = property(lambda self: self._wrap(self._a.imag))

    def get(self):
        """A copy on the host."""
        self._counts["synchronisations"] += 1
        return self._a.copy()

    def fill(self, value):
        """A scalar, or a device array of no dimension, everywhere."""
        self[...] = value

    def _key(self, key, writes=False):
        """The index for NumPy, and whether it is one of arrays."""
        keys, bare_keys, advanced, axis = key if isinstance(key, tuple) else (key,), [], False, 0
        for k in keys:
            if isinstance(k, HOST):
                raise TypeError("a list or an array of the host as an index: CuPy uploads it at every use")
            if isinstance(k, FakeArray):
                advanced = True
                if k.dtype == bool:
                    self._counts["synchronisations"] += not writes  # to learn how many are True
                else:
                    self._check_places(k._a, self.shape[axis], writes)
            axis += k is not None
            bare_keys.append(k._a if isinstance(k, FakeArray) else k)
        if not any(k is Ellipsis for k in keys):
            bare_keys.append(Ellipsis)  # or NumPy gives a copy of one number where CuPy gives a view
        return tuple(bare_keys), advanced

    @staticmethod
    def _check_places(places, size, writes):
        if places.size and not -size <= places.min() <= places.max() < size:
            raise IndexError(
                f"indices {places.min()} to {places.max()} for {size} entries: CuPy wraps them silently"
            )
        if writes and len(np.unique(places % size)) < places.size:
            raise ValueError("an index twice in `a[i] = v`: which value is kept is undefined on a GPU")

    def __getitem__(self, key):
        key, advanced = self._key(key)
        found = self._a[key]
        return self._launched(found) if advanced else self._wrap(found)

    def __setitem__(self, key, value):
        if isinstance(value, HOST):
            raise ValueError("non-scalar numpy.ndarray cannot be used for fill")
        key, advanced = self._key(key, writes=True)
        if isinstance(value, FakeArray) and not advanced:
            target, a = self._a[key], value._a
            if (target.shape, target.strides) == (a.shape, a.strides) and pointer(target) == pointer(a):
                return  # `a[i] += b` ends with an assignment of a view to itself
        self._a[key] = bare(value)
        self._counts["launches"] += 1


def pointer(a):
    return a.__array_interface__["data"][0]


def bare(value):
    """What NumPy computes with: a scalar as it is, a device array's numbers, and nothing else."""
    if isinstance(value, FakeArray):
        return value._a
    if value is None or isinstance(value, (bool, int, float, complex, np.generic)):
        return value
    raise TypeError(f"Unsupported type {type(value)}")


LOOKS = {
    "__float__": float, "__int__": int, "__complex__": complex, "__bool__": bool,
    "__repr__": repr, "__str__": str, "__format__": format,
    "item": np.ndarray.item, "tolist": np.ndarray.tolist,
}  # fmt: skip


def _define_operators():
    for name, look in LOOKS.items():  # each has to wait until the number is there
        setattr(FakeArray, name, lambda self, *args, look=look: look(self.get(), *args))

    def define(name, compute):
        def method(self, *others):
            return self._launched(compute(self._a, *map(bare, others)))

        def in_place(self, other):
            compute(self._a, bare(other))
            self._counts["launches"] += 1
            return self

        setattr(FakeArray, f"__{name}__", in_place if name[0] == "i" and name != "invert" else method)

    for name in "add sub mul truediv floordiv mod pow and or xor lshift rshift".split():
        forward = getattr(operator, f"__{name}__")
        define(name, forward)
        define(f"r{name}", lambda a, b, f=forward: f(b, a))
        define(f"i{name}", getattr(operator, f"__i{name}__"))
    for name in "lt le gt ge eq ne neg pos abs invert".split():
        define(name, getattr(operator, f"__{name}__"))
    FakeArray.__matmul__ = lambda self, other: matmul(self, other)


def check_shape(out, shape):
    if out.shape != shape:
        raise ValueError(f"Out shape is mismatched: {out.shape} for a result {shape}")


def matmul(x1, x2, out=None):
    """One launch, and one for each operand that has to be copied first. [cupy/_core/_routines_linalg.pyx]"""
    operands = [bare(x1), bare(x2)]
    if not (isinstance(x1, FakeArray) and isinstance(x2, FakeArray)):
        raise TypeError("matmul wants two device arrays")
    batched = max(a.ndim for a in operands) > 2
    copies = sum(not a.flags.c_contiguous and (batched or not a.flags.f_contiguous) for a in operands)
    if batched and operands[0].shape[:-2] != operands[1].shape[:-2]:
        copies += 3  # arrays of pointers to the matrices
    if out is None:
        return x1._launched(np.matmul(*operands), 1 + copies)
    shares = batched and any(np.may_share_memory(bare(out), a) for a in operands)
    found = np.matmul(*operands)
    check_shape(out, found.shape)
    np.copyto(out._a, found, casting="same_kind")
    x1._counts["launches"] += 1 + copies + (shares or not out._a.flags.c_contiguous)
    return out


_define_operators()


class FakeCupy(types.ModuleType):
    """What `import cupy` would give. `counts` is a Counter of launches, synchronisations and uploads."""

    ndarray, matmul, __version__ = FakeArray, staticmethod(matmul), NAMES["version"]

    def __init__(self):
        super().__init__("cupy")
        self.counts = Counter()
        properties = {"name": b"Stand-in", "totalGlobalMem": 2**34, "major": 9, "minor": 0}
        self.cuda = types.SimpleNamespace(
            runtime=types.SimpleNamespace(
                CUDARuntimeError=CUDARuntimeError,
                getDeviceCount=lambda: 1,
                getDeviceProperties=lambda _: properties,
                driverGetVersion=lambda: 12080,
                runtimeGetVersion=lambda: 12080,
            ),
            get_current_stream=lambda: types.SimpleNamespace(synchronize=self._synchronize),
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
            return lambda *args, **kwargs: self._ufunc(getattr(np, name), *args, **kwargs)
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

    def arange(self, start, stop=None, step=1, dtype=None):
        return self._new(np.arange(*(start, stop, step) if stop is not None else (start,), dtype=dtype))

    def concatenate(self, tup, axis=0):
        return self._new(np.concatenate([bare(a) for a in tup], axis), len(tup))

    def stack(self, tup, axis=0):
        return self._new(np.stack([bare(a) for a in tup], axis), len(tup))

    def where(self, condition, x, y):
        return self._new(np.where(bare(condition), bare(x), bare(y)))


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
