"""Dropout: its masks' statistics, and their bits."""

import math

import numpy as np
import pytest

from lstm_from_scratch.gradients import assert_gradients
from lstm_from_scratch.gradients.selfcheck import check_dropout
from lstm_from_scratch.network import Dropout
from lstm_from_scratch.network.arrays import SpentError, Work
from lstm_from_scratch.network.dropout import random_bits


def build(p=0.3, seed=0):
    return Dropout(p, rng=np.random.default_rng(seed))


def kept(layer, shape=(40, 50, 60)):
    """Where the next mask is not 0."""
    return layer.forward(np.ones(shape, np.float32)) != 0


@pytest.mark.parametrize("seed", range(3))
def test_the_gradient_is_the_numerical_one(seed):
    checks = check_dropout(np.random.default_rng(seed))
    assert len(checks) == 2
    assert_gradients(checks)


@pytest.mark.parametrize("p", [0.01, 0.2, 0.5, 0.9])
def test_a_share_of_p_is_dropped_and_the_rest_scaled(p):
    layer = build(p)
    x = np.random.default_rng(1).standard_normal((40, 50, 60))
    y = layer.forward(x)
    dropped = y == 0
    assert abs(dropped.mean() - p) < 4 * math.sqrt(p * (1 - p) / x.size)
    np.testing.assert_allclose(y[~dropped], x[~dropped] / (1 - p), rtol=1e-12)
    for axis in range(3):  # and no row, column or step more than another
        others = tuple({0, 1, 2} - {axis})
        share = dropped.mean(axis=others)
        sigma = math.sqrt(p * (1 - p) * len(share) / x.size)
        assert np.abs(share - p).max() < 5 * sigma
    assert (layer.backward(np.ones_like(x)) == np.where(dropped, 0, 1 / (1 - p))).all()


def correlation(a, b):
    return abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) * math.sqrt(a.size)


def test_masks_of_calls_keys_and_neighbours_are_independent():
    layer = build()
    masks = [kept(layer) for _ in range(6)] + [kept(build(seed=seed)) for seed in (1, 2)]
    for i, a in enumerate(masks):
        for b in masks[:i]:
            assert correlation(a, b) < 4.5  # sigmas
            assert correlation(a.ravel()[:-1], b.ravel()[1:]) < 4.5
        flat = a.ravel()
        for lag in (1, 2, 3, 50, 60, 3000):
            assert correlation(flat[:-lag], flat[lag:]) < 4.5


def test_runs_of_kept_entries_are_as_long_as_chance_makes_them():
    mask = kept(build(0.5)).ravel()
    ends = np.flatnonzero(np.diff(mask))
    lengths = np.diff(ends)
    for n in range(1, 8):
        want = len(lengths) / 2**n
        assert abs((lengths == n).sum() - want) < 5 * math.sqrt(want)


def test_one_key_gives_the_same_masks_again():
    a, b = build(), build()
    first = [kept(a) for _ in range(3)]
    assert all((kept(b) == mask).all() for mask in first)
    assert a.calls == 3
    c = build(seed=9)
    c.key, c.calls = a.key, 1  # what a checkpoint restores
    assert (kept(c) == first[1]).all()
    assert (first[0] != first[1]).any()


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_the_mask_is_one_for_every_dtype(dtype):
    y = build().forward(np.ones((30, 7), dtype))
    assert y.dtype == dtype
    assert ((y != 0) == kept(build(), (30, 7))).all()


def slow_bits(n, key, call):
    """lowbias32 with a call added between its rounds, in Python integers."""
    words = []
    for counter in range((n + 1) // 2):
        x = counter ^ key
        for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
            x ^= x >> shift
            x = (x * factor + call * 0x9E3779B9) % 2**32
        x ^= x >> 16
        words += [x % 2**16, x >> 16]  # the low half lies first in memory
    return words[:n]


@pytest.mark.parametrize("n", [0, 1, 2, 3, 1001])
@pytest.mark.parametrize(("key", "call"), [(0, 1), (1, 0), (2**32 - 1, 2**32 + 5), (123_456_789, 7)])
def test_the_bits_are_those_of_plain_integers(n, key, call):
    found = random_bits(np, n, key, call, Work(np))
    assert found.dtype == np.uint16
    assert found.tolist() == slow_bits(n, key, call)


def test_an_entry_is_kept_where_its_bits_reach_p():
    layer = build(0.3)
    bits = np.array(slow_bits(35, layer.key, 1)).reshape(5, 7)
    assert (kept(layer, (5, 7)) == (bits >= int(0.3 * 2**16))).all()


def test_nothing_is_dropped_at_0_or_out_of_training():
    x = np.ones((3, 4))
    for layer, training in ((build(0), True), (build(0.5), False)):
        assert layer.forward(x, training) is x
        assert layer.backward(x) is x
        assert layer.calls == 0


def test_a_mask_is_not_used_out_of_training():
    layer = build(0.5)
    x = np.ones((30, 4))
    layer.forward(x)
    layer.forward(x, training=False)
    assert (layer.backward(x) == x).all()


@pytest.mark.parametrize("p", [-0.1, 1, 1.5, math.nan])
def test_p_out_of_range(p):
    with pytest.raises(ValueError, match=f"dropout {p}: want 0 <= p < 1"):
        build(p)


@pytest.mark.parametrize("p", [1e-9, 1 - 1e-9])
def test_p_at_its_ends(p):
    y = build(p).forward(np.ones(1000))
    assert ((y == 0) | np.isclose(y, 1 / (1 - p))).all()
    assert y.any() == (p < 0.5)


def test_nothing_that_was_given_is_written_into():
    layer = build(0.5)
    x, dy = np.ones((30, 4)), np.ones((30, 4))
    x.flags.writeable = dy.flags.writeable = False
    layer.forward(x)
    layer.backward(dy)


def test_a_gradient_is_made_once_for_a_forward():
    layer, x = build(0.5), np.ones((3, 4))
    with pytest.raises(SpentError, match=r"Dropout\.backward: call forward first"):
        layer.backward(x)
    for training in (True, False):
        layer.forward(x, training)
        layer.backward(x)
        with pytest.raises(SpentError):
            layer.backward(x)
