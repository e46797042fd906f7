"""Grades lesson 9."""

import numpy as np

from ...gradients.diagnosis import looks_like
from ...network import GRU, Adam
from ...network.cells import lstm_cell, lstm_cell_gradient, sigmoid
from ..check import NotYet, grader
from . import published, verdicts  # noqa: F401 - verdicts grades 9.1
from .forms import results, unchanged

H, B = 4, 3


def _gru_step():
    rng = np.random.default_rng(83)
    layer = GRU(3 * H, H, rng=rng, dtype=float)
    layer.params = {"W": np.eye(3 * H), "U": rng.uniform(-1, 1, (3 * H, H)), "b": np.zeros((3 * H, 1))}
    layer.params["bn"] = rng.uniform(-1, 1, (H, 1))
    x, h, dh = rng.standard_normal((3 * H, B)), rng.uniform(-1, 1, (H, B)), rng.standard_normal((H, B))
    layer.forward(x[None], h)
    dz = layer.backward(dh[None])[0].copy()
    U = layer.params["U"]
    r, u = sigmoid(x[: 2 * H] + U[: 2 * H] @ h).reshape(2, H, B)
    v = U[2 * H :] @ h + layer.params["bn"]
    n = np.tanh(x[2 * H :] + r * v)
    return (dh, r, u, n, v, h), (dz[:H], dz[H : 2 * H], dz[2 * H :])


def _usual_gru(dh, r, u, n, v, h):
    """For each of dz_r, dz_u, dz_n what students write instead, each with its message."""
    slope, dz_n = 1 - n**2, dh * (1 - u) * (1 - n**2)
    return {
        "dz_n": (
            (dh * (1 - u), "dz_n has no slope of tanh: n = tanh(...)."),
            (dh * u * slope, "dz_n: n enters h_t with the factor 1 - u; you have u, the factor of h_(t-1)."),
            (dh * slope, "dz_n: n enters h_t with a factor, and you have left it out."),
            (dz_n * r, "dz_n has an r too many: z_n is added to r v, not inside it."),
            (
                dh * (1 - u) * (1 - np.tanh(n) ** 2),
                "dz_n: n is already the value of tanh, so the slope is 1 - n^2.",
            ),
            (dh * (1 - u) * n * (1 - n), "dz_n: n (1 - n) is the slope of a sigmoid, but n = tanh(...)."),
        ),
        "dz_u": (
            (dh * (n - h) * u * (1 - u), "dz_u has the wrong sign: u is in (1 - u) n with a minus."),
            (dh * (h - n), "dz_u has no slope of the sigmoid: u = sigmoid(z_u)."),
            (
                dh * h * u * (1 - u),
                "dz_u: u occurs twice in h_t, in u h_(t-1) and in (1 - u) n. One is missing.",
            ),
            (
                dh * (h + n) * u * (1 - u),
                "dz_u: one sign is wrong, since u occurs in (1 - u) n with a minus.",
            ),
            (dh * (h - n) * (1 - u**2), "dz_u: 1 - u^2 is the slope of a tanh, but u = sigmoid(z_u)."),
            (
                dh * (1 - n + h) * u * (1 - u),
                "dz_u: the derivative of (1 - u) n with respect to u is -n; the 1 drops out.",
            ),
            (-dh * n * u * (1 - u), "dz_u: u occurs twice in h_t; what it does in u h_(t-1) is missing."),
        ),
        "dz_r": (
            (dz_n * v, "dz_r has no slope of the sigmoid: r = sigmoid(z_r)."),
            (
                dh * (1 - u) * v * r * (1 - r),
                "dz_r: r is *inside* the tanh, so start from dz_n, not from dn.",
            ),
            (dh * v * r * (1 - r), "dz_r: r acts on h_t through n, so start from dz_n, not from dh."),
            (dz_n * v * (1 - r**2), "dz_r: 1 - r^2 is the slope of a tanh, but r = sigmoid(z_r)."),
            (dz_n * h * r * (1 - r), "dz_r: what r scales is v = U_n h + b_n, not h."),
            (dz_n * r * (1 - r), "dz_r: r is multiplied by v, and that factor is missing."),
        ),
    }


@grader("9.3")
def gru_back(answer):
    """The gradients of a GRU's three sums."""
    given, right = _gru_step()
    copies = [a.copy() for a in given]
    found = answer(*copies)
    unchanged(given, copies, "dh r u n v h_before".split())
    results(found, ((H, B),) * 3, "dz_r, dz_u, dz_n")
    found = dict(zip(("dz_r", "dz_u", "dz_n"), found))
    right = dict(zip(found, right))
    for name in ("dz_n", "dz_u", "dz_r"):
        if np.allclose(found[name], right[name], rtol=1e-9, atol=1e-11):
            continue
        for wrong, message in _usual_gru(*given)[name]:
            if np.allclose(found[name], wrong):
                raise NotYet(message)
        if any(np.allclose(found[name], a) for a in right.values()):
            raise NotYet(f"{name} is another gate's gradient: the order of the results is dz_r, dz_u, dz_n.")
        hint = looks_like(np.asarray(found[name], float), right[name])
        raise NotYet(f"{name} is not what the package's GRU gives: {hint}.")
    gap = max(np.abs(found[name] - right[name]).max() for name in right)
    return f"The package's GRU gives the same, to {gap:.0e}."


@grader("9.2")
def report(answer):
    """The lines of a published program that have to change."""
    said = answer()
    if not isinstance(said, dict) or not all(isinstance(new, str) for new in said.values()):
        raise NotYet('Want a dictionary from line numbers to texts, such as {7: "h = o * np.tanh(c)"}.')
    if unknown := [number for number in said if number not in published.NUMBERS]:
        raise NotYet(f"There is no line {unknown[0]!r}: the lines are numbered 1 to {published.NUMBERS[-1]}.")
    if not said:
        raise NotYet("Nothing reported yet. Begin where a second program, or scores of 1000, would tell.")
    try:
        names = published.functions(said)
        faults = [fault for fault, test in FAULTS.items() if not test(names)]
    except SyntaxError as error:
        raise NotYet(
            f"With your lines it is no longer valid Python: {error.msg}, near `{error.text}`."
        ) from None
    if faults:
        _explain_report(said, faults)
    if idle := [number for number in said if _passes({k: v for k, v in said.items() if k != number})]:
        raise NotYet(f"All faults are gone, but line {idle[0]} was right: a report blames what is wrong.")
    return "Four faults, and nothing blamed that is right. The author will thank you."


def _passes(changes):
    try:
        names = published.functions(changes)
        return all(test(names) for test in FAULTS.values())
    except Exception:
        return False


def _softmax(names):
    y = np.random.default_rng(0).normal(size=(4, 3))
    with np.errstate(all="ignore"):
        p, large = names["softmax"](y), names["softmax"](y + 1000)
    right = np.exp(y) / np.exp(y).sum(axis=0)
    return bool(np.allclose(p, right) and np.allclose(large, right))


def _forward(names):
    p, x, h, c = _drawn()
    found, right = names["step_forward"](x, h, c, p, H), lstm_cell(x, h, c, p["W"], p["U"], p["b"])
    return all(np.allclose(a, b) for a, b in zip(found[:2], right[:2]))


def _backward(names):
    p, x, h, c = _drawn()
    _, c_t, gates = lstm_cell(x, h, c, p["W"], p["U"], p["b"])
    dh, dc = np.random.default_rng(2).normal(size=(2, H, B))
    dz, dh_before, dc_before = names["step_backward"](dh.copy(), dc.copy(), gates, c, c_t, p, H)
    right_dz, right_dc = lstm_cell_gradient(dh, dc, gates, c, c_t)
    right = right_dz, p["U"].T @ right_dz, right_dc
    return all(np.allclose(a, b) for a, b in zip((dz, dh_before, dc_before), right))


def _adam(names, **betas):
    w, right = np.ones(3), {"w": np.ones(3)}
    theirs, m, v = Adam(right, lr=0.001), np.zeros(3), np.zeros(3)
    for t in range(1, 4):
        g = np.array([1.0, -0.1, 5.0]) * t
        m, v = names["adam"](w, g, m, v, t, **betas)
        theirs.step({"w": g})
    return bool(np.allclose(w, right["w"], rtol=1e-9))


def _drawn():
    rng = np.random.default_rng(1)
    shapes = {"W": (4 * H, 2), "U": (4 * H, H), "b": (4 * H, 1)}
    p = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    return p, *(rng.normal(size=shape) for shape in ((2, B), (H, B), (H, B)))


FAULTS = {"softmax": _softmax, "forward": _forward, "backward": _backward, "adam": _adam}
PLACES = {"softmax": range(1, 3), "forward": range(3, 8), "backward": range(8, 16), "adam": range(16, 20)}


def _explain_report(said, faults):
    done = f"{4 - len(faults) - (faults == ['adam'])} of 4 faults are gone. " if len(faults) < 4 else ""
    touched = [fault for fault in faults if any(number in PLACES[fault] for number in said)]
    if "forward" in touched:
        raise NotYet("Lines 3 to 7 were right, and with your change h or c is no longer an LSTM's.")
    if "softmax" in touched:
        raise NotYet("Softmax: scores of 1000 still give nan, or the probabilities have changed (lesson 4).")
    if "backward" in touched:
        raise NotYet(
            "Backward still differs from the package's. Follow `dh` from line to line: which lines need the "
            "gradient of h_t, and which the one that goes to h_(t-1)?"
        )
    if "adam" in touched:
        names = published.functions(said)
        if _adam(names, beta1=0.9, beta2=0.999):
            raise NotYet("Adam is right once the betas are: look at their values, beside the paper's.")
        if 16 in said and 19 not in said:
            raise NotYet("The betas may be right now, but t is handed to Adam and never used.")
        raise NotYet(
            "Adam's steps still differ from the paper's: compare line by line, at t = 1 and at t = 2."
        )
    where = {"softmax": "in the softmax", "backward": "in the backward pass", "adam": "in Adam"}
    raise NotYet(f"{done}There is another {where[faults[0]]}, where you have changed nothing.")
