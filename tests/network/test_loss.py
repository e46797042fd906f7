"""Softmax cross-entropy, at ordinary and at extreme logits."""

import math

import numpy as np
import pytest

from lstm_from_scratch.gradients import assert_gradients, check_gradients
from lstm_from_scratch.gradients.selfcheck import check_loss
from lstm_from_scratch.network import SoftmaxCrossEntropy
from lstm_from_scratch.network.arrays import SpentError


def draw(shape, seed=0, scale=1.0):
    rng = np.random.default_rng(seed)
    return scale * rng.standard_normal(shape), rng.integers(0, shape[-2], (*shape[:-2], shape[-1]))


def loss_of(logits, targets):
    return SoftmaxCrossEntropy().forward(logits, targets)


def grad_of(logits, targets):
    layer = SoftmaxCrossEntropy()
    layer.forward(logits, targets)
    return layer.backward()


def slow_loss(logits, targets):
    """The mean over all columns, one at a time."""
    terms = []
    for place in np.ndindex(targets.shape):
        column = [float(y) for y in logits[(*place[:-1], slice(None), place[-1])]]
        total = math.fsum(math.exp(y - max(column)) for y in column)
        terms.append(math.log(total) + max(column) - column[targets[place]])
    return math.fsum(terms) / len(terms)


SHAPES = [(5, 3, 2), (1, 3, 2), (5, 3, 1), (5, 2, 4), (3, 2), (3, 1), (1, 2, 1), (40, 1)]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_loss_is_the_definition_and_the_gradient_the_numerical_one(shape):
    logits, targets = draw(shape)
    found = loss_of(logits, targets)
    assert np.ndim(found) == 0
    assert found == pytest.approx(slow_loss(logits, targets), rel=1e-14)
    grads = {"logits": grad_of(logits, targets)}
    assert_gradients(check_gradients(lambda t: loss_of(t["logits"], targets), {"logits": logits}, grads))


def test_the_gradients_that_melody_gradcheck_checks():
    checks = check_loss(np.random.default_rng(0))
    assert len(checks) == 4
    assert_gradients(checks)


@pytest.mark.parametrize("V", [1, 2, 40])
@pytest.mark.parametrize("value", [0, 1e4, -1e4])
def test_uniform_logits_cost_ln_v(V, value):
    targets = np.arange(6).reshape(3, 2) % V
    assert loss_of(np.full((3, V, 2), float(value)), targets) == pytest.approx(math.log(V), abs=1e-15)


def test_one_class_costs_and_teaches_nothing():
    logits, targets = np.full((3, 1, 2), 7.0), np.zeros((3, 2), int)
    assert loss_of(logits, targets) == 0
    assert not grad_of(logits, targets).any()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extreme_logits(dtype):
    logits = np.array([[1e4, 1e4, -1e4], [-1e4, 1e4, -1e4], [0, -1e4, 1e4]], dtype)
    targets = np.array([0, 1, 0])
    found = loss_of(logits, targets)
    assert found == pytest.approx((0 + math.log(2) + 2e4) / 3, rel=1e-6)
    assert found.dtype == dtype
    want = np.array([[0, 1 / 2, -1], [0, -1 / 2, 0], [0, 0, 1]]) / 3
    np.testing.assert_allclose(grad_of(logits, targets), want, atol=1e-7)
    assert grad_of(logits, targets).dtype == dtype


def test_float32_tracks_float64():
    logits, targets = draw((5, 40, 8), scale=5)
    want = grad_of(logits, targets)
    found = grad_of(logits.astype(np.float32), targets)
    assert np.abs(found - want).max() / np.abs(want).max() < 1e-5
    assert loss_of(logits.astype(np.float32), targets) == pytest.approx(loss_of(logits, targets), rel=1e-5)


def test_each_column_of_the_gradient_sums_to_zero_and_holds_probabilities():
    logits, targets = draw((5, 3, 2))
    layer = SoftmaxCrossEntropy()
    layer.forward(logits, targets)
    p = layer.probabilities.copy()
    np.testing.assert_allclose(p, np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True), rtol=1e-13)
    np.testing.assert_allclose(layer.backward().sum(axis=1), 0, atol=1e-16)


@pytest.mark.parametrize(
    ("place", "value"), [((0, 0), 3), ((4, 1), -1), ((2, 0), 100), ((0, 1), np.iinfo(int).max)]
)
def test_a_target_out_of_range_is_named(place, value):
    logits, targets = draw((5, 3, 2))
    targets[place] = value
    with pytest.raises(ValueError, match=rf"target at \({place[0]}, {place[1]}\) is {value}: want 0 to 2"):
        loss_of(logits, targets)


def test_a_target_out_of_range_is_named_at_the_last_step_too():
    with pytest.raises(ValueError, match=r"target at \(1,\) is 3: want 0 to 2"):
        loss_of(np.zeros((3, 2)), np.array([0, 3]))


@pytest.mark.parametrize("shape", [(0, 3, 2), (5, 3, 0), (3, 0)])
def test_an_empty_batch(shape):
    with pytest.raises(ValueError, match="there is no target to compute a loss from"):
        loss_of(np.zeros(shape), np.zeros((*shape[:-2], shape[-1]), int))


@pytest.mark.parametrize("shape", [(5, 3), (2, 5), (5,), (5, 2, 1), ()])
def test_targets_of_another_shape(shape):
    with pytest.raises(ValueError, match="do not match logits"):
        loss_of(np.zeros((5, 3, 2)), np.zeros(shape, int))


@pytest.mark.parametrize("shape", [(5, 3, 2), (3, 4)])
def test_a_mean_over_what_is_counted(shape):
    logits, targets = draw(shape)
    counted = np.random.default_rng(7).random(targets.shape) < 0.5
    counted.flat[:2] = True, False
    layer = SoftmaxCrossEntropy()
    columns, wanted = np.moveaxis(logits, -2, 0)[:, counted], targets[counted]
    assert layer.forward(logits, targets, counted) == pytest.approx(slow_loss(columns, wanted), rel=1e-14)
    grad = layer.backward()
    assert not np.moveaxis(grad, -2, 0)[:, ~counted].any()

    def loss(tensors):
        return SoftmaxCrossEntropy().forward(tensors["logits"], targets, counted)

    assert_gradients(check_gradients(loss, {"logits": logits}, {"logits": grad}))
    everything = np.ones(targets.shape, bool)
    assert layer.forward(logits, targets, everything) == loss_of(logits, targets)


def test_a_mean_over_nothing():
    logits, targets = draw((5, 3, 2))
    with pytest.raises(ValueError, match="counted: False for every target"):
        SoftmaxCrossEntropy().forward(logits, targets, np.zeros((5, 2), bool))
    with pytest.raises(ValueError, match=r"counted \(2,\): want \(5, 2\)"):
        SoftmaxCrossEntropy().forward(logits, targets, np.ones(2, bool))


def test_nothing_that_was_given_is_written_into():
    logits, targets = draw((5, 3, 2))
    logits.flags.writeable = targets.flags.writeable = False
    grad_of(logits, targets)


def test_a_gradient_is_made_once_for_a_forward():
    layer = SoftmaxCrossEntropy()
    with pytest.raises(SpentError, match="backward: call forward first"):
        layer.backward()
    with pytest.raises(SpentError, match="probabilities: call forward first"):
        _ = layer.probabilities
    for shape in ((5, 3, 2), (5, 3, 2), (3, 2)):  # shapes may change
        layer.forward(*draw(shape))
        np.testing.assert_array_equal(layer.backward(), grad_of(*draw(shape)))
        with pytest.raises(SpentError):
            layer.backward()
