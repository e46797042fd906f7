"""Grades the backward pass that lesson 5 mends."""

import numpy as np

from ...gradients import check_gradients
from ...network import SoftmaxCrossEntropy
from ..check import NotYet, grader

V, H, B = 7, 5, 4
SHAPES = {"W": (H, V), "b": (H, 1), "Wy": (V, H), "by": (V, 1)}


@grader("5.3")
def mended(answer):
    """The backward of two dense layers, with a tanh between them."""
    rng = np.random.default_rng(4)
    tensors = {name: rng.uniform(-1, 1, shape) for name, shape in SHAPES.items()}
    x, targets = rng.uniform(-1, 1, (V, B)), np.array([2, 6, 0, 2])

    def loss(p):
        y = p["Wy"] @ np.tanh(p["W"] @ x + p["b"]) + p["by"]
        return SoftmaxCrossEntropy().forward(y, targets)

    given = {name: tensor.copy() for name, tensor in tensors.items()}
    grads = answer(given, x.copy(), targets.copy())
    if not isinstance(grads, dict) or set(grads) != set(SHAPES):
        raise NotYet("Want a dictionary with the gradients of W, b, Wy and by, as broken returns.")
    if any(not np.array_equal(given[name], tensors[name]) for name in SHAPES):
        raise NotYet("The parameters were changed: a backward only computes gradients.")
    for name, shape in SHAPES.items():
        if np.shape(grads[name]) != shape:
            raise NotYet(
                f"The gradient of {name} is {np.shape(grads[name])}, the tensor {shape}: see its line."
            )
    report = {
        line.tensor: line for line in check_gradients(loss, tensors, grads) if "central" not in line.method
    }
    wrong = [name for name in ("by", "Wy", "b", "W") if not report[name].ok]
    if wrong:
        _explain_backward(wrong, report, grads, tensors, x, targets)
    return f"All four within {max(line.error for line in report.values()):.0e}, by the complex step."


def _explain_backward(wrong, report, grads, tensors, x, targets):
    places = ", ".join(f"{name} {'wrong' if name in wrong else 'ok'}" for name in ("by", "Wy", "b", "W"))
    start = f"The report, from the loss on: {places}. "
    if set(wrong) & {"b", "W"} and not set(wrong) & {"by", "Wy"}:
        _explain_tanh(start, grads, tensors, x, targets)
    first = wrong[0]
    hint = f"{first} looks like {report[first].hint}. "
    if first == "by":
        if "Wy" not in wrong:
            where = (
                "Wy is right, so dy is, or what is missing in dy was put right further on: do it in dy, once."
            )
        else:
            where = (
                "Between it and the loss lies only dy: look there, and think what kind of sum the loss is. "
            )
            same = len({report[name].hint for name in wrong}) == 1
            where += "This is the only bug left." if same else "Others wait behind it: mend this one first."
    elif first == "Wy":
        where = "by is right, so dy is. Only the line of dWy is left: what did forward multiply Wy by?"
    elif wrong == ["b"]:
        where = "W is right, so dz is: only the line of db is left. How many columns used this bias?"
    elif wrong == ["W"]:
        where = "b is right, so dz is. Only the line of dW is left."
    else:
        where = "by and Wy are right, so dy is. b and W are both wrong: begin with what both use, dh and dz."
    raise NotYet(start + hint + where)


def _explain_tanh(start, grads, tensors, x, targets):
    z = tensors["W"] @ x + tensors["b"]
    h = np.tanh(z)
    loss = SoftmaxCrossEntropy()
    loss.forward(tensors["Wy"] @ h + tensors["by"], targets)
    dh = tensors["Wy"].T @ loss.backward()
    for factor, remark in (
        (
            1 - z**2,
            ("the derivative of tanh is written in terms of its own value. Which of z and h is that value?"),
        ),
        (1 - np.tanh(h) ** 2, "the tanh is taken twice: h is a tanh already."),
        (1 - h, "a square is lost in the derivative of tanh."),
        (h**2 - 1, "the derivative of tanh has the wrong sign."),
        (h * (1 - h), "that is a sigmoid's derivative. This is a tanh."),
        (np.ones_like(h), "dh goes through the tanh as if it were not there: its derivative is missing."),
    ):
        if np.allclose(grads["W"], (dh * factor) @ x.T):
            raise NotYet(f"{start}Both b and W use dz, and there {remark}")
