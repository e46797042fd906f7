"""Grades lesson 6."""

import numpy as np

from ...gradients import check_gradients
from ...network import RNN
from ..check import NotYet, grader

T, H, B = 5, 4, 2


def _net(rng):
    """A net with W = 1, so that the gradient of its input is dz: tensors, R, and h (T + 1, H, B)."""
    shapes = {"U": (H, H), "b": (H, 1), "x": (T, H, B), "h0": (H, B)}
    tensors = {name: rng.uniform(-1, 1, shape) for name, shape in shapes.items()}
    return tensors, rng.standard_normal((T, H, B)), _states(tensors)


def _states(tensors):
    layer = RNN(H, H, rng=np.random.default_rng(0), dtype=tensors["x"].dtype)
    layer.params = {"W": np.eye(H, dtype=layer.dtype), "U": tensors["U"], "b": tensors["b"]}
    return np.concatenate([tensors["h0"][None], layer.forward(tensors["x"], tensors["h0"])])


def _loop(line, R, h, U):
    """The exercise's loop with a line of one's own."""
    dz, back = np.zeros_like(R), np.zeros_like(h[0])
    for t in reversed(range(1, len(R) + 1)):
        dh = R[t - 1] + back
        dz[t - 1] = dh * (1 - h[t] ** 2)
        back = line(U, dz[t - 1], dh, h, t, back)
    return dz, back


def _usual_lines(R):
    """What students write instead, each with its message."""
    yield (
        lambda U, dz, dh, h, t, back: 0 * dz,
        (
            "Nothing comes back: each step knows only its own R, as if no state were handed on. What "
            "does h_(t-1) act on at step t? (Or does your line not begin with `back =`?)"
        ),
    )
    yield (
        lambda U, dz, dh, h, t, back: dz,
        (
            "What comes back is dz itself. On its way from h_(t-1) to z_t the state was multiplied "
            "by U, so what comes back must be multiplied by it too, in a way."
        ),
    )
    yield (
        lambda U, dz, dh, h, t, back: U @ dz,
        (
            "You multiplied by U as it is. Entry j of h_(t-1) must gather what *all rows* k give it, "
            "each with U_kj: the sum is over k, the first index of U, but U @ sums over the second."
        ),
    )
    yield (
        lambda U, dz, dh, h, t, back: U.T @ dh,
        (
            "You sent back dh, as it was above the tanh. U is *below* the tanh, in z: which gradient "
            "has already passed through the tanh?"
        ),
    )
    yield (
        lambda U, dz, dh, h, t, back: back + U.T @ dz,
        (
            "You added to the old `back` (+=). What came from step t + 1 is already in dh, and so in "
            "dz: it would be counted again at each step."
        ),
    )
    yield (
        lambda U, dz, dh, h, t, back: (U.T @ dz) * (1 - h[t - 1] ** 2),
        "The slope of tanh at step t - 1 is in it twice: the loop multiplies by (1 - h^2) itself, when it "
        "gets there.",
    )
    yield (
        lambda U, dz, dh, h, t, back: U.T @ (dz * (1 - h[t] ** 2)),
        "The slope of tanh at step t is in it twice: dz has it already.",
    )
    yield (
        lambda U, dz, dh, h, t, back: (U.T @ dz) * (1 - h[t] ** 2),
        (
            "What comes back is multiplied by a slope of tanh after U^T. There is no tanh between "
            "h_(t-1) and z_t."
        ),
    )
    yield (
        lambda U, dz, dh, h, t, back: U.T @ dz + (R[t - 2] if t > 1 else 0),
        "R is in it twice: the next round of the loop adds the R of its own step. `back` is only what step t "
        "sends.",
    )
    yield (
        lambda U, dz, dh, h, t, back: U.T @ dz + R[t - 1],
        "You added the R of step t. It is in dz already; on its own it does not act on h_(t-1).",
    )


@grader("6.1")
def through_time(answer):
    """All dz, and the gradient of h0."""
    tensors, R, h = _net(np.random.default_rng(6))
    given = [R.copy(), h.copy(), tensors["U"].copy()]
    try:
        found = answer(*given)
    except ValueError as error:
        if "matmul" not in str(error) and "broadcast" not in str(error):
            raise
        raise NotYet(
            f"The shapes do not fit: dz[t - 1] is {h[0].shape}, units and examples, and U is {(H, H)}. A "
            "product sums over the columns of its left factor, so U is on the left, in one form or another."
        ) from None
    for name, before, after in zip(("R", "h", "U"), (R, h, tensors["U"]), given):
        if not np.array_equal(before, after):
            raise NotYet(f"Your code changed {name}, which belongs to its caller: make a new array instead.")
    if not isinstance(found, tuple) or len(found) != 2:
        raise NotYet(
            "Want two results, dz and back: is the line `return dz, back` still there, after the loop?"
        )
    dz, back = found
    if np.shape(dz) != R.shape:
        raise NotYet(f"dz has the shape {np.shape(dz)}, want {R.shape}.")
    if np.shape(back) != h[0].shape:
        raise NotYet(
            f"`back` has the shape {np.shape(back)}, but a gradient has the shape of what it belongs "
            f"to: h_(t-1) is {h[0].shape}, units and examples."
        )
    for line, message in _usual_lines(R):
        wrong = _loop(line, R, h, tensors["U"])
        if np.allclose(dz, wrong[0]) and np.allclose(back, wrong[1]):
            raise NotYet(message)
    checks = check_gradients(
        lambda p: (R * _states(p)[1:]).sum(), tensors, {"x": np.asarray(dz), "h0": np.asarray(back)}
    )
    bad = [c for c in checks if not c.ok]
    if bad:
        what = "dz" if bad[0].tensor == "x" else "the gradient of h0"
        raise NotYet(f"Against a numerical derivative, {what} is off by {bad[0].error:.0e}: {bad[0].hint}.")
    return f"Both numerical derivatives agree, to {max(c.error for c in checks):.0e}."


def _jacobian(h, U):
    return (1 - h**2)[:, None] * U


def _product(factors, step=lambda P, J: P @ J, norm=lambda P: np.linalg.norm(P, 2)):
    P = np.eye(len(factors[0]))
    norms = [norm(P)]
    for J in factors:
        P = step(P, J)
        norms.append(norm(P))
    return np.array(norms)


def _usual(h, U):
    """What students compute instead, each with its message."""
    back = [_jacobian(h_s, U) for h_s in h[:0:-1]]
    right = _product(back)
    yield (
        right[::-1],
        ("The right norms in the wrong order: the first must be distance 0 (h_T by itself, 1), the last T."),
    )
    yield (
        right[1:],
        f"{len(right) - 1} norms, the first of distance 1: distance 0 is missing, h_T by h_T itself, whose "
        "matrix changes nothing.",
    )
    yield (
        _product([U] * len(back)),
        "These are the norms of the powers of U: right in silence only. Each step also passes through tanh, "
        "whose slope is 1 - h^2.",
    )
    yield (
        _product([U * (1 - h_s**2) for h_s in h[:0:-1]]),
        "Your 1 - h^2 scales the *columns* of U: NumPy lays a row of numbers along the columns. The slope of "
        "unit k belongs to row k (diag on the left, or [:, None]).",
    )
    yield (
        _product(back, step=lambda P, J: J @ P),
        "Your product is in the wrong order: J_(t+1) ... J_T, with the latest on the right. Each factor that "
        "you meet on the way back belongs on the other side.",
    )
    yield (
        _product([_jacobian(h_s, U) for h_s in h[-2::-1]]),
        "You took 1 - h^2 of the state *before* the step. The tanh of step s gives h_s: its slope there is "
        "1 - h_s^2.",
    )
    yield (
        _product([_jacobian(h_s, U) for h_s in h[1:]]),
        "You walk from the first step to the last: distance 1 is then J_1, but from h_(T-1) to h_T it is "
        "J_T. Begin at step T.",
    )
    yield (
        _product([_jacobian(h_s, U) for h_s in h[1:]], step=lambda P, J: J @ P),
        (
            "Your products begin at step 1: they say how h_1, h_2, ... depend on h_0. You need how "
            "the *last* state depends on earlier ones, so begin with J_T; the next factor is J_(T-1)."
        ),
    )
    yield (
        np.array([1.0, *(np.linalg.norm(J, 2) for J in back)]),
        "These are the norms of single steps. From h_(T-d) to h_T there are d steps: multiply their "
        "matrices.",
    )
    yield (
        _product(back, step=lambda P, J: P * J),
        "With * the matrices are multiplied entry by entry. One step after the other is a matrix product: @.",
    )
    yield (
        _product([(1 - np.tanh(h_s) ** 2)[:, None] * U for h_s in h[:0:-1]]),
        "You took tanh of h. But h has come out of tanh already: the slope is 1 - h^2.",
    )
    yield (
        _product([_jacobian(h_s, U.T) for h_s in h[:0:-1]]),
        "You transposed U. Row k of J says what acts on unit k, so its entry j has U_kj: U as it is.",
    )
    yield (
        _product(back, norm=np.linalg.norm),
        (
            "At distance 0 you gave 2, the root of the number of units: np.linalg.norm(P) of a "
            "matrix is the root of the sum of its squares. For the largest stretch it needs a second "
            "argument."
        ),
    )
    yield (
        np.cumprod([1.0, *(np.linalg.norm(J, 2) for J in back)]),
        "You multiplied the norms: that is what the product could be at most, if each matrix stretched what "
        "the one before stretched most. Multiply the matrices, then take the norm.",
    )
    yield (
        _product([np.diag(h_s) @ U for h_s in h[:0:-1]]),
        "Your factor is h, but the slope of tanh is 1 - h^2 where tanh gives h.",
    )


@grader("6.2")
def reach(answer):
    """The norms of the derivatives of h_T by h_(T-d)."""
    rng = np.random.default_rng(62)
    U = rng.uniform(-1, 1, (H, H))
    shapes = {"b": (H, 1), "x": (T, H, B), "h0": (H, B)}
    h = _states({"U": U, **{name: rng.uniform(-1, 1, shape) for name, shape in shapes.items()}})[:, :, 0]
    given = h.copy(), U.copy()
    found = answer(*given)
    if found is None:
        raise NotYet("reach returned None: does it end with `return`?")
    if not (np.array_equal(given[0], h) and np.array_equal(given[1], U)):
        raise NotYet("Your code changed h or U, which belong to its caller: make new arrays.")
    try:
        found = np.asarray(found, float)
    except (TypeError, ValueError):
        raise NotYet(
            "What came back is no list of numbers: want one norm for each distance, not matrices."
        ) from None
    for wrong, message in _usual(h, U):
        if found.shape == wrong.shape and np.allclose(found, wrong):
            raise NotYet(message)
    if found.shape != (T + 1,):
        raise NotYet(
            f"Of {T + 1} states came something of shape {found.shape}: want {T + 1} norms, distance 0 to {T}."
        )
    right = _product([_jacobian(h_s, U) for h_s in h[:0:-1]])
    first = int(np.argmax(~np.isclose(found, right)))
    if not np.allclose(found, right):
        if first == 0:
            raise NotYet(
                f"At distance 0 you gave {found[0]:.4g}, want 1: h_T by itself. Take the first norm before "
                "the first product."
            )
        raise NotYet(
            f"At distance {first} you gave {found[first]:.4g}, want {right[first]:.4g} (nearer ones are "
            "right): what is multiplied there?"
        )
    return "You can tell of any state how far it is heard."
