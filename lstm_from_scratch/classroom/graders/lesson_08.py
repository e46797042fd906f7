"""Grades lesson 8."""

import numpy as np

from ...gradients.diagnosis import looks_like
from ...network import GRU, LSTM
from ..check import NotYet, grader
from .suspects import GUILTY, lstm

H, B = 4, 3


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


def _step():
    """One step of the package's LSTM with z given: the arguments of step_back, and what is right."""
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
        "Nothing has been added to what came along the belt: but h_t is made from c_t as well. What does "
        "equation 6 send to c_t?",
    )
    yield (
        dh * o * (1 - t**2),
        "What came along the belt is gone: c_t is used in h_t *and* in c_(t+1), and the two effects add up.",
    )
    yield (
        dc + dh * o,
        "Between c_t and h_t stands a tanh, and its slope is missing: 1 minus the square of tanh(c_t).",
    )
    yield (
        dc + dh * (1 - t**2),
        "In h_t = o tanh(c_t) the tanh is multiplied by o: so is what goes back through it.",
    )
    yield (
        dc - dh * o * (1 - t**2),
        "The sign: two effects *add up*, and no minus stands in equation 6.",
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
        "You multiplied by f what came along the belt. It comes from step t + 1, whose f it has already "
        "(see the last line of the function).",
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


def _two(found, shapes, names):
    if not isinstance(found, tuple) or len(found) != len(shapes):
        raise NotYet(f"Want {len(shapes)} results, {names}: is the `return` still as it was?")
    for a, shape, name in zip(found, shapes, names.split(", ")):
        if np.shape(a) != shape:
            raise NotYet(f"{name} is of shape {np.shape(a)}, want {shape}: units and examples.")


def _unchanged(before, after, names):
    for name, a, b in zip(names, before, after):
        if not np.array_equal(a, b):
            raise NotYet(
                f"Your code changed {name}, which belongs to its caller (`{name} += ...` works in place): a "
                f"check that uses it again goes astray. Write `{name} = {name} + ...`."
            )


@grader("8.1")
def step_back(answer):
    """One step of the LSTM's backward pass."""
    given, right = _step()
    copies = [a.copy() for a in given]
    found = answer(*copies)
    _unchanged(given, copies, "dh dc i f o g c_before c".split())
    _two(found, ((4 * H, B), (H, B)), "dz, dc_before")
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
            "Your dc is not all that c_t receives. That is a sum of two: what came along the belt, as it is; "
            "and dh times the other factor in h_t = o tanh(c_t), times the slope of tanh at c_t."
        )
    name, a, n = next(
        (name, a, n)
        for name, a, n in zip(("dz", "dc_before"), found, right)
        if not np.allclose(a, n, rtol=1e-9, atol=1e-11)
    )
    raise NotYet(f"{name} is not what the package's LSTM gives: {looks_like(np.asarray(a, float), n)}.")


BUGS = {
    1: "the bias of o used for i and f",
    2: "+ for * in the cell",
    3: "no slope of the sigmoids",
    4: "no tanh on the cell's way out, in both directions",
    5: "= for += over the steps",
    6: "dh of step t + 1 not added",
    7: "dc of step t + 1 not added",
    8: "the gradients of i and f exchanged",
}


def evidence(bug, T=5, zero_biases=False, zero_U=False):
    """Which parts a bug makes wrong, against the right program: a dictionary of bool."""
    rng = np.random.default_rng(88)
    shapes = {"W": (4 * H, 5), "U": (4 * H, H), "b": (4 * H, 1), "x": (T, 5, B), "h0": (H, B), "c0": (H, B)}
    p = {name: rng.uniform(-1, 1, shape) for name, shape in shapes.items()}
    R = rng.standard_normal((T, H, B))
    p["b"] = p["b"] * (not zero_biases)
    p["U"] = p["U"] * (not zero_U)
    found, right = lstm(p, R, bug), lstm(p, R)
    parts = {"h": slice(None), "x": slice(None), "h0": slice(None), "c0": slice(None)}
    wrong = {f"the gradient of {name}" if name != "h" else "h": (found[name], right[name]) for name in parts}
    for k, gate in enumerate("ifog"):
        rows = slice(k * H, (k + 1) * H)
        wrong[f"the gradient of W's block {gate}"] = found["W"][rows], right["W"][rows]
    return {name: not np.allclose(a, b, rtol=1e-8, atol=1e-10) for name, (a, b) in wrong.items()}


SETTINGS = (
    ("at random values", {}),
    ("with one step", {"T": 1}),
    ("with zero biases", {"zero_biases": True}),
    ("with U = 0", {"zero_U": True}),
)


def _contradiction(letter, said):
    """Where the evidence speaks against a verdict."""
    for setting, options in SETTINGS:
        is_so, would_be = evidence(GUILTY[letter], **options), evidence(said, **options)
        for part in is_so:
            if is_so[part] != would_be[part]:
                words = ("right", "wrong")
                return (
                    f"{letter} is not bug {said} ({BUGS[said]}): {setting}, that bug would leave {part} "
                    f"{words[would_be[part]]}, and {letter} has it {words[is_so[part]]}."
                )
    return (
        f"{letter} is not bug {said} ({BUGS[said]}), though both make the same parts wrong. How large can h "
        f"become in {letter}, and does {letter} pass the check against its *own* forward?"
    )


@grader("8.2")
def culprits(answer):
    """The bug of each suspect."""
    found = answer()
    if not isinstance(found, dict):
        raise NotYet('Want a dictionary, such as {"A": 1, "B": 2}.')
    missing = [letter for letter in GUILTY if letter not in found]
    if missing:
        raise NotYet(f"No verdict yet on {', '.join(missing)}.")
    for letter in GUILTY:
        if found[letter] not in BUGS:
            raise NotYet(f"{letter}: {found[letter]!r} is no number of the list, 1 to 8.")
    twice = sorted({f for f in found.values() if list(found.values()).count(f) > 1})
    if len(twice) == 1 and len(set(found.values())) == 1:
        raise NotYet(f"All six cannot be bug {twice[0]}: no two suspects have the same bug.")
    wrong = [letter for letter in GUILTY if found[letter] != GUILTY[letter]]
    if wrong:
        right = len(GUILTY) - len(wrong)
        raise NotYet(f"{right} of {len(GUILTY)} are right. {_contradiction(wrong[0], found[wrong[0]])}")
    return "All six, by what they leave behind."


def _gru_step():
    rng = np.random.default_rng(83)
    layer = GRU(3 * H, H, rng=rng, dtype=float)
    layer.params = {"W": np.eye(3 * H), "U": rng.uniform(-1, 1, (3 * H, H)), "b": np.zeros((3 * H, 1))}
    layer.params["bn"] = rng.uniform(-1, 1, (H, 1))
    x, h, dh = rng.standard_normal((3 * H, B)), rng.uniform(-1, 1, (H, B)), rng.standard_normal((H, B))
    layer.forward(x[None], h)
    dz = layer.backward(dh[None])[0].copy()
    U = layer.params["U"]
    r, u = _sigmoid(x[: 2 * H] + U[: 2 * H] @ h).reshape(2, H, B)
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
            (dz_n * r, "dz_n has an r too many: z_n stands beside r v, not inside it."),
            (
                dh * (1 - u) * (1 - np.tanh(n) ** 2),
                "dz_n: n is what tanh gave already, so the slope is 1 - n^2.",
            ),
            (dh * (1 - u) * n * (1 - n), "dz_n: n (1 - n) is the slope of a sigmoid, but n = tanh(...)."),
        ),
        "dz_u": (
            (dh * (n - h) * u * (1 - u), "dz_u has the wrong sign: u stands in (1 - u) n with a minus."),
            (dh * (h - n), "dz_u has no slope of the sigmoid: u = sigmoid(z_u)."),
            (
                dh * h * u * (1 - u),
                "dz_u: u stands in h_t twice, in u h_(t-1) and in (1 - u) n. One is missing.",
            ),
            (
                dh * (h + n) * u * (1 - u),
                "dz_u: one sign is wrong, since u stands in (1 - u) n with a minus.",
            ),
            (dh * (h - n) * (1 - u**2), "dz_u: 1 - u^2 is the slope of a tanh, but u = sigmoid(z_u)."),
            (
                dh * (1 - n + h) * u * (1 - u),
                "dz_u: the derivative of (1 - u) n by u is -n; the 1 falls away.",
            ),
            (-dh * n * u * (1 - u), "dz_u: u stands in h_t twice; what it does in u h_(t-1) is missing."),
        ),
        "dz_r": (
            (dz_n * v, "dz_r has no slope of the sigmoid: r = sigmoid(z_r)."),
            (
                dh * (1 - u) * v * r * (1 - r),
                "dz_r: r stands *inside* the tanh, so it begins from dz_n, not from dn.",
            ),
            (dh * v * r * (1 - r), "dz_r: r acts on h_t by way of n, so it begins from dz_n, not from dh."),
            (dz_n * v * (1 - r**2), "dz_r: 1 - r^2 is the slope of a tanh, but r = sigmoid(z_r)."),
            (dz_n * h * r * (1 - r), "dz_r: what r scales is v = U_n h + b_n, not h."),
            (dz_n * r * (1 - r), "dz_r: r stands in r v, so v is its factor, and it is missing."),
        ),
    }


@grader("8.3")
def gru_back(answer):
    """The gradients of a GRU's three sums."""
    given, right = _gru_step()
    copies = [a.copy() for a in given]
    found = answer(*copies)
    _unchanged(given, copies, "dh r u n v h_before".split())
    _two(found, ((H, B),) * 3, "dz_r, dz_u, dz_n")
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
