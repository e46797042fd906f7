"""The GRU beside a slow transcription of its equations."""

import math

import numpy as np
import pytest

from lstm_from_scratch.network import GRU

T, V, H, B = 4, 3, 2, 2


def sigma(a):
    return 1 / (1 + math.exp(-a))


def by_hand(p, x, h):
    """One example, one step: lists in, lists out."""
    H = len(h)

    def dot(matrix, row, column):
        return math.fsum(a * b for a, b in zip(p[matrix][row], column))

    def of_input(gate, j):
        return dot("W", gate * H + j, x) + p["b"][gate * H + j][0]

    new = []
    for j in range(H):
        r = sigma(of_input(0, j) + dot("U", j, h))
        u = sigma(of_input(1, j) + dot("U", H + j, h))
        n = math.tanh(of_input(2, j) + r * (dot("U", 2 * H + j, h) + p["bn"][j][0]))
        new.append((1 - u) * n + u * h[j])
    return new


def test_forward_is_the_equations():
    rng = np.random.default_rng(0)
    layer = GRU(V, H, rng=rng, dtype=float)
    for p in layer.params.values():
        p[...] = rng.uniform(-1, 1, p.shape)
    x, h0 = rng.standard_normal((T, V, B)), rng.standard_normal((H, B))
    found = layer.forward(x, h0)
    for example in range(B):
        h = h0[:, example]
        for t in range(T):
            h = by_hand(layer.params, x[t, :, example], h)
            np.testing.assert_allclose(found[t, :, example], h, rtol=1e-13)


OPEN, SHUT = 50.0, -50.0


@pytest.mark.parametrize(
    ("r", "u", "h"),
    [
        (OPEN, OPEN, 0.7),
        (SHUT, OPEN, 0.7),
        (OPEN, SHUT, math.tanh(0.3 + 0.2 + 2 * 0.7)),
        (SHUT, SHUT, math.tanh(0.3)),
        (0, SHUT, math.tanh(0.3 + (0.2 + 2 * 0.7) / 2)),
    ],
)
def test_the_rows_are_r_u_n_and_the_reset_gate_scales_bn(r, u, h):
    layer = GRU(1, 1, rng=np.random.default_rng(0), dtype=float)
    layer.params["W"][...] = 0
    layer.params["U"][:, 0] = 0, 0, 2
    layer.params["b"][:, 0] = r, u, 0.3
    layer.params["bn"][...] = 0.2
    assert layer.forward(np.ones((1, 1, 1)), np.full((1, 1), 0.7)).item() == pytest.approx(h, abs=1e-15)


def test_biases_start_at_zero():
    params = GRU(V, H, rng=np.random.default_rng(0)).params
    assert not params["b"].any()
    assert not params["bn"].any()
    assert params["bn"].dtype == np.float32
