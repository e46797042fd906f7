"""Every layer on a stand-in for CuPy: NumPy's numbers, no waits, few launches."""

import numpy as np
import pytest

from lstm_from_scratch.network import (
    GRU,
    LSTM,
    RNN,
    Adam,
    Dense,
    Dropout,
    SoftmaxCrossEntropy,
    clip_by_global_norm,
    lstm,
)
from lstm_from_scratch.network.arrays import SpentError
from lstm_from_scratch.network.backend import CPU

CELLS = {"lstm": LSTM, "gru": GRU, "rnn": RNN}
each_cell = pytest.mark.parametrize("cell", CELLS)
T, V, H, B = 5, 7, 6, 4


def rng():
    return np.random.default_rng(1)


def compare(gpu, compute, **tolerance):
    """`compute(backend, to_device)` gives named arrays: on the stand-in those of NumPy, without a wait."""
    expected, found = (compute(b, b.to_device) for b in (CPU, gpu))
    assert gpu.xp.counts["synchronisations"] == 0
    assert expected.keys() == found.keys()
    for name, want in expected.items():
        assert isinstance(found[name], gpu.xp.ndarray), f"{name} came to the host"
        assert found[name].dtype == want.dtype, name
        np.testing.assert_allclose(found[name].get(), want, **{"rtol": 1e-5, "atol": 1e-7} | tolerance)


@pytest.mark.parametrize("given", ["tokens", "floats"])
@pytest.mark.parametrize("length", [1, T])
@pytest.mark.parametrize("cell", ["gru", "rnn"])
def test_recurrent_layers(gpu, cell, given, length):
    compare_recurrent(gpu, cell, given, length)


@pytest.mark.parametrize("given", ["tokens", "floats"])
@pytest.mark.parametrize("length", [1, T])
def test_every_path_of_the_lstm(gpu, path, given, length):
    """The kernels beside NumPy, and so beside the plain path, within 1e-5, gradients too."""
    compare_recurrent(gpu, "lstm", given, length, rtol=1e-5, atol=1e-6)


def compare_recurrent(gpu, cell, given, length, **tolerance):
    def compute(backend, put):
        draw = rng()
        layer = CELLS[cell](V, H, rng=draw, backend=backend)
        states = [put(draw.standard_normal((H, B)).astype(np.float32)) for _ in range(1 + (cell == "lstm"))]
        weights = [put(draw.standard_normal(s).astype(np.float32)) for s in [(length, H, B)] + [(H, B)] * 2]
        x = draw.integers(0, V, (length, B)) if given == "tokens" else draw.standard_normal((length, V, B))
        x = put(x if given == "tokens" else x.astype(np.float32))
        h = layer.forward(x, *states)
        found = {"h": h, "h_last": layer.h_last}
        dx = layer.backward(weights[0], *weights[1 : 1 + len(states)])
        found |= layer.grads | {"dh0": layer.dh0} | ({"dc0": layer.dc0} if cell == "lstm" else {})
        found = {k: v.copy() for k, v in found.items()}
        assert (dx is None) == (given == "tokens")
        # Without states, with the last step's gradient alone, and with fewer columns
        again = layer.forward(x[..., :3])
        layer.backward(None, weights[1][:, :3])
        found |= {"again": again} | {f"again.{k}": g for k, g in layer.grads.items()}
        return found if dx is None else found | {"dx": dx}

    compare(gpu, compute, **{"rtol": 1e-4, "atol": 1e-6} | tolerance)


@pytest.mark.parametrize("path", ["fused", "whole step"], indirect=True)
def test_the_kernels_refuse_what_the_plain_path_does(gpu, path):
    layer, put = LSTM(V, H, rng=rng(), backend=gpu), gpu.xp.ones
    with pytest.raises(SpentError):
        layer.backward(put((T, H, B), np.float32))
    for x in (put((T, V + 1, B)), put(T), put((0, V, B)), put((T, V, 0))):
        with pytest.raises(ValueError, match="x "):
            layer.forward(x)
    for states, name in (((put((H, B + 1)), None), "h0"), ((None, put((B, H))), "c0")):
        with pytest.raises(ValueError, match=name):
            layer.forward(put((T, V, B), np.float32), *states)
    full, wrong = (T, H, B), (H, 1)
    for gradients, name in (([wrong], "dh"), ([full, wrong], "dh_last"), ([full, (H, B), wrong], "dc_last")):
        layer.forward(put((T, V, B), np.float32))
        with pytest.raises(ValueError, match=name):
            layer.backward(*map(put, gradients))
    layer.forward(put((T, V, B), np.float32))
    layer.backward(put((T, H, B), np.float32))
    with pytest.raises(SpentError):
        layer.backward(put((T, H, B), np.float32))
    layer.forward(put((T, V, B), np.float32))
    with pytest.raises(ValueError, match="h0"):  # which has overwritten what backward would need
        layer.forward(put((T, V, B), np.float32), put((H, 1)))
    with pytest.raises(SpentError):
        layer.backward(put((T, H, B), np.float32))


@pytest.mark.parametrize("path", ["fused", "whole step"], indirect=True)
def test_the_kernels_take_weights_of_any_strides(gpu, path):
    """Kernels ignore strides: weights that are not contiguous are copied."""
    layers = [LSTM(V, H, rng=rng(), backend=gpu) for _ in range(2)]
    layers[1].params = {k: p.T.copy().T for k, p in layers[1].params.items()}
    assert not layers[1].params["U"].flags.c_contiguous
    x = gpu.to_device(rng().standard_normal((T, V, B)).astype(np.float32))
    h = [layer.forward(x).get() for layer in layers]
    assert (h[0] == h[1]).all()


@pytest.mark.parametrize("shape", [(T, H, B), (H, B)])
def test_dense(gpu, shape):
    def compute(backend, put):
        layer = Dense(H, V, rng=rng(), backend=backend)
        y = layer.forward(put(rng().standard_normal(shape).astype(np.float32)))
        dh = layer.backward(put(rng().standard_normal((*shape[:-2], V, B)).astype(np.float32)))
        return {"y": y, "dh": dh, **layer.grads}

    compare(gpu, compute)


@pytest.mark.parametrize("shape", [(T, V, B), (V, B)])
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_loss(gpu, shape, masked, dtype):
    def compute(backend, put):
        draw, columns = rng(), (*shape[:-2], B)
        layer = SoftmaxCrossEntropy(backend)
        logits = put(draw.standard_normal(shape).astype(dtype) * 9)
        targets = put(draw.integers(0, V, columns))
        loss = layer.forward(logits, targets, put(draw.random(columns) < 0.7) if masked else None)
        return {"loss": loss, "p": layer.probabilities.copy(), "gradient": layer.backward()}

    compare(gpu, compute)


@pytest.mark.parametrize("shape", [(T, H, B), (3, 7), (1,)])
def test_dropout_draws_the_same_masks(gpu, shape):
    def compute(backend, put):
        layer, found = Dropout(0.4, rng=rng(), backend=backend), {}
        for i in range(3):
            found[f"y{i}"] = layer.forward(put(np.ones(shape, np.float32))).copy()
            found[f"dx{i}"] = layer.backward(put(np.full(shape, 2, np.float32))).copy()
        found["off"] = layer.forward(put(np.ones(shape, np.float32)), training=False)
        return found

    compare(gpu, compute, rtol=0, atol=0)


@pytest.mark.parametrize("limit", [1e-3, 1.0, 1e3, float("inf")])
def test_adam_and_clipping(gpu, limit):
    def compute(backend, put):
        draw, shapes = rng(), {"W": (9, 5), "b": (9, 1)}
        params = {k: put(draw.standard_normal(s).astype(np.float32)) for k, s in shapes.items()}
        adam = Adam(params, lr=0.1)
        for _ in range(3):
            grads = {k: put(draw.standard_normal(s).astype(np.float32)) for k, s in shapes.items()}
            norm = clip_by_global_norm(grads, limit)
            adam.step(grads)
        if backend is CPU:
            assert type(norm) is float
            norm = np.float32(norm)
        return {"norm": norm, **params, **{f"g.{k}": g for k, g in grads.items()}}

    compare(gpu, compute)


def test_clipping_gradients_that_are_all_0(gpu):
    grads = {"W": gpu.xp.zeros((3, 2), np.float32)}
    assert float(clip_by_global_norm(grads, 1.0)) == 0
    assert (grads["W"].get() == 0).all()


@pytest.mark.parametrize(("cell", "limit"), [("lstm", 2003), ("gru", 2261), ("rnn", 527)])
def test_launches_of_the_plain_path(gpu, monkeypatch, cell, limit):
    """Forward and backward of 64 steps: what the kernels are to be measured against."""
    monkeypatch.setattr(lstm, "choose_path", lambda *_: "plain")
    assert launches(gpu, CELLS[cell], "dh") <= limit


@pytest.mark.parametrize("given", ["dh", "the last", "all"])
@pytest.mark.parametrize(("path", "limit"), [("fused", 270), ("whole step", 140)], indirect=["path"])
def test_launches_of_the_kernels(gpu, path, limit, given):
    assert limit - 3 <= launches(gpu, LSTM, given) <= limit


def launches(gpu, layer, given):
    """Of forward and backward of 64 steps, given gradients of h, or of the last h, or all there can be."""
    layer, put = layer(V, H, rng=rng(), backend=gpu), gpu.xp.ones
    x, state = gpu.to_device(rng().integers(0, V, (64, B))), put((H, B), np.float32)
    if given == "all":
        x = put((64, V, B), np.float32)
    gradients = {"dh": [put((64, H, B))], "the last": [None, state], "all": [put((64, H, B)), state, state]}
    before = gpu.xp.counts.copy()
    layer.forward(x, *([state, state] if given == "all" else []))
    layer.backward(*gradients[given])
    assert gpu.xp.counts["synchronisations"] == before["synchronisations"]
    assert gpu.xp.counts["uploads"] == before["uploads"]
    return gpu.xp.counts["launches"] - before["launches"]
