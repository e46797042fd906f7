"""Glorot uniform W, orthogonal U."""

import math

import numpy as np
import pytest

from lstm_from_scratch.network import GRU, LSTM, RNN, Dense
from lstm_from_scratch.network.initial_weights import glorot_uniform, orthogonal


@pytest.mark.parametrize(("rows", "columns"), [(400, 100), (100, 400), (1, 1)])
def test_glorot_uniform_fills_its_limits(rows, columns):
    weights = glorot_uniform(np.random.default_rng(0), rows, columns)
    limit = math.sqrt(6 / (rows + columns))
    assert weights.shape == (rows, columns)
    assert np.abs(weights).max() <= limit
    if weights.size > 1:
        assert weights.max() > 0.999 * limit
        assert weights.min() < -0.999 * limit
        assert abs(weights.mean()) < 4 * limit / math.sqrt(3 * weights.size)
        assert weights.var() == pytest.approx(limit**2 / 3, rel=0.02)


@pytest.mark.parametrize(("rows", "columns"), [(12, 3), (4, 4), (1, 1)])
def test_orthogonal_has_orthonormal_columns(rows, columns):
    q = orthogonal(np.random.default_rng(0), rows, columns)
    assert q.shape == (rows, columns)
    np.testing.assert_allclose(q.T @ q, np.eye(columns), atol=1e-14)


def test_orthogonal_is_drawn_uniformly():
    # QR alone gives a diagonal of one sign: the first entry would be negative every time.
    rng = np.random.default_rng(0)
    first = np.array([orthogonal(rng, 4, 4)[0, 0] for _ in range(400)])
    assert 150 < (first > 0).sum() < 250
    assert first.var() == pytest.approx(1 / 4, rel=0.2)


@pytest.mark.parametrize("layer", [LSTM, GRU, RNN])
def test_layers_begin_with_them(layer):
    V, H = 30, 50
    params = layer(V, H, rng=np.random.default_rng(0), dtype=float).params
    limit = math.sqrt(6 / (layer.blocks * H + V))
    assert 0.99 * limit < np.abs(params["W"]).max() <= limit
    np.testing.assert_allclose(params["U"].T @ params["U"], np.eye(H), atol=1e-14)


def test_dense_begins_with_glorot_and_zeros():
    params = Dense(30, 50, rng=np.random.default_rng(0)).params
    limit = math.sqrt(6 / 80)
    assert params["W"].shape == (50, 30)
    assert 0.99 * limit < np.abs(params["W"]).max() <= limit
    assert params["b"].shape == (50, 1)
    assert not params["b"].any()
