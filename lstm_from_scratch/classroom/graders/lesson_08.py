"""Grades lesson 8."""

from types import SimpleNamespace

import numpy as np

from ...gradients.diagnosis import looks_like
from ...network import LSTM
from ...network.cells import lstm_cell, lstm_cell_gradient
from ..check import NotYet, grader
from .forms import results, unchanged

H, B = 4, 3


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


def _step():
    """One step of the package's LSTM with z given: dh, dc, i, f, o, g, c_before and c, and what is right."""
    rng = np.random.default_rng(8)
    z, c_before, dh, dc = (rng.standard_normal(shape) for shape in ((4 * H, B), (H, B), (H, B), (H, B)))
    layer = LSTM(4 * H, H, rng=rng, dtype=float)
    layer.params = {"W": np.eye(4 * H), "U": np.zeros((4 * H, H)), "b": np.zeros((4 * H, 1))}
    layer.forward(z[None], np.zeros((H, B)), c_before)
    c = layer.c_last.copy()
    dz = layer.backward(dh[None], None, dc)[0].copy()
    i, f, o = _sigmoid(z[: 3 * H]).reshape(3, H, B)
    return (dh, dc, i, f, o, np.tanh(z[3 * H :]), c_before, c), (dz, layer.dc0)


def _finish(dc, dh, i, f, o, g, c_before, c):
    """The lines below the student's, from any dc."""
    dz_i, dz_f, dz_o = dc * g * i * (1 - i), dc * c_before * f * (1 - f), dh * np.tanh(c) * o * (1 - o)
    return np.concatenate([dz_i, dz_f, dz_o, dc * i * (1 - g**2)]), dc * f


def _usual_dc(dh, dc, i, f, o, g, c_before, c):
    """What students write for the cell's gradient instead, each with its message."""
    t = np.tanh(c)
    yield (
        dc,
        (
            "Nothing has been added to what came along the belt, but h_t is made from c_t as well. "
            "What does equation 6 send to c_t?"
        ),
    )
    yield (
        dh * o * (1 - t**2),
        "What came along the belt is gone: c_t is used in h_t *and* in c_(t+1), and the two effects add up.",
    )
    yield (
        dc + dh * o,
        ("There is a tanh between c_t and h_t, and its slope is missing: 1 minus the square of tanh(c_t)."),
    )
    yield (
        dc + dh * (1 - t**2),
        "In h_t = o tanh(c_t) the tanh is multiplied by o, and so is what goes back through it.",
    )
    yield (
        dc - dh * o * (1 - t**2),
        "The sign is wrong: two effects *add up*, and there is no minus in equation 6.",
    )
    yield (
        dc + dh * o * (1 - c**2),
        "You wrote 1 - c^2. The slope of tanh is 1 minus the square of what tanh *gave*: of tanh(c).",
    )
    yield (
        dc + dh * o * (1 - (o * t) ** 2),
        "You wrote 1 - h^2, as in lesson 6. Here h is o tanh(c), and tanh gave only the second factor.",
    )
    yield (
        dc + dh * t,
        "dh tanh(c) is the gradient of the *gate* o, the other factor in h_t = o tanh(c_t). What does "
        "tanh(c_t) get?",
    )
    yield (
        dc + dh * o * (1 - np.tanh(c_before) ** 2),
        "You took the cell before the step; h_t is made from c_t, after it.",
    )
    yield (
        dc * f + dh * o * (1 - t**2),
        (
            "You multiplied what came along the belt by f. It comes from step t + 1 and already has "
            "that step's f (see the last line of the function)."
        ),
    )
    yield (
        (dc + dh * o) * (1 - t**2),
        "What came along the belt does not pass through the tanh of equation 6, whose slope belongs to dh o.",
    )
    yield (
        dc + dh * o * (1 - t) ** 2,
        "(1 - tanh)^2 is not 1 - tanh^2: the square belongs to tanh(c) alone.",
    )
    yield (
        dc + dh * o * t,
        "You have tanh(c_t) where its *slope* belongs, which is 1 - tanh^2.",
    )
    yield (
        dc + dh * t * o * (1 - o),
        "What you added is dz_o, what goes to the gate. c_t gets what goes to the other factor, tanh(c_t).",
    )
    yield (
        dc + dh,
        "dh is the gradient of h_t. On its way to c_t, in h_t = o tanh(c_t), it meets a factor and a tanh.",
    )


@grader("8.1")
def step_back(answer):
    """One step of the LSTM's backward pass."""
    given, right = _step()
    copies = dh, dc, i, f, o, g, c_before, c = [a.copy() for a in given]
    found = answer(dh, dc, (i, f, o, g), c_before, c)
    unchanged(given, copies, "dh dc i f o g c_before c".split())
    results(found, ((4 * H, B), (H, B)), "dz, dc_before")
    if all(np.allclose(a, b, rtol=1e-9, atol=1e-11) for a, b in zip(found, right)):
        gap = max(np.abs(a - b).max() for a, b in zip(found, right))
        return f"The package's LSTM gives the same, to {gap:.0e}."
    for dc, message in _usual_dc(*given):
        dh, _, *rest = given
        if all(np.allclose(a, b) for a, b in zip(found, _finish(dc, dh, *rest))):
            raise NotYet(message)
    used = found[1] / given[3]  # the student's dc: the last line gives back dc * f
    if all(np.allclose(a, b) for a, b in zip(found, _finish(used, given[0], *given[2:]))):
        raise NotYet(
            "Your dc is not all that c_t receives. That is a sum of two terms: what came along the "
            "belt, as it is; and dh times the other factor in h_t = o tanh(c_t), times the slope of "
            "tanh at c_t."
        )
    name, a, n = next(
        (name, a, n)
        for name, a, n in zip(("dz", "dc_before"), found, right)
        if not np.allclose(a, n, rtol=1e-9, atol=1e-11)
    )
    raise NotYet(f"{name} is not what the package's LSTM gives: {looks_like(np.asarray(a, float), n)}.")


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
