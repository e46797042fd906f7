"""Every gradient of this package, checked: what `melody gradcheck` prints and the tests assert."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..network.dense import Dense
from ..network.dropout import Dropout
from ..network.gru import GRU
from ..network.loss import SoftmaxCrossEntropy
from ..network.lstm import LSTM
from ..network.rnn import RNN
from .gradcheck import TensorCheck, Tensors, check_gradients

# Steps, inputs, units and examples all differ, so that a transposed or swapped shape cannot pass.
T, V, H, B = 5, 3, 4, 2


def check_all_layers(seed: int = 0) -> list[TensorCheck]:
    """Both numerical derivatives for every tensor of every layer, at random values that are nowhere 0."""
    rng = np.random.default_rng(seed)
    checks = [check for layer in (LSTM, GRU, RNN) for check in check_recurrent(layer, rng)]
    return checks + check_dense(rng) + check_dropout(rng) + check_loss(rng)


def check_recurrent(
    layer: type, rng: np.random.Generator, sizes: tuple[int, int, int, int] = (T, V, H, B)
) -> list[TensorCheck]:
    """Parameters, input and initial states, under random gradients of h, the last h and the last c.

    Parameters
    ----------
    layer : type
        LSTM, GRU or RNN.
    rng : numpy.random.Generator
    sizes : tuple of int
        T, V, H, B.
    """
    T, V, H, B = sizes
    states = ("h0", "c0") if layer is LSTM else ("h0",)
    shapes = {k: p.shape for k, p in layer(V, H, rng=rng, dtype=float).params.items()}
    shapes |= {"x": (T, V, B), **dict.fromkeys(states, (H, B))}
    # Not larger, or saturated gates make gradients so small that the central difference loses its digits.
    tensors = {name: rng.uniform(-1, 1, shape) for name, shape in shapes.items()}
    weights = [rng.standard_normal((T, H, B)), *(rng.standard_normal((H, B)) for _ in states)]

    def run(tensors: Tensors) -> tuple[Any, complex]:
        built = layer(V, H, rng=np.random.default_rng(0), dtype=tensors["x"].dtype)
        built.params = {k: tensors[k] for k in built.params}
        h = built.forward(tensors["x"], *(tensors[s] for s in states))
        outputs = [h, *(getattr(built, f"{s[0]}_last") for s in states)]
        return built, sum((w * o).sum() for w, o in zip(weights, outputs))

    built, _ = run(tensors)
    dx = built.backward(*weights)
    grads = {**built.grads, "x": dx, **{s: getattr(built, f"d{s}") for s in states}}
    return check_gradients(lambda t: run(t)[1], tensors, grads, prefix=f"{layer.__name__}.")


def check_dense(rng: np.random.Generator) -> list[TensorCheck]:
    """Parameters and input."""
    tensors = {name: rng.standard_normal(s) for name, s in (("W", (V, H)), ("b", (V, 1)), ("h", (T, H, B)))}
    weights = rng.standard_normal((T, V, B))

    def run(tensors: Tensors) -> tuple[Any, complex]:
        built = Dense(H, V, rng=np.random.default_rng(0), dtype=tensors["h"].dtype)
        built.params = {k: tensors[k] for k in built.params}
        return built, (weights * built.forward(tensors["h"])).sum()

    built, _ = run(tensors)
    dh = built.backward(weights)
    return check_gradients(lambda t: run(t)[1], tensors, {**built.grads, "h": dh}, prefix="Dense.")


def check_dropout(rng: np.random.Generator) -> list[TensorCheck]:
    """The input, with the mask fixed: every run draws the first mask of the same key."""
    tensors = {"x": rng.standard_normal((T, H, B))}
    weights = rng.standard_normal((T, H, B))

    def run(tensors: Tensors) -> tuple[Any, complex]:
        built = Dropout(0.4, rng=np.random.default_rng(0))
        return built, (weights * built.forward(tensors["x"])).sum()

    built, _ = run(tensors)
    return check_gradients(lambda t: run(t)[1], tensors, {"x": built.backward(weights)}, prefix="Dropout.")


def check_loss(rng: np.random.Generator) -> list[TensorCheck]:
    """The logits, with a target at every step and with one at the last."""
    checks = []
    for name, shape in (("all steps", (T, V, B)), ("last step", (V, B))):
        tensors = {"logits": rng.standard_normal(shape)}
        targets = rng.integers(0, V, (*shape[:-2], B))

        def loss(tensors: Tensors, targets: np.ndarray = targets) -> complex:
            return SoftmaxCrossEntropy().forward(tensors["logits"], targets)

        layer = SoftmaxCrossEntropy()
        layer.forward(tensors["logits"], targets)
        checks += check_gradients(loss, tensors, {"logits": layer.backward()}, prefix=f"Loss, {name}: ")
    return checks
