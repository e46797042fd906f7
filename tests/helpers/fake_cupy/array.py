"""Device arrays of the stand-in: NumPy's, behind what CuPy's take and refuse."""

import json
import operator
from pathlib import Path

import numpy as np

NAMES = json.loads(Path(__file__).with_name("cupy_names.json").read_text())
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
