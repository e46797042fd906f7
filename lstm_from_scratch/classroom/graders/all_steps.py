"""Grades the loop over all steps of lesson 8."""

from types import SimpleNamespace

import numpy as np

from ...gradients.diagnosis import looks_like
from ...network.cells import lstm_cell, lstm_cell_gradient
from ..check import NotYet, grader
from .forms import unchanged

H, B = 4, 3
T, V = 4, 5
SHAPES = {"W": (4 * H, V), "U": (4 * H, H), "b": (4 * H, 1), "x": (T, V, B), "h0": (H, B), "c0": (H, B)}
LINES = {
    "W": lambda s: s.d["W"] + s.dz @ s.x[s.t - 1].T,
    "U": lambda s: s.d["U"] + s.dz @ s.h[s.t - 1].T,
    "b": lambda s: s.d["b"] + s.dz.sum(axis=1, keepdims=True),
    "x": lambda s: s.W.T @ s.dz,
    "next": lambda s: s.U.T @ s.dz,
}
# What students write instead: the line, what it says, and the message.
SLIPS = (
    (
        "W",
        lambda s: s.dz @ s.x[s.t - 1].T,
        "d['W'] holds only the last turn's share: every step adds its own (+=).",
    ),
    (
        "U",
        lambda s: s.dz @ s.h[s.t - 1].T,
        "d['U'] holds only the last turn's share: every step adds its own (+=).",
    ),
    (
        "b",
        lambda s: s.dz.sum(axis=1, keepdims=True),
        "d['b'] holds only the last turn's share: every step adds its own (+=).",
    ),
    (
        "U",
        lambda s: s.d["U"] + s.dz @ s.h[s.t].T,
        "d['U'] takes the state *after* the step. What did forward multiply U by at step t?",
    ),
    (
        "W",
        lambda s: s.d["W"] + s.dz @ s.x[s.t % len(s.x)].T,
        "d['W'] takes the input of another step: x_t is x[t - 1].",
    ),
    (
        "b",
        lambda s: s.d["b"] + s.dz.mean(axis=1, keepdims=True),
        "d['b'] takes the mean over the examples: every column used the bias, and the effects add up.",
    ),
    (
        "next",
        lambda s: s.next,
        "dh_next stays 0: nothing goes back through U. What does h_(t-1) receive from step t?",
    ),
    (
        "next",
        lambda s: s.next + s.U.T @ s.dz,
        "dh_next is added to what it was (+=). That was used up in this step's dh: write it anew.",
    ),
    (
        "next",
        lambda s: s.U[:H].T @ s.dz[:H],
        "dh_next only takes the block i: all four blocks of rows used h_(t-1).",
    ),
    ("x", lambda s: s.d["x"][s.t - 1], "d['x'] is still 0: x_t acts on z_t with the factor W."),
    ("W", lambda s: s.d["W"], "d['W'] is still 0."),
    ("U", lambda s: s.d["U"], "d['U'] is still 0."),
    ("b", lambda s: s.d["b"], "d['b'] is still 0."),
)


def _loop(given, lines):
    """The exercise with these lines."""
    R, x, h, c, gates, W, U = given
    s = SimpleNamespace(x=x, h=h, W=W, U=U, next=np.zeros_like(h[0]))
    s.d = {"W": np.zeros_like(W), "U": np.zeros_like(U), "b": np.zeros((len(U), 1)), "x": np.zeros_like(x)}
    dc = np.zeros_like(c[0])
    for s.t in reversed(range(1, len(x) + 1)):
        s.dz, dc = lstm_cell_gradient(R[s.t - 1] + s.next, dc, gates[s.t - 1], c[s.t - 1], c[s.t])
        new = {name: line(s) for name, line in lines.items()}
        s.d.update(W=new["W"], U=new["U"], b=new["b"])
        s.d["x"][s.t - 1] = new["x"]
        s.next = new["next"]
    return {**s.d, "h0": s.next, "c0": dc}


def _tune():
    """The arguments of the exercise, without its last, for random values."""
    rng = np.random.default_rng(82)
    p = {name: rng.uniform(-1, 1, shape) for name, shape in SHAPES.items()}
    h, c, gates = [p["h0"]], [p["c0"]], []
    for x in p["x"]:
        h_t, c_t, i_f_o_g = lstm_cell(x, h[-1], c[-1], p["W"], p["U"], p["b"])
        h.append(h_t)
        c.append(c_t)
        gates.append(i_f_o_g)
    return rng.standard_normal((T, H, B)), p["x"], np.array(h), np.array(c), gates, p["W"], p["U"]


@grader("8.2")
def backward(answer):
    """The loop over all steps."""
    given = _tune()
    copies = [a.copy() if isinstance(a, np.ndarray) else a for a in given]
    found = answer(*copies, lstm_cell_gradient)
    arrays = [k for k, a in enumerate(given) if isinstance(a, np.ndarray)]
    unchanged([given[k] for k in arrays], [copies[k] for k in arrays], "R x h c W U".split())
    if not isinstance(found, dict) or set(found) != set(SHAPES):
        raise NotYet("Want a dictionary with W, U, b, x, h0 and c0: is the `return` still as it was?")
    for name, shape in SHAPES.items():
        if np.shape(found[name]) != shape:
            raise NotYet(
                f"The gradient of {name} has the shape {np.shape(found[name])}, want {shape}: a gradient has "
                "the shape of what it belongs to."
            )
    right = _loop(given, LINES)
    if _same(found, right):
        return "All six gradients, over all steps."
    for name, slip, message in SLIPS:
        if _same(found, _loop(given, LINES | {name: slip})):
            raise NotYet(message)
    name = next(
        name for name in ("W", "U", "b", "x", "h0", "c0") if not np.allclose(found[name], right[name])
    )
    for part, slip, message in SLIPS:
        if np.allclose(found[name], _loop(given, LINES | {part: slip})[name]):
            raise NotYet(f"More than one line is not right yet. {message}")
    raise NotYet(
        f"The gradient of {name} is not the sum over all steps: {looks_like(found[name], right[name])}."
    )


def _same(found, right):
    return all(np.allclose(found[name], right[name], rtol=1e-9, atol=1e-11) for name in right)
