"""Weights to PyTorch, and from Keras: the same predictions on both sides."""

import math
import sys

import numpy as np
import pytest

from lstm_from_scratch.model import MelodyModel
from lstm_from_scratch.model.conversion import from_keras, to_torch

V, H, T, B = 5, 3, 7, 2
NAMES = ("kernel", "recurrent kernel", "bias", "dense kernel", "dense bias")
SHAPES = ((V, 4 * H), (H, 4 * H), (4 * H,), (H, V), (V,))


def keras_weights(dtype=float):
    rng = np.random.default_rng(0)
    return [rng.uniform(-1, 1, shape).astype(dtype) for shape in SHAPES]


def keras_predicts(weights, tokens):
    """Softmax outputs (V,) of Keras's documented equations, gates i, f, c, o, one number at a time."""
    kernel, recurrent, bias, dense, dense_bias = weights
    h, c = [0.0] * H, [0.0] * H
    for token in tokens:

        def z(gate, j, token=token, h=h):
            column = gate * H + j
            return kernel[token][column] + sum(h[k] * recurrent[k][column] for k in range(H)) + bias[column]

        def sigma(a):
            return 1 / (1 + math.exp(-a))

        i, f, o = ([sigma(z(gate, j)) for j in range(H)] for gate in (0, 1, 3))
        g = [math.tanh(z(2, j)) for j in range(H)]
        c = [f[j] * c[j] + i[j] * g[j] for j in range(H)]
        h = [o[j] * math.tanh(c[j]) for j in range(H)]
    y = [sum(h[k] * dense[k][v] for k in range(H)) + dense_bias[v] for v in range(V)]
    e = [math.exp(a) for a in y]
    return [a / sum(e) for a in e]


def softmax(y):
    e = np.exp(y - y.max(axis=0))
    return e / e.sum(axis=0)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-14), (np.float32, 1e-6)])
def test_a_keras_model_predicts_the_same_here(dtype, tolerance):
    model = from_keras(keras_weights(np.float32), dtype=dtype)
    assert (model.symbols, model.units, model.cell) == (V, H, "lstm")
    assert {p.dtype for p in model.params.values()} == {np.dtype(dtype)}
    tokens = np.random.default_rng(1).integers(0, V, (T, B))
    found = softmax(model.logits(tokens, last_only=True))
    weights = [w.astype(float) for w in keras_weights(np.float32)]
    for example in range(B):
        want = keras_predicts(weights, tokens[:, example])
        np.testing.assert_allclose(found[:, example], want, rtol=0, atol=tolerance)


def test_keras_weights_are_float32_unless_asked_and_lists_will_do():
    model = from_keras([w.tolist() for w in keras_weights()])
    assert {p.dtype for p in model.params.values()} == {np.dtype(np.float32)}
    np.testing.assert_array_equal(model.params["dense.W"], keras_weights()[3].T.astype(np.float32))


def test_a_keras_model_goes_on_learning_here():
    model = from_keras(keras_weights())
    tokens = np.zeros((T, B), int)
    model.forward(tokens, tokens)
    model.backward()
    assert all(g.any() for g in model.grads.values())
    layers = {"lstm": model.recurrent, "dense": model.dense}
    for k, p in model.params.items():
        layer, name = k.split(".")
        assert layers[layer].params[name] is p


@pytest.mark.parametrize("wrong", range(5))
def test_a_wrong_shape_is_named(wrong):
    weights = keras_weights()
    weights[wrong] = np.zeros((2, 2, 2))
    with pytest.raises(ValueError, match=rf"^{NAMES[wrong]} \(2, 2, 2\): want"):
        from_keras(weights)


def test_a_transposed_kernel_and_another_number_of_units_are_named():
    weights = keras_weights()
    with pytest.raises(ValueError, match=r"^kernel \(12, 5\): want \(5, 12\), with V 5 and H 3"):
        from_keras([weights[0].T, *weights[1:]])
    with pytest.raises(ValueError, match=r"^bias \(2, 12\): want \(12,\)"):  # a GRU's has two rows
        from_keras([*weights[:2], np.zeros((2, 4 * H)), *weights[3:]])


@pytest.mark.parametrize("count", [0, 3, 6])
def test_another_number_of_arrays(count):
    with pytest.raises(ValueError, match=f"^{count} arrays: want 5"):
        from_keras((keras_weights() * 2)[:count])


def random_model(cell):
    model = MelodyModel(V, H, cell, rng=np.random.default_rng(0), dtype=float)
    rng = np.random.default_rng(1)
    for p in model.params.values():
        p[...] = rng.uniform(-1, 1, p.shape)
    return model


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_a_torch_module_predicts_the_same(cell):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install '.[bench]'")

    class Melody(torch.nn.Module):
        def __init__(self):
            super().__init__()
            setattr(self, cell, getattr(torch.nn, cell.upper())(V, H))
            self.dense = torch.nn.Linear(H, V)

        def forward(self, tokens):
            x = torch.nn.functional.one_hot(tokens, V).to(self.dense.weight.dtype)
            return self.dense(getattr(self, cell)(x)[0])

    model = random_model(cell)
    state = to_torch(model)
    module = Melody().double()
    module.load_state_dict(state, strict=True)
    tokens = np.random.default_rng(2).integers(0, V, (T, B))
    want = module(torch.from_numpy(tokens)).detach().numpy()
    np.testing.assert_allclose(model.logits(tokens).transpose(0, 2, 1), want, rtol=0, atol=1e-13)
    assert {t.dtype for t in state.values()} == {torch.float64}
    for t in state.values():
        t.zero_()
    assert all(p.any() for p in model.params.values())  # copies


def test_keras_to_torch_keeps_the_gates():
    pytest.importorskip("torch", reason="PyTorch is not installed: pip install '.[bench]'")
    weights = keras_weights(np.float32)
    state = to_torch(from_keras(weights))  # both have i, f, g, o
    np.testing.assert_array_equal(state["lstm.weight_ih_l0"].numpy(), weights[0].T)
    np.testing.assert_array_equal(state["lstm.weight_hh_l0"].numpy(), weights[1].T)
    np.testing.assert_array_equal(state["lstm.bias_ih_l0"].numpy(), weights[2])
    assert not state["lstm.bias_hh_l0"].any()


class _Tensors:
    """As much of torch as `to_torch` uses: names and order are tested where torch is not installed."""

    @staticmethod
    def from_numpy(array):
        return array


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_names_shapes_and_order_of_the_state_dict(monkeypatch, cell):
    monkeypatch.setitem(sys.modules, "torch", _Tensors)
    model = random_model(cell)
    state, p = to_torch(model), model.params
    n = len(p[f"{cell}.b"])
    assert {k: a.shape for k, a in state.items()} == {
        f"{cell}.weight_ih_l0": (n, V),
        f"{cell}.weight_hh_l0": (n, H),
        f"{cell}.bias_ih_l0": (n,),
        f"{cell}.bias_hh_l0": (n,),
        "dense.weight": (V, H),
        "dense.bias": (V,),
    }
    rows = [0, 1, 2, 3, 4, 5, 9, 10, 11, 6, 7, 8] if cell == "lstm" else range(n)
    np.testing.assert_array_equal(state[f"{cell}.weight_ih_l0"], p[f"{cell}.W"][rows])
    np.testing.assert_array_equal(state[f"{cell}.weight_hh_l0"], p[f"{cell}.U"][rows])
    np.testing.assert_array_equal(state[f"{cell}.bias_ih_l0"], p[f"{cell}.b"][rows, 0])
    second = [*[0] * (2 * H), *p["gru.bn"][:, 0]] if cell == "gru" else [0] * n
    np.testing.assert_array_equal(state[f"{cell}.bias_hh_l0"], second)
