"""The stand-in for CuPy refuses what trips code that was written for NumPy, and counts what costs time."""

import json
import runpy
from pathlib import Path

import numpy as np
import pytest

from lstm_from_scratch.network.backend import Backend

CASES = runpy.run_path(str(Path(__file__).with_name("helpers") / "strictness.py"))
REFUSED = CASES["REFUSED"] | CASES["SILENT"]


@pytest.mark.parametrize("case", REFUSED)
def test_the_stand_in_refuses(cupy, case):
    error, act = REFUSED[case]
    host = np.arange(3, dtype=np.float32)
    with pytest.raises(error):
        act(cupy, cupy.asarray(host), host)


def test_a_numpy_scalar_promotes_and_a_python_number_does_not(cupy):
    x = cupy.ones(3, np.float32)
    assert (x * 2.0).dtype == (x * np.float32(2)).dtype == (2.0 * x).dtype == np.float32
    assert (x * np.float64(2)).dtype == (np.float64(2) * x).dtype == np.float64
    assert (x * cupy.asarray(np.float64(2))).dtype == np.float64  # and so does a device array of no dimension


def test_the_generator_gives_other_numbers_than_numpy(cupy):
    drawn = cupy.random.default_rng(0).standard_normal(9).get()
    assert not (drawn == np.random.default_rng(0).standard_normal(9)).any()


def test_empty_is_full_of_what_shows(cupy):
    assert np.isnan(cupy.empty((2, 3), np.float32).get()).all()
    assert np.isnan(cupy.empty(3, np.complex128).get()).all()
    assert cupy.empty(1, np.int64).item() == 2**63 - 1
    assert cupy.empty(1, bool).item() is True


def test_reductions_and_single_entries_stay_on_the_device(cupy):
    x = cupy.arange(6, dtype=np.float32).reshape(2, 3)
    for value in (x.sum(), x[1, 2], x[0].max(), cupy.sum(x)):
        assert isinstance(value, cupy.ndarray) and value.shape == ()
    x[1, 2] *= 2  # through a view
    assert cupy.counts["synchronisations"] == 0
    assert x.get()[1, 2] == 10


def test_every_look_at_a_number_is_counted(cupy):
    x = cupy.ones((), np.float32)
    looks = (float, int, complex, bool, str, repr, "{}".format, lambda x: x.item(), lambda x: x.tolist())
    for n, look in enumerate([*looks, lambda x: x.get(), cupy.asnumpy], start=1):
        look(x)
        assert cupy.counts["synchronisations"] == n
    Backend("gpu", cupy, "").synchronize()
    some = cupy.ones(3)
    some[some > 0]  # how many there are
    assert cupy.counts["synchronisations"] == n + 2


def test_launches_are_counted(cupy):
    def launches(act):
        before = cupy.counts["launches"]
        act()
        return cupy.counts["launches"] - before

    x, y = cupy.ones((2, 4, 3)), cupy.ones((2, 3, 5))
    assert launches(lambda: x[:, 1:].T.reshape(3, 3, 2).swapaxes(0, 1).real) == 0
    assert launches(lambda: x.T.reshape(-1)) == 1  # a copy
    assert launches(lambda: x + 2 * x) == 2
    assert launches(lambda: x[0].__iadd__(1)) == 1
    assert launches(lambda: x.__setitem__(1, x[1])) == 0  # to itself
    assert launches(lambda: x.__setitem__(1, x[0])) == 1
    assert launches(lambda: cupy.matmul(x[0], y[0])) == launches(lambda: x[0].T @ x[0]) == 1
    assert launches(lambda: x[:, 0] @ x[:, 0].T) == 3  # rows that do not follow one another are copied first
    assert launches(lambda: cupy.matmul(x, y)) == 1
    assert launches(lambda: cupy.matmul(x, x.swapaxes(1, 2))) == 2
    assert launches(lambda: cupy.empty((9, 9))) == 0


def test_what_the_stand_in_does_not_know_is_no_attribute_error(cupy):
    with pytest.raises(NotImplementedError, match="teach it"):
        cupy.einsum("i->", cupy.ones(3))
    with pytest.raises(NotImplementedError, match="teach it"):
        cupy.ones(3).searchsorted(1)


def test_the_runtime_has_no_name_that_cupy_lacks(cupy):
    names = json.loads((Path(__file__).parent / "helpers" / "fake_cupy" / "cupy_names.json").read_text())
    assert vars(cupy.cuda).keys() <= {*names["cupy.cuda"], "cublas"}  # which is loaded when it is asked for
    for part in ("runtime", "nvrtc", "memory"):
        assert vars(getattr(cupy.cuda, part)).keys() <= set(names[f"cupy.cuda.{part}"])


def test_no_graph_is_captured(cupy):
    """CuPy cannot capture cuBLAS, and the stand-in cannot tell: it has no way to begin."""
    with pytest.raises(AttributeError):
        cupy.cuda.get_current_stream().begin_capture()
    with pytest.raises(AttributeError):
        cupy.cuda.Stream()
