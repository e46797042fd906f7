"""The plain cells, and that the layers compute the same numbers."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from lstm_from_scratch.gradients import assert_gradients, check_gradients
from lstm_from_scratch.network import GRU, LSTM, RNN, cells

T, V, H, B = 7, 3, 5, 2
HELPERS = runpy.run_path(str(Path(__file__).parents[1] / "helpers" / "plain.py"))
PLAIN, layer_results = HELPERS["PLAIN"], HELPERS["layer_results"]
each_layer = pytest.mark.parametrize("layer", [LSTM, GRU, RNN], ids=lambda layer: layer.__name__)


def drawn(layer, dtype):
    """A layer with random parameters, x, the states before, dh, and the gradients of the states after."""
    rng = np.random.default_rng(0)

    def draw(*shape):
        a = rng.standard_normal(shape)
        return a + 1j * rng.standard_normal(shape) * 0.1 if np.dtype(dtype).kind == "c" else a

    built = layer(V, H, rng=rng, dtype=dtype)
    for p in built.params.values():
        p[...] = draw(*p.shape)
    states = 2 if layer is LSTM else 1
    return (
        built,
        draw(T, V, B),
        [draw(H, B) for _ in range(states)],
        draw(T, H, B),
        [draw(H, B) for _ in range(states)],
    )


@each_layer
@pytest.mark.parametrize("dtype", [np.float64, np.complex128])
def test_a_layer_gives_what_its_cell_gives(layer, dtype):
    built, *arguments = drawn(layer, dtype)
    found = layer_results(built, *arguments)
    want = PLAIN[layer.__name__](cells, built.params, *arguments)
    assert found.keys() == want.keys()
    for name in want:
        scale = np.abs(want[name]).max()
        np.testing.assert_allclose(found[name], want[name], rtol=0, atol=1e-13 * scale, err_msg=name)


@each_layer
def test_a_cells_gradient_is_the_numerical_one(layer):
    """One step, with the parameters, x and the states before it as the tensors."""
    built, x, states, dh, last = drawn(layer, np.float64)
    names = ["h0", "c0"][: len(states)]
    tensors = {**built.params, "x": x[:1], **dict(zip(names, states))}

    def results(p):
        parameters = {k: p[k] for k in built.params}
        return PLAIN[layer.__name__](cells, parameters, p["x"], [p[k] for k in names], dh[:1], last)

    def loss(p):
        found = results(p)
        ends = [found["h_last"], found["c_last"]] if layer is LSTM else [found["h_last"]]
        return (dh[0] * found["h"][0]).sum() + sum((d * end).sum() for d, end in zip(last, ends))

    found = results(tensors)
    assert_gradients(check_gradients(loss, tensors, {k: found[f"d{k}"] for k in tensors}))


@pytest.mark.parametrize("z", [-1e6, -1000.0, 0.0, 1000.0, 1e6])
def test_the_sigmoid_overflows_nowhere(z):
    with np.errstate(all="raise", under="ignore"):
        assert cells.sigmoid(np.array(z)) == (z > 0) if z else 0.5


def test_nothing_is_written_into():
    for layer in (LSTM, GRU, RNN):
        built, *arguments = drawn(layer, np.float64)
        for a in [*built.params.values(), arguments[0], *arguments[1], arguments[2], *arguments[3]]:
            a.flags.writeable = False
        PLAIN[layer.__name__](cells, built.params, *arguments)


def test_the_gates_are_views_in_their_order():
    rows = np.zeros((8, 1))
    rows[:, 0] = range(8)
    assert [gate[0, 0] for gate in cells.lstm_gates(rows)] == [0, 2, 4, 6]
    assert [gate[0, 0] for gate in cells.gru_gates(rows[:6])] == [0, 2, 4]
    assert all(gate.base is rows for gate in cells.lstm_gates(rows))
