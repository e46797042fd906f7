"""What trips code that was written for NumPy: cases that the stand-in for CuPy must refuse.

test_fake_cupy.py runs them on the stand-in, benchmarks/gpu.py on the real CuPy. There the cases of `REFUSED`
fail too, and those of `SILENT` pass, and do something wrong, undefined or slow.
"""

import numpy as np

KERNEL = """
extern "C" __global__ void scale(float *x, float factor, int n)
{
    if (threadIdx.x < n)
        x[threadIdx.x] *= factor;
}
"""
TWO, THREE = np.float32(2), np.int32(3)


def launch(cp, x, factor=TWO, n=THREE):
    """One block of a kernel on an array."""
    cp.RawModule(code=KERNEL).get_function("scale")((1,), (8,), (x, factor, n))


def draw(method, *arguments):
    """A method that CuPy's Generator lacks."""
    return AttributeError, lambda cp, x, h: getattr(cp.random.default_rng(0), method)(*arguments)


# Each takes the module, a device array x and a host array h, of 3 numbers in float32. The error is the
# stand-in's.
REFUSED = {
    # Implicit conversion
    "np.asarray of a device array": (TypeError, lambda cp, x, h: np.asarray(x)),
    "np.array of a list of device arrays": (TypeError, lambda cp, x, h: np.array([x])),
    "np.testing": (TypeError, lambda cp, x, h: np.testing.assert_allclose(x, h)),
    "into a host array": (TypeError, lambda cp, x, h: h.__setitem__(slice(None), x)),
    "an array as a Python index": (TypeError, lambda cp, x, h: range(x.argmax())),
    # Device and host mixed
    "a NumPy out": (TypeError, lambda cp, x, h: cp.exp(x, out=h)),
    "device + host": (TypeError, lambda cp, x, h: x + h),
    "host + device": (TypeError, lambda cp, x, h: h + x),
    "host += device": (TypeError, lambda cp, x, h: h.__iadd__(x)),
    "device += host": (TypeError, lambda cp, x, h: x.__iadd__(h)),
    "device == host": (TypeError, lambda cp, x, h: x == h),
    "device @ host": (TypeError, lambda cp, x, h: x @ h),
    "host @ device": (TypeError, lambda cp, x, h: h @ x),
    "device * host of no dimension": (TypeError, lambda cp, x, h: x * np.array(2.0)),
    "host of no dimension * device": (TypeError, lambda cp, x, h: np.array(2.0) * x),
    "a ufunc of both": (TypeError, lambda cp, x, h: cp.multiply(x, h)),
    "a product of both": (TypeError, lambda cp, x, h: cp.matmul(x, h)),
    "x[:] = host": (ValueError, lambda cp, x, h: x.__setitem__(slice(None), h)),
    "x[...] = a list": (ValueError, lambda cp, x, h: x.__setitem__(..., [1.0, 2.0, 3.0])),
    # Shapes, dtypes and options
    "out of a larger shape": (ValueError, lambda cp, x, h: cp.add(x, x, out=cp.ones((2, 3)))),
    "a product's out of a larger shape": (ValueError, lambda cp, x, h: cp.matmul(x, x, out=cp.ones(1))),
    "floats into integers": (TypeError, lambda cp, x, h: cp.ones(3, int).__iadd__(0.5)),
    "an option that its sums lack": (TypeError, lambda cp, x, h: cp.sum(x, where=x > 0)),
    "an option that its ufuncs lack": (TypeError, lambda cp, x, h: cp.exp(x, where=x > 0)),
    # Names that are missing
    "errstate": (AttributeError, lambda cp, x, h: cp.errstate(over="ignore")),
    "block": (AttributeError, lambda cp, x, h: cp.block([[x]])),
    "insert": (AttributeError, lambda cp, x, h: cp.insert(x, 0, 1)),
    "nditer": (AttributeError, lambda cp, x, h: cp.nditer(x)),
    "vecdot": (AttributeError, lambda cp, x, h: cp.vecdot(x, x)),
    "cudnn": (AttributeError, lambda cp, x, h: cp.cudnn),
    "a name that NumPy has not either": (AttributeError, lambda cp, x, h: cp.nonsense),
    "a method that it lacks": (AttributeError, lambda cp, x, h: x.itemset(0, 1)),
    "Generator.normal": draw("normal"),
    "Generator.choice": draw("choice", 3),
    "Generator.permutation": draw("permutation", 3),
    "Generator.shuffle": draw("shuffle", np.arange(3)),
    "Generator.permuted": draw("permuted", np.arange(3)),
    "Generator.multinomial": draw("multinomial", 3, [0.5, 0.5]),
}

SILENT = {
    "a NumPy ufunc": (TypeError, lambda cp, x, h: np.exp(x)),
    "a NumPy function": (TypeError, lambda cp, x, h: np.sum(x)),
    # Uploads at every use
    "a host array as index": (TypeError, lambda cp, x, h: x[np.array([0, 1])]),
    "a list as index": (TypeError, lambda cp, x, h: x[[0, 1]]),
    # Wrapped, and undefined
    "an index too large": (IndexError, lambda cp, x, h: x[cp.asarray([0, 3])]),
    "an index too small": (IndexError, lambda cp, x, h: x[cp.asarray([-4])]),
    "an index too large, written": (IndexError, lambda cp, x, h: x.__setitem__(cp.asarray([3]), 0)),
    "an index twice": (ValueError, lambda cp, x, h: x.__setitem__(cp.asarray([1, 1]), 0)),
    "an index twice, from both ends": (ValueError, lambda cp, x, h: x.__setitem__(cp.asarray([2, -1]), 0)),
    "add.at, atomic, in another order each time": (
        NotImplementedError,
        lambda cp, x, h: cp.add.at(x, cp.asarray([0, 1]), cp.ones(2, np.float32)),
    ),
    # Kernels ignore dtypes and strides
    "a Python int for a kernel": (AssertionError, lambda cp, x, h: launch(cp, x, n=3)),
    "a Python float for a kernel": (AssertionError, lambda cp, x, h: launch(cp, x, factor=2.0)),
    "float64 for a kernel of float32": (AssertionError, lambda cp, x, h: launch(cp, x.astype(np.float64))),
    "every other number for a kernel": (
        AssertionError,
        lambda cp, x, h: launch(cp, cp.ones(6, np.float32)[::2]),
    ),
}
