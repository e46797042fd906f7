"""Drawings of the networks of lessons 4, 6 and 7, 8 inches wide, in the letters of NOTATION.md."""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch

GREY = "0.45"
BACK = "#D55E00"  # gradients, on their way back
GATE, CELL = "#26828E", "#B2182B"  # the middle of viridis and one end of RdBu, which lesson 7 uses


@dataclass(frozen=True)
class Sketch:
    """A drawing, to be the last line of a cell, where a bare figure only shows if pyplot has made one."""

    figure: Figure

    def _repr_svg_(self) -> str:
        file = StringIO()
        self.figure.savefig(file, format="svg")
        return file.getvalue()


def dense(W: Any, b: Any, h: Any, target: int) -> Sketch:
    """A dense layer, its softmax, and the gradient of the surprise: one column, with numbers.

    Parameters
    ----------
    W : array_like (V, H)
    b : array_like (V,)
    h : array_like (H,)
    target : int
        The row of the symbol that came.
    """
    W, b, h = map(np.asarray, (W, b, h))
    y = W @ h + b
    p = np.exp(y - y.max()) / np.exp(y - y.max()).sum()
    axis = _canvas(3.7)
    states = [_node(axis, 0.6, row, f"{value:g}") for row, value in zip(_rows(len(h), 1.2), h)]
    for i, row in enumerate(_rows(len(y), 1)):
        score = _node(axis, 3.2, row, f"{y[i]:g}")
        for j, state in enumerate(states):
            _arrow(axis, state, score, f"{W[i, j]:g}", at=0.7)
        _arrow(axis, (3.6, row + 0.45), score)
        _text(axis, 3.88, row + 0.5, f"{b[i]:+g}")
        _arrow(axis, score, (4.37, row))
        _arrow(axis, (4.83, row), _node(axis, 5.7, row, f"{p[i]:.3f}", radius=0.34))
        _text(axis, 7.1, row, f"{p[i] - (i == target):+.3f}", BACK)
        if i == target:
            _text(axis, 7.1, row - 0.28, "this one came", BACK, size=11)
    _box(axis, 4.6, 1.45, "softmax", width=0.4, height=2.8, rotation=90)
    for x, text in ((0.6, "$h$"), (2.1, "$W$"), (3.2, "$y = W h + b$"), (5.7, "$p$")):
        _text(axis, x, 3.4, text)
    _text(axis, 7.1, 3.4, r"$\mathrm{d}y = p - [i = t]$", BACK)
    return Sketch(axis.figure)


def recurrent(symbols: list[str]) -> Sketch:
    """A recurrent net, and the same net unrolled over these symbols."""
    axis = _canvas(3.4)
    z, h = _step(axis, 0.95, "t")
    _arrow(axis, h, z, "$U$", bend=-0.54)
    _text(axis, 1.95, 1.7, "=", size=20)
    before = _node(axis, 2.4, 2.9, "$h_0$")
    for t, symbol in enumerate(symbols, 1):
        z, h = _step(axis, 2.4 + 1.03 * t, t)
        _text(axis, 2.4 + 1.03 * t, 0.22, symbol, GREY, family="monospace")
        _arrow(axis, before, z, "$U$")
        before = h
    return Sketch(axis.figure)


def _step(axis: Any, x: float, t: int | str) -> list[Any]:
    """Draw a step of the recurrent net; returns its z and h."""
    read, z, h = (_node(axis, x, y, f"${name}_{t}$") for name, y in (("x", 0.6), ("z", 1.7), ("h", 2.9)))
    _arrow(axis, read, z, "$W$")
    _arrow(axis, (x - 0.55, 1.5), z, "$b$", at=0)
    _arrow(axis, z, h, "tanh")
    return [z, h]


def through_time() -> Sketch:
    """Two steps of the net of one unit, and how the gradient goes back through them."""
    axis = _canvas(3.9)
    before, loss = _node(axis, 0.5, 2.4, "$h_0$"), _node(axis, 4.1, 3.55, "$L$")
    for t, x in ((1, 2.6), (2, 5.6)):
        read, z, h = (_node(axis, x, y, f"${name}_{t}$") for name, y in (("x", 0.3), ("z", 1.3), ("h", 2.4)))
        _arrow(axis, read, z, "$w$", GREY)
        _arrow(axis, (x - 0.6, 1.1), z, "$b$", GREY, at=0)
        for start, end, factor in ((before, z, "$u$"), (z, h, "tanh"), (h, loss, f"$r_{t}$")):
            _arrow(axis, start, end, factor, GREY, aside=0.09)
            _arrow(axis, end, start, "", BACK, aside=0.09)
        slope = rf"$\mathrm{{d}}z_{t} = \mathrm{{d}}h_{t} \cdot (1 - h_{t}^2)$"
        _text(axis, x + 0.4, 0.95, slope, BACK, ha="left")
        before = h
    _text(axis, 0.1, 1.3, r"$\mathrm{d}h_0 = u \cdot \mathrm{d}z_1$", BACK, ha="left")
    _text(axis, 2.4, 2.85, r"$\mathrm{d}h_1 = r_1 + u \cdot \mathrm{d}z_2$", BACK, ha="right")
    _text(axis, 6, 2.4, r"$\mathrm{d}h_2 = r_2$", BACK, ha="left")
    return Sketch(axis.figure)


def lstm() -> Sketch:
    """A step of an LSTM: the cell's belt, and below it the gates and the candidate."""
    axis = _canvas(4.5)
    axis.plot([0.1, 7.75], [3.7, 3.7], color=CELL, lw=5)
    axis.plot(7.8, 3.7, ">", color=CELL, ms=14)
    labels = {0.5: "$c_{t-1}$", 2.35: r"$f\,c_{t-1}$", 5.2: r"$c_t = f\,c_{t-1} + i\,g$", 7.5: "$c_t$"}
    for x, text in labels.items():
        _text(axis, x, 4.05, text, CELL)
    keep, add = _node(axis, 1.2, 3.7, r"$\times$", 0.19), _node(axis, 3.375, 3.7, "+", 0.19)
    write, show = _node(axis, 3.375, 2.75, r"$\times$", 0.19), _node(axis, 7, 1.9, r"$\times$", 0.19)
    for name, x, text in (("f", 1.2, "forget gate"), ("i", 2.65, "input gate"), ("o", 5.55, "output gate")):
        _box(axis, x, 1.9, f"{text}\n${name} = \\sigma(z_{name})$", 1.34, 0.66, GATE)
        _arrow(axis, (x, 1.15), (x, 1.57), f"$z_{name}$")
    _box(axis, 4.1, 1.9, "candidate\n$g = \\tanh(z_g)$", 1.34, 0.66, CELL)
    _arrow(axis, (4.1, 1.15), (4.1, 1.57), "$z_g$")
    _box(axis, 3.375, 0.9, "$z = W x_t + U h_{t-1} + b$", 5.7, 0.5)
    _box(axis, 7, 2.85, r"$\tanh$", 0.8, 0.4)
    _text(axis, 0.25, 1.12, "$h_{t-1}$")
    _text(axis, 3.6, 0.35, "$x_t$")
    _text(axis, 7.6, 2.15, "$h_t$")
    for start, end, name in (
        ((1.2, 2.23), keep, "$f$"),
        ((2.65, 2.23), write, "$i$"),
        ((4.1, 2.23), write, "$g$"),
        (write, add, r"$i\,g$"),
        ((6.22, 1.9), show, "$o$"),
        ((0, 0.9), (0.52, 0.9), ""),
        ((3.375, 0.2), (3.375, 0.65), ""),
        ((7, 3.7), (7, 3.05), ""),
        ((7, 2.65), show, ""),
        (show, (7.9, 1.9), ""),
    ):
        _arrow(axis, start, end, name)
    return Sketch(axis.figure)


def _canvas(height: float) -> Any:
    """An axis without a frame, measured in inches, on a figure that pyplot does not know."""
    axis = Figure(figsize=(8, height), dpi=100).add_axes((0, 0, 1, 1))
    axis.set(xlim=(0, 8), ylim=(0, height))
    axis.set_axis_off()
    return axis


def _rows(count: int, apart: float, middle: float = 1.45) -> Any:
    """The heights of that many rows, the first at the top."""
    return middle + apart * (count - 1 - 2 * np.arange(count)) / 2


def _text(axis: Any, x: float, y: float, text: str, colour: str = "black", **style: Any) -> None:
    """Text centred on a point; the minus of a number becomes as long as that of a formula."""
    formula = "$" in text
    style = {"size": 15 if formula else 13, "ha": "center", "zorder": 4, "math_fontfamily": "cm"} | style
    axis.text(x, y, text if formula else text.replace("-", "−"), color=colour, va="center", **style)


def _node(axis: Any, x: float, y: float, text: str, radius: float = 0.25) -> Circle:
    """A circle with text in it."""
    _text(axis, x, y, text)
    circle = Circle((x, y), radius, fc="white", ec="black", zorder=3)
    axis.add_patch(circle)
    return circle


def _box(
    axis: Any, x: float, y: float, text: str, width: float, height: float, colour: str = "", **style: Any
) -> None:
    """A box with text in it, filled with the colour."""
    _text(axis, x, y, text, "white" if colour else "black", **style)
    box = FancyBboxPatch(
        (x - width / 2, y - height / 2),
        width,
        height,
        "round,pad=0,rounding_size=0.08",
        fc=colour or "white",
        ec=colour or "black",
        zorder=3,
    )
    axis.add_patch(box)


def _arrow(axis: Any, start: Any, end: Any, text: str = "", colour: str = "black", **way: float) -> None:
    """From one circle or point to another, its text `at` a fraction of the way; `aside`, `bend` in inches."""
    a, b = (np.array(getattr(place, "center", place)) for place in (start, end))
    right = np.array([b[1] - a[1], a[0] - b[0]]) / np.hypot(*(b - a))
    aside, bend = right * way.get("aside", 0), way.get("bend", 0)
    arrow = FancyArrowPatch(
        a + aside,
        b + aside,
        arrowstyle="-|>",
        mutation_scale=12,
        lw=1.1,
        color=colour,
        shrinkA=72 * getattr(start, "radius", 0),
        shrinkB=72 * getattr(end, "radius", 0),
        connectionstyle=f"arc3,rad={2 * bend / np.hypot(*(b - a))}",
    )
    axis.add_patch(arrow)
    if text:
        x, y = a + way.get("at", 0.5) * (b - a) + 3.2 * aside + bend * right
        _text(axis, x, y, text, colour, zorder=2, bbox={"fc": "white", "ec": "none", "pad": 1.5})
