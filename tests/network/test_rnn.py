"""The simple recurrent network beside a slow transcription of its equation."""

import math

import numpy as np

from lstm_from_scratch.network import RNN

T, V, H, B = 4, 3, 2, 2


def test_forward_is_the_equation():
    rng = np.random.default_rng(0)
    layer = RNN(V, H, rng=rng, dtype=float)
    for p in layer.params.values():
        p[...] = rng.uniform(-1, 1, p.shape)
    x, h0 = rng.standard_normal((T, V, B)), rng.standard_normal((H, B))
    found = layer.forward(x, h0)
    W, U, b = (layer.params[k] for k in "WUb")
    for example in range(B):
        h = h0[:, example]
        for t in range(T):
            h = [
                math.tanh(W[j] @ x[t, :, example] + sum(U[j][k] * h[k] for k in range(H)) + b[j][0])
                for j in range(H)
            ]
            np.testing.assert_allclose(found[t, :, example], h, rtol=1e-13)


def test_the_bias_starts_at_zero():
    assert not RNN(V, H, rng=np.random.default_rng(0)).params["b"].any()
