"""Figure 2 of the paper, drawn from the code: a model with its shapes and parameters. [P III-B1]"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ...model.model import MelodyModel
from .style import BLUE, GREY, INK, LIGHT, MONO, box, sheet, svg

EQUATIONS = {
    "lstm": "i, f, o, g of W x + U h + b\nc = f c + i g,  h = o tanh(c)",
    "gru": "r, u, n of W x + U h + b\nh = (1 - u) n + u h",
    "rnn": "h = tanh(W x + U h + b)",
}


class Layer(NamedTuple):
    """A box of the drawing: what a layer does, the shape of its output, and its parameters."""

    name: str
    says: str
    shape: tuple[int, ...]
    means: str
    params: dict[str, Any]


def architecture(model: MelodyModel, T: int = 64, B: int = 64) -> str:
    """Figure 2: the layers of a model, what passes between them, and their parameters. [P III-B1]

    Parameters
    ----------
    model : MelodyModel
        A batch of zeros is sent through it to find the shapes. If it has a `window`, only the last step goes
        on to the dense layer.
    T, B : int
        Steps and examples in that batch.

    Returns
    -------
    str
        SVG.
    """
    layers = _layers(model, T, B)
    most = max(p.size for p in model.params.values())
    figure = sheet(0.85 * len(layers) + 0.6)
    axis = figure.add_subplot()
    axis.axis("off")
    axis.set_xlim(0, 9)
    axis.set_ylim(-len(layers) - 0.1, 0.5)
    for row, layer in enumerate(layers):
        _layer(axis, -row, layer, most)
    total = sum(p.size for p in model.params.values())
    axis.text(9, 1 - len(layers), f"in all {total:,} parameters", weight="bold", ha="right", color=INK)
    return svg(figure)


def _layers(model: MelodyModel, T: int, B: int) -> list[Layer]:
    tokens = model.backend.to_device(np.zeros((T, B), int))
    h = model.recurrent.forward(tokens)
    last = model.window is not None
    dropped = model.dropout.forward(h[-1] if last else h, training=False)
    y = model.dense.forward(dropped)
    steps = "" if last else "T, "
    of = {
        name: {key: p for key, p in model.params.items() if key.startswith(f"{name}.")}
        for name in (model.cell, "dense")
    }
    return [
        Layer("tokens", "integers", tokens.shape, "T, B", {}),
        Layer("one-hot", "a column a token:\n1 in its row, else 0", (T, model.symbols, B), "T, V, B", {}),
        Layer(model.cell.upper(), EQUATIONS[model.cell], h.shape, "T, H, B", of[model.cell]),
        Layer(
            "dropout", f"p = {model.dropout.p:g}" + (", of the last step" if last else ""),
            dropped.shape, f"{steps}H, B", {},
        ),
        Layer("dense", "y = W h + b", y.shape, f"{steps}V, B", of["dense"]),
        Layer("softmax", "p = exp(y) / sum(exp(y))", y.shape, f"{steps}V, B: probabilities", {}),
    ]  # fmt: skip


def _layer(axis: Any, y: float, layer: Layer, most: int) -> None:
    """A layer's box, the arrow out of it with the shape it passes on, and its parameters at the right."""
    box(axis, 0, y - 0.29, 4.1, 0.58, LIGHT if layer.params else "white")
    axis.text(0.12, y, layer.name, weight="bold", va="center", color=INK)
    axis.text(3.98, y, layer.says, fontsize=9, ha="right", va="center", color=INK, linespacing=1.3)
    axis.annotate("", (1, y - 0.71), (1, y - 0.29), arrowprops={"arrowstyle": "->", "color": GREY})
    axis.text(1.15, y - 0.5, f"{layer.shape}  {layer.means}", va="center", color=GREY, fontsize=9, **MONO)
    middle = (len(layer.params) - 1) / 2
    for k, (name, p) in enumerate(layer.params.items()):
        at = y + 0.24 * (middle - k)
        axis.text(4.4, at, f"{name} {tuple(p.shape)}", va="center", color=INK, fontsize=9, **MONO)
        box(axis, 6.35, at - 0.07, 1.75 * p.size / most, 0.14, BLUE)
        axis.text(9, at, f"{p.size:,}", ha="right", va="center", color=INK, fontsize=9, **MONO)
