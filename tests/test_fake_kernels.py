"""The stand-in's raw kernels: launched as CuPy's, and refused what breaks, or passes silently, on a GPU."""

import numpy as np
import pytest

CODE = """
extern "C" __global__ void shift(const float *x, float *y, int n)
{
    __shared__ float tile[8];
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    tile[threadIdx.x] = i < n ? x[i] : 0;
    __syncthreads();
    if (i < n)
        y[i] = tile[threadIdx.x ^ 1];
}
"""
BUGS = {
    "written before the array": ("y[i] =", "y[i - n - 1] =", "written outside of y"),
    "written behind the array": ("y[i] =", "y[i + n] =", "written outside of y"),
    "a constant written": ("y[i] =", "((float *)x)[i] =", "x is constant"),
    "a barrier that some leave out": ("__syncthreads();", "if (i) __syncthreads();", "only some threads"),
    "two barriers": (
        "__syncthreads();",
        "if (i) __syncthreads(); else\n__syncthreads();",
        "only some threads",
    ),
    "no C++": ("if (i < n)", "if i < n", "g\\+\\+: "),
}


@pytest.fixture
def launch(sound_kernels, cupy):
    def act(code=CODE, n=8, grid=(1,), block=(8,), x=None, y=None):
        x = cupy.arange(n, dtype=np.float32) if x is None else x
        y = cupy.empty(n, np.float32) if y is None else y
        cupy.RawModule(code=code).get_function("shift")(grid, block, (x, y, np.int32(n)))
        return y.get()

    return act


def refused(message):
    return pytest.raises(AssertionError, match=message)


@pytest.mark.parametrize("order", range(4))
def test_a_launch(launch, cupy, order, monkeypatch):
    monkeypatch.setattr(type(cupy.RawModule(code=CODE)), "order", order)
    assert launch().tolist() == [1, 0, 3, 2, 5, 4, 7, 6]
    assert launch(n=12, grid=(2, 1), block=(8, 1)).tolist() == [1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10]


def test_launches_are_counted_and_wait_for_nothing(launch, cupy):
    x, y = cupy.ones(8, np.float32), cupy.ones(8, np.float32)
    before = cupy.counts.copy()
    launch(x=x, y=y)
    assert cupy.counts - before == {"launches": 1, "synchronisations": 1}  # the wait is this test's own look


@pytest.mark.parametrize("bug", BUGS)
def test_a_kernel_with_a_bug(launch, bug):
    text, instead, message = BUGS[bug]
    assert CODE.count(text) == 1
    with refused(message):
        launch(CODE.replace(text, instead))


def test_what_is_read_out_of_bounds_is_nan(launch):
    assert np.isnan(launch(CODE.replace("x[i]", "x[i - 1]"))[1])


def test_shared_memory_is_nan_when_a_block_begins(launch):
    assert np.isnan(launch(CODE.replace("tile[threadIdx.x] = i < n ? x[i] : 0;", ""), grid=(2,))).all()


def test_a_missing_barrier_shows(launch):
    assert np.isnan(launch(CODE.replace("__syncthreads();", ""))).any()


def test_launches_that_cannot_be(launch, cupy):
    for size in ({"block": (2048,)}, {"grid": (0,)}, {"grid": (1, 2**16)}, {"block": (0,)}):
        with refused("CUDA_ERROR_INVALID_VALUE"):
            launch(**size)
    kernel = cupy.RawModule(code=CODE).get_function("shift")
    with refused("1 arguments for 3 parameters"):
        kernel((1,), (8,), (np.int32(1),))
    with refused("named symbol not found"):
        cupy.RawModule(code=CODE).get_function("other")


def test_arguments_that_share_memory(launch, cupy):
    x = cupy.ones(9, np.float32)
    with refused("x and y share memory"):
        launch(x=x[:8], y=x[1:])
