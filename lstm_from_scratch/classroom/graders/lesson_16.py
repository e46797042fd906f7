"""Grades lesson 16: by counting and by equality, never by time."""

import numbers
import tracemalloc
from collections import Counter
from typing import ClassVar

import numpy as np

from ...network import LSTM
from ..check import NotYet, grader

BEFORE, STEP = 2, 13  # launches of the lesson's `hoisted`; the lesson asserts that it counts these

STEPS = {
    12: "One launch a step is missing: `-z` is one, and so is writing into `h[t + 1]`.",
    11: "Two launches a step are missing: both `-z` and the copy into `h[t + 1]` are launches.",
    10: "Three launches a step are missing: the sigmoid is four (minus, exp, plus, divide), not one.",
    14: "One too many a step: a slice such as `Wx[:, t]` is a view, not a gather.",
    15: ("Did you count what comes before the loop at every step? It happens once, however large T is."),
    16: "Three too many a step: i, f and o are slices of s, that is views, and nothing is computed.",
    20: "Seven too many a step: slices such as `z[: 3 * H]`, `h[t]` and `Wx[:, t]` are views.",
    21: "Eight too many a step: the three sigmoids are *one* call here, on blocks that are neighbours.",
    36: "That is the textbook's loop. `hoisted` has one product a step, and one sigmoid for three gates.",
    1: "But each operation within a line is a launch of its own.",
}


@grader("16.1")
def launches(answer):
    """A formula for the launches of a loop."""
    found = [answer(T) for T in (1, 2, 5)]
    if any(not isinstance(n, numbers.Real) for n in found):
        raise NotYet(f"launches(1) gave {found[0]!r}: want a number.")
    one, two, five = found
    if one == two == five:
        raise NotYet(f"{one} launches for 1 step, for 2 and for 5: what is in the loop happens T times.")
    if five - two != 3 * (two - one):
        raise NotYet(
            f"For 1, 2 and 5 steps you have {one}, {two} and {five}: each further step must add the "
            "same number."
        )
    step, before = two - one, one - (two - one)
    if step != STEP:
        hint = STEPS.get(step, "Write the operations beside each line of the loop, as in the worked table.")
        raise NotYet(f"You count {step} launches a step. {hint}")
    if before == 0:
        raise NotYet("A step is right. But what about the two lines before the loop: are they free?")
    if before != BEFORE:
        raise NotYet(
            f"A step is right. Before the loop you count {before}: there are an addition and a gather."
        )
    return "Two once, and thirteen a step: the products are one of thirteen."


class _Spy(np.ndarray):
    """An array that notes which operations made a new one."""

    made: ClassVar[Counter[str]] = Counter()
    outside: ClassVar[set[str]] = set()  # functions that were not reached through the module
    through_module: ClassVar[bool] = False

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **options):
        plain = [a.view(np.ndarray) if isinstance(a, _Spy) else a for a in inputs]
        operator = out is None or (any(out[0] is a for a in inputs[:1]) and len(inputs) == 2)  # s + 1, s += 1
        if not (operator or _Spy.through_module) or (
            ufunc.__name__ in ("exp", "tanh") and not _Spy.through_module
        ):
            _Spy.outside.add(ufunc.__name__)
        if out is not None:
            options["out"] = tuple(a.view(np.ndarray) for a in out)
        result = getattr(ufunc, method)(*plain, **options)
        if out is not None:
            return out[0]
        _Spy.made[ufunc.__name__] += 1
        return np.asarray(result).view(_Spy)


class _Module:
    """NumPy, which notes that it was asked."""

    def __getattr__(self, name):
        function = getattr(np, name)
        if not callable(function):
            return function

        def call(*arguments, **options):
            _Spy.through_module = True
            try:
                return function(*arguments, **options)
            finally:
                _Spy.through_module = False

        return call


def _step(H, B):
    """The arguments of a cell, and what they should hold afterwards, from the package's layer."""
    rng = np.random.default_rng(H)
    layer = LSTM(3, H, rng=rng, dtype=np.float64)
    layer.params["b"][...] = rng.standard_normal((4 * H, 1))
    x, h0, c0 = rng.standard_normal((1, 3, B)), rng.standard_normal((H, B)), rng.standard_normal((H, B))
    p = layer.params
    z = p["W"] @ x[0] + p["U"] @ h0 + p["b"]
    h = layer.forward(x, h0, c0)[0].copy()
    gates = 1 / (1 + np.exp(-z))
    gates[3 * H :] = np.tanh(z[3 * H :])
    rubbish = [np.full((H, B), np.nan) for _ in range(3)]
    return (z, c0, *rubbish), {"gates": gates, "c_before": c0.copy(), "c": layer.c_last.copy(), "h": h}


@grader("16.2")
def cell(answer):
    """A step of an LSTM in place."""
    (z, c_before, c, h, work), want = _step(5, 3)
    z_before = z.copy()
    with np.errstate(all="ignore"):
        answer(np, z, c_before, c, h, work)
    _right(z_before, z, c_before, c, h, want)
    arguments, _ = _step(5, 3)
    _Spy.made.clear()
    _Spy.outside.clear()
    with np.errstate(all="ignore"):
        answer(_Module(), *(a.view(_Spy) for a in arguments))
    if _Spy.outside:
        name = min(_Spy.outside)
        raise NotYet(
            f"`np.{name}` was called. Your cell is handed a module, `xp`, and reaches every function through "
            f"it: `xp.{name}`. On a GPU `np` would be the wrong one."
        )
    if _Spy.made:
        what = ", ".join(f"{name} ({times})" for name, times in _Spy.made.items())
        raise NotYet(
            f"The numbers are right, but new arrays were made, by: {what}. Give each of these an out=, or "
            "use an operator such as *=."
        )
    arguments, _ = _step(200, 64)
    size = arguments[1].nbytes
    tracemalloc.start()
    try:
        answer(np, *arguments)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    if peak > size / 2:
        raise NotYet(
            f"Every operation has its out=, and yet {peak / size:.1f} times the size of c was allocated: is "
            "there a copy(), an empty or a zeros in your cell? `work` is there for that."
        )
    return "The right numbers, and not one new array."


def _right(z_before, z, c_before, c, h, want):
    if not np.array_equal(c_before, want["c_before"]):
        raise NotYet("c_before has changed: backward needs the cell state before the step. Write into c.")
    for name, found in (("c", c), ("h", h)):
        if np.isnan(found).all():
            raise NotYet(
                f"{name} holds no numbers. `{name} = ...` gives the name to a new array and leaves the "
                f"caller's as it was, and `{name} *= ...` multiplies the garbage in it; `out={name}` "
                "writes into it."
            )
    i, f, o, g = np.split(want["gates"], 4)
    H = len(i)
    if not np.allclose(z, want["gates"]):
        if np.array_equal(z, z_before):
            raise NotYet("z still holds what came in: it must hold the gates, out=s and out=g.")
        if np.allclose(z[: 3 * H], want["gates"][: 3 * H]):
            if np.allclose(z[3 * H :], 1 / (1 + np.exp(-z_before[3 * H :]))):
                raise NotYet("The block g went through the sigmoid: its nonlinearity is tanh.")
            raise NotYet(
                "The block g does not hold tanh(z_g) at the end. Did i * g go into its place? backward needs "
                "g: you have `work`."
            )
        for k, (name, gate) in enumerate(zip("ifo", (i, f, o))):
            block = z[k * H : (k + 1) * H]
            product = block / gate  # what the gate was multiplied by
            if any(np.allclose(product, a) for a in (g, want["c_before"], np.tanh(want["c"]))):
                raise NotYet(
                    f"The block {name} does not hold its gate at the end, but a product with it. backward "
                    "needs the gate: put the product into c, h or `work`."
                )
        if np.allclose(z[3 * H :], g):
            raise NotYet(
                "The first three blocks do not hold 1 / (1 + exp(-z)): check the sign, and the order."
            )
        raise NotYet(
            "z does not hold the gates: sigmoid in the first three blocks (s), tanh in the last (g)."
        )
    if not np.allclose(c, want["c"]):
        if np.allclose(c, np.tanh(want["c"])):
            raise NotYet(
                "c holds tanh(c): the cell state itself goes on to the next step. Put tanh(c) into h."
            )
        if np.allclose(c, i * g):
            raise NotYet("c holds only i * g: where is what the forget gate keeps of c_before?")
        raise NotYet("c is not f * c_before + i * g.")
    if not np.allclose(h, want["h"]):
        if np.allclose(h, np.tanh(want["c"])):
            raise NotYet("h holds tanh(c): the output gate is missing.")
        if np.allclose(h, o * want["c"]):
            raise NotYet("h holds o * c: the tanh of c is missing.")
        raise NotYet("h is not o * tanh(c).")
