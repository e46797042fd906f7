"""What PyTorch computed, kept in reference.json by make_reference.py: an oracle that needs no torch."""

import json
from pathlib import Path

import numpy as np
import pytest

from lstm_from_scratch.network import GRU, LSTM, RNN, Adam, SoftmaxCrossEntropy

REFERENCE = json.loads((Path(__file__).parents[1] / "helpers" / "reference.json").read_text(encoding="utf-8"))


def columns(lists):
    """(..., B, features) as torch has it to our (..., features, B)."""
    return np.array(lists).swapaxes(-1, -2)


def our_rows(name, array):
    """Torch's LSTM has i f g o."""
    if name != "LSTM":
        return array
    i, f, g, o = np.split(array, 4)
    return np.concatenate([i, f, o, g])


def ours(name, tensors, units):
    """Torch's parameters, or their gradients, by our names."""
    found = {"W": tensors["weight_ih_l0"], "U": tensors["weight_hh_l0"], "b": tensors["bias_ih_l0"]}
    found = {k: our_rows(name, np.array(v).reshape(len(v), -1)) for k, v in found.items()}
    if name == "GRU":
        found["bn"] = np.array(tensors["bias_hh_l0"])[2 * units :, None]
    return found


def close(found, want):
    np.testing.assert_allclose(found, want, rtol=0, atol=1e-12)


def test_the_reference_says_what_made_it():
    assert REFERENCE["made by"].startswith("torch 2.")


@pytest.mark.parametrize("layer", [LSTM, GRU, RNN])
def test_layer(layer):
    name = layer.__name__
    want = REFERENCE[name]
    x, dh, h, dx = (columns(want[k]) for k in ("x", "dh", "h", "dx"))
    states, last, dlast, dstates = (
        [columns(s)[0] for s in want[k]] for k in ("states", "last", "dlast", "dstates")
    )
    units = h.shape[1]
    built = layer(x.shape[1], units, rng=np.random.default_rng(0), dtype=float)
    params = ours(name, want["params"], units)
    assert {k: p.shape for k, p in params.items()} == {k: p.shape for k, p in built.params.items()}
    built.params = params
    close(built.forward(x, *states), h)
    close(built.backward(dh, *dlast), dx)
    for k, g in ours(name, want["grads"], units).items():
        close(built.grads[k], g)
    for s, after, grad in zip("hc", last, dstates):
        close(getattr(built, f"{s}_last"), after)
        close(getattr(built, f"d{s}0"), grad)


def test_adam():
    want = REFERENCE["adam"]
    params = {"p": np.array(want["start"])}
    optimizer = Adam(params, lr=want["lr"])
    for g in want["grads"]:
        optimizer.step({"p": np.array(g)})
    close(params["p"], want["end"])


def test_loss():
    want = REFERENCE["loss"]
    layer = SoftmaxCrossEntropy()
    close(layer.forward(np.array(want["logits"]), np.array(want["targets"])), want["loss"])
    close(layer.backward(), want["dlogits"])
