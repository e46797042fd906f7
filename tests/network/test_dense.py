"""The dense layer."""

import numpy as np
import pytest

from lstm_from_scratch.gradients import assert_gradients, check_gradients
from lstm_from_scratch.network import Dense
from lstm_from_scratch.network.arrays import SpentError


def build(inputs, outputs, dtype=float):
    built = Dense(inputs, outputs, rng=np.random.default_rng(0), dtype=dtype)
    built.params["b"][...] = np.random.default_rng(1).uniform(-1, 1, (outputs, 1))
    return built


def output(tensors):
    built = build(tensors["W"].shape[1], len(tensors["W"]), tensors["h"].dtype)
    built.params = {k: tensors[k] for k in "Wb"}
    return built, built.forward(tensors["h"])


# of h: (T, H, B) or (H, B); V
SIZES = [((5, 4, 2), 3), ((1, 4, 2), 3), ((5, 1, 2), 3), ((5, 4, 1), 3), ((5, 4, 2), 1), ((1, 1, 1), 1)]


@pytest.mark.parametrize(("shape", "V"), [*SIZES, ((4, 2), 3), ((4, 1), 3), ((1, 1), 1)])
def test_every_gradient_is_the_numerical_one(shape, V):
    rng = np.random.default_rng(2)
    tensors = {"h": rng.standard_normal(shape), **build(shape[-2], V).params}
    built, y = output(tensors)
    dy = rng.standard_normal(y.shape)
    dh = built.backward(dy)
    checks = check_gradients(lambda t: (dy * output(t)[1]).sum(), tensors, {**built.grads, "h": dh})
    assert_gradients(checks)
    assert len(checks) == 6


def test_forward_is_the_equation():
    built = build(4, 3)
    h = np.random.default_rng(2).standard_normal((5, 4, 2))
    W, b = built.params["W"], built.params["b"]
    want = [[[W[v] @ h[t, :, j] + b[v, 0] for j in range(2)] for v in range(3)] for t in range(5)]
    np.testing.assert_allclose(built.forward(h), want, rtol=1e-13)
    np.testing.assert_allclose(built.forward(h[2]), want[2], rtol=1e-13)


def test_float32_stays_float32():
    built = build(4, 3, np.float32)
    y = built.forward(np.ones((5, 4, 2), np.float32))
    assert {y.dtype, built.backward(y).dtype, *(g.dtype for g in built.grads.values())} == {y.dtype}
    assert y.dtype == np.float32


def test_nothing_that_was_given_is_written_into_and_grads_are_kept_arrays():
    built = build(4, 3)
    arrays = dict(built.grads)
    h, dy = np.ones((5, 4, 2)), np.ones((5, 3, 2))
    for array in (h, dy, *built.params.values()):
        array.flags.writeable = False
    for _ in range(2):  # not a sum over calls
        built.forward(h)
        built.backward(dy)
        assert (built.grads["b"] == 10).all()
        assert (built.grads["W"] == 10).all()
    assert all(built.grads[k] is arrays[k] for k in arrays)
    assert {k: g.shape for k, g in built.grads.items()} == {k: p.shape for k, p in built.params.items()}


def test_a_gradient_is_made_once_for_a_forward():
    built = build(4, 3)
    dy = np.ones((3, 2))
    with pytest.raises(SpentError, match=r"Dense\.backward: call forward first"):
        built.backward(dy)
    built.forward(np.ones((4, 2)))
    built.backward(dy)
    with pytest.raises(SpentError):
        built.backward(dy)


@pytest.mark.parametrize("shape", [(3, 2), (5, 3, 2), (4,)])
def test_bad_input(shape):
    with pytest.raises((ValueError, IndexError)):
        build(4, 3).forward(np.ones(shape))
