"""The LSTM beside a slow transcription of its equations, gate by gate."""

import math

import numpy as np
import pytest

from lstm_from_scratch.network import LSTM

T, V, H, B = 4, 3, 2, 2


def sigma(a):
    return 1 / (1 + math.exp(-a))


def by_hand(p, x, h, c):
    """One example, one step: lists in, lists out."""
    H = len(h)

    def z(gate, j):
        row = gate * H + j
        products = (*zip(p["W"][row], x), *zip(p["U"][row], h))
        return math.fsum([p["b"][row][0], *(a * b for a, b in products)])

    i, f, o = ([sigma(z(gate, j)) for j in range(H)] for gate in range(3))
    g = [math.tanh(z(3, j)) for j in range(H)]
    c = [f[j] * c[j] + i[j] * g[j] for j in range(H)]
    return [o[j] * math.tanh(c[j]) for j in range(H)], c


def test_forward_is_the_equations():
    rng = np.random.default_rng(0)
    layer = LSTM(V, H, rng=rng, dtype=float)
    for p in layer.params.values():
        p[...] = rng.uniform(-1, 1, p.shape)
    x, h0, c0 = (rng.standard_normal(shape) for shape in ((T, V, B), (H, B), (H, B)))
    found = layer.forward(x, h0, c0)
    for example in range(B):
        h, c = h0[:, example], c0[:, example]
        for t in range(T):
            h, c = by_hand(layer.params, x[t, :, example], h, c)
            np.testing.assert_allclose(found[t, :, example], h, rtol=1e-14)
        np.testing.assert_allclose(layer.c_last[:, example], c, rtol=1e-14)


OPEN, SHUT = 50.0, -50.0  # sigmoid is 1 or 0 there


@pytest.mark.parametrize(
    ("i", "f", "o", "g", "c", "h"),
    [
        (OPEN, SHUT, OPEN, 0.3, math.tanh(0.3), math.tanh(math.tanh(0.3))),
        (SHUT, OPEN, OPEN, 0.3, 0.7, math.tanh(0.7)),
        (SHUT, SHUT, OPEN, 0.3, 0, 0),
        (OPEN, OPEN, SHUT, 0.3, 0.7 + math.tanh(0.3), 0),
        (OPEN, OPEN, 0, 0.3, 0.7 + math.tanh(0.3), math.tanh(0.7 + math.tanh(0.3)) / 2),
    ],
)
def test_the_rows_are_i_f_o_g(i, f, o, g, c, h):
    layer = LSTM(1, 1, rng=np.random.default_rng(0), dtype=float)
    for name in "WU":
        layer.params[name][...] = 0
    layer.params["b"][:, 0] = i, f, o, g
    found = layer.forward(np.ones((1, 1, 1)), np.zeros((1, 1)), np.full((1, 1), 0.7))
    assert layer.c_last.item() == pytest.approx(c, abs=1e-15)
    assert found.item() == pytest.approx(h, abs=1e-15)


def test_gates_are_views_of_the_blocks():
    layer = LSTM(V, H, rng=np.random.default_rng(0))
    rows = np.arange(4 * H)[:, None] * np.ones(3)
    for block, gate in enumerate(layer.gates(rows)):
        assert (gate[:, 0] == [block * H, block * H + 1]).all()
        assert np.shares_memory(gate, rows)


@pytest.mark.parametrize("bias", [None, 0.0, 1.0, -2.5])
def test_forget_bias(bias):
    option = {} if bias is None else {"forget_bias": bias}
    layer = LSTM(V, H, rng=np.random.default_rng(0), **option)
    i, f, o, g = layer.gates(layer.params["b"])
    assert (f == (1 if bias is None else bias)).all()
    assert not (i.any() or o.any() or g.any())
