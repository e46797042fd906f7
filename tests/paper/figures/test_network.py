"""Figure 2 shows the equations, shapes and parameters of the model that is drawn."""

import re

import numpy as np
import pytest

from lstm_from_scratch.model import MelodyModel
from lstm_from_scratch.network import GRU
from lstm_from_scratch.paper.figures import network


def texts(drawn):
    """What is written in an SVG, in its order."""
    return re.findall(r"<text[^>]*>([^<]+)</text>", drawn)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_the_model_shows_its_own_shapes_and_counts(cell):
    model = MelodyModel(37, 16, cell, 0.3, rng=np.random.default_rng(0))
    written = texts(network.architecture(model, T=8, B=4))
    for name, p in model.params.items():
        at = written.index(f"{name} {p.shape}")
        assert written[at + 1] == f"{p.size:,}"
    assert f"in all {sum(p.size for p in model.params.values()):,} parameters" in written
    shapes = [text for text in written if text.startswith("(")]
    assert [text.split("  ")[0] for text in shapes] == [
        "(8, 4)", "(8, 37, 4)", "(8, 16, 4)", "(8, 16, 4)", "(8, 37, 4)", "(8, 37, 4)",
    ]  # fmt: skip
    assert "p = 0.3" in written and cell.upper() in written


def test_a_model_of_windows_goes_on_with_the_last_step():
    model = MelodyModel(37, 16, rng=np.random.default_rng(0))
    model.window = 8
    written = texts(network.architecture(model, T=8, B=4))
    shapes = [text for text in written if text.startswith("(")]
    assert shapes[3:] == ["(16, 4)  H, B", "(37, 4)  V, B", "(37, 4)  V, B: probabilities"]
    assert "p = 0.2, of the last step" in written


def test_the_gru_is_drawn_with_the_gates_of_its_code():
    """r, u, n is the order of the rows, and the second line is what a step computes."""
    gates, step = network.EQUATIONS["gru"].splitlines()
    assert gates.startswith("r, u, n of ")
    layer = GRU(2, 1, rng=np.random.default_rng(0), dtype=np.float64)
    x, h = np.array([[[0.3], [-0.8]]]), np.array([[0.7]])
    z, v = layer.params["W"] @ x[0], layer.params["U"] @ h  # the biases are zero
    r, u = (1 / (1 + np.exp(-(z + v)[k : k + 1])) for k in (0, 1))
    n = np.tanh(z[2:] + r * v[2:])
    assert step == "h = (1 - u) n + u h"
    assert (1 - u) * n + u * h == pytest.approx(layer.forward(x, h)[0])


def test_one_hot_columns_are_drawn_as_they_are_stored():
    """They do exist, so the drawing must not call them virtual; and they hold what it says."""
    model = MelodyModel(7, 5, rng=np.random.default_rng(0), dtype=np.float64)
    written = texts(network.architecture(model, T=3, B=2))
    at = written.index("a column a token:")
    assert written[at + 1] == "1 in its row, else 0" and not any("never" in text for text in written)
    tokens = np.array([[4, 1], [0, 6], [2, 2]])
    columns = (tokens[:, None] == np.arange(7)[:, None]).astype(float)
    h = model.recurrent.forward(tokens).copy()
    assert np.array_equal(h, model.recurrent.forward(columns))
