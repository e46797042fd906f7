"""Grades the Adam of lesson 10."""

import numpy as np

from ...network import Adam
from ..check import NotYet, grader

SHAPES = {"W": (3, 2), "b": (3, 1)}
STEPS = 6


def _gradients():
    rng = np.random.default_rng(3)
    return [
        {k: rng.normal(0, 1, s) * 10.0 ** rng.integers(-6, 2, s) for k, s in SHAPES.items()}
        for _ in range(STEPS)
    ]


def _start():
    rng = np.random.default_rng(4)
    return {k: rng.normal(size=s) for k, s in SHAPES.items()}


@grader("10.3")
def adam(answer):
    """Adam for a dictionary of arrays."""
    params, path, right = _start(), [], _start()
    held = dict(params)
    optimizer, theirs = answer(params, lr=0.01), Adam(right, lr=0.01)
    _separate(optimizer, params)
    wanted = []
    for grads in _gradients():
        given = {k: g.copy() for k, g in grads.items()}
        try:
            with np.errstate(all="ignore"):
                optimizer.step(given)
        except ZeroDivisionError:
            raise NotYet("A division by 0: 1 - beta^t is 0 at t = 0. The first step has t = 1.") from None
        if any(not np.array_equal(given[k], grads[k]) for k in SHAPES):
            raise NotYet("grads were changed: use them, but leave them as they are.")
        if any(params[k] is not held[k] for k in SHAPES):
            raise NotYet(
                "The dictionary got new arrays, and the old ones, which the network holds, did not change: "
                "assign *into* them."
            )
        theirs.step(grads)
        path.append(np.concatenate([params[k].ravel() for k in SHAPES]))
        wanted.append(np.concatenate([right[k].ravel() for k in SHAPES]))
    start = np.concatenate([p.ravel() for p in _start().values()])
    path, wanted = np.array(path) - start, np.array(wanted) - start
    if not path.any():
        raise NotYet(
            "No parameter has changed: `p = p - ...` gives the name p to a new array. Change the "
            "array in place."
        )
    if not np.allclose(path, wanted, rtol=1e-7, atol=1e-12):
        _explain_path(path, wanted)
    return "The package's Adam, to the last digits."


def _separate(optimizer, params):
    kept = [d for d in vars(optimizer).values() if isinstance(d, dict) and d is not params]
    arrays = [a for d in kept for a in d.values() if isinstance(a, np.ndarray)]
    if len({id(d) for d in kept}) < len(kept) or len({id(a) for a in arrays}) < len(arrays):
        raise NotYet(
            "Two of the means you keep are the same object under two names: what is written into one "
            "is in the other too. Make a separate one for each."
        )
    if any(a is p for a in arrays for p in params.values()):
        raise NotYet("A mean that you keep *is* a parameter's array: make a new array of zeros.")


def _explain_path(path, wanted):
    if not np.any(np.isfinite(path[0])):
        raise NotYet("nan or infinity for every weight: 1 - beta^t is 0 at t = 0. The first step has t = 1.")
    if not np.all(np.isfinite(path)):
        raise NotYet(
            "nan or infinity for some weights: a root of something negative. Is v a mean of "
            "*squares*, and beta^t a power, `**`?"
        )
    if np.allclose(path, -wanted, rtol=1e-6):
        raise NotYet("Every step goes uphill: the change must be subtracted.")
    for fault, remark in FAULTS.items():
        if np.allclose(path, _simulated(fault), rtol=1e-6, atol=1e-12):
            raise NotYet(remark)
    step = int(np.argmax(~np.all(np.isclose(path, wanted, rtol=1e-7, atol=1e-12), axis=1))) + 1
    if step > 1:
        raise NotYet(
            f"Right up to step {step - 1} and wrong from step {step} on: look at what is carried from "
            "one step to the next."
        )
    place = int(np.argmax(np.abs(path[0] - wanted[0])))
    raise NotYet(
        f"Wrong from the first step on: a weight changed by {path[0][place]:.4g}, want "
        f"{wanted[0][place]:.4g} (lr is 0.01). Compare each line with the formulas, at t = 1."
    )


FAULTS = {
    "none": "Both bias corrections are missing: the first step is 3.16 lr. Divide by 1 - beta^t.",
    "only m": "v is not corrected: at t = 1 its root is 32 times too small, and the step too large.",
    "only v": "m is not corrected: at t = 1 it is 10 times too small, and so is the step.",
    "stored": (
        "The corrected means are stored as m and v, and corrected again next time: keep the uncorrected ones."
    ),
    "t a tensor": "t is counted up for each tensor, so the second one is always ahead: count once per step.",
    "t ahead": "t is 2 in the first step: begin at 0 and count up before, or begin at 1 and count up after.",
    "t stays": "t stays at 1, so m and v are divided by 1 - beta for ever: count it up, and keep it in self.",
    "forgotten": (
        "m and v start at 0 again in each step, which leaves lr times the sign: keep them in self."
    ),
    "inside": "Epsilon is inside the root, where it acts like 1e-4: add it outside.",
    "swapped": "The two betas are swapped: m forgets fast (0.9), v slowly (0.999).",
    "no root": "The step is divided by v itself: v has the size of g^2, so take its root.",
}


def _simulated(fault, lr=0.01, eps=1e-8):
    """The path of Adam with a usual fault."""
    w, m, v = ({k: np.zeros(s) for k, s in SHAPES.items()} for _ in range(3))
    b1, b2 = (0.999, 0.9) if fault == "swapped" else (0.9, 0.999)
    path = []
    for k, grads in enumerate(_gradients(), 1):
        for i, (name, g) in enumerate(grads.items()):
            if fault == "forgotten":
                m[name], v[name] = np.zeros_like(g), np.zeros_like(g)
            t = {"t a tensor": 2 * k - 1 + i, "t ahead": k + 1, "t stays": 1, "forgotten": 1}.get(fault, k)
            m[name] = b1 * m[name] + (1 - b1) * g
            v[name] = b2 * v[name] + (1 - b2) * g**2
            mh = m[name] if fault in ("none", "only v") else m[name] / (1 - b1**t)
            vh = v[name] if fault in ("none", "only m") else v[name] / (1 - b2**t)
            if fault == "stored":
                m[name], v[name] = mh, vh
            below = {"inside": np.sqrt(vh + eps), "no root": vh + eps}.get(fault, np.sqrt(vh) + eps)
            w[name] = w[name] - lr * mh / below
        path.append(np.concatenate([p.ravel() for p in w.values()]))
    return np.array(path)
