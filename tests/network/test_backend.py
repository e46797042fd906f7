"""Where arrays live, and work arrays."""

import sys
import types

import numpy as np
import pytest

from lstm_from_scratch.network.arrays import Work
from lstm_from_scratch.network.backend import CPU, choose_backend


@pytest.fixture
def no_cupy(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", None)  # importing it is then an ImportError


def test_cpu_is_numpy_and_asks_nothing(no_cupy):
    assert choose_backend("cpu") is CPU
    assert CPU.xp is np
    assert np.__version__ in CPU.reason


@pytest.mark.parametrize(("value", "fails"), [(1, False), (2, True)])
def test_a_gpu_is_one_that_computes(monkeypatch, value, fails):
    cupy = types.ModuleType("cupy")
    cupy.__version__ = "14.1"
    runtime = types.SimpleNamespace(getDeviceProperties=lambda _: {"name": b"Pretend"})
    cupy.cuda = types.SimpleNamespace(runtime=runtime)
    cupy.ones = lambda shape, dtype: np.full(shape, value, dtype)
    monkeypatch.setitem(sys.modules, "cupy", cupy)
    backend = choose_backend("auto")
    assert (backend.name == "cpu") == fails
    assert ("Pretend computes wrongly" if fails else "CuPy 14.1 on Pretend") in backend.reason


def test_a_broken_cupy_is_none(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", types.ModuleType("cupy"))
    assert "AttributeError" in choose_backend().reason


@pytest.mark.parametrize("device", ["", "cuda", "GPU", None])
def test_another_name(device):
    with pytest.raises(ValueError, match="want 'cpu', 'gpu' or 'auto'"):
        choose_backend(device)


def test_the_host_and_the_device_of_a_cpu_are_one():
    a = np.ones(3)
    assert CPU.to_device(a) is a
    assert CPU.to_host(a) is a
    CPU.synchronize()


def test_work_arrays_are_kept_while_shape_and_dtype_stay():
    work = Work(CPU.xp)
    a = work("a", (2, 3), np.float32)
    assert (a.shape, a.dtype) == ((2, 3), np.float32)
    assert work("a", (2, 3), np.float32) is a
    assert work("b", (2, 3), np.float32) is not a
    assert work("a", (2, 3), np.float64).dtype == np.float64
    assert work("a", (3, 2), np.float64).shape == (3, 2)
