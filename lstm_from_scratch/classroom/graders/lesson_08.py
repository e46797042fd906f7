"""Grades lesson 8."""

import numpy as np

from ...gradients.diagnosis import looks_like
from ...network import LSTM
from ..check import NotYet, grader
from . import all_steps  # noqa: F401 - it grades 8.2
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
