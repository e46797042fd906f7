"""Grades lesson 7."""

import numpy as np

from ...network import LSTM
from ..check import NotYet, grader

NAMES = ["55", "60", "_", "62", "r", "67"]  # not all pitches have their places among PITCHES
PITCHES = ["55", "60", "62", "67"]
H, V = len(PITCHES), len(NAMES)
READ = ["62", "_", "_", "60", "67", "_", "67", "_", "r", "_", "_", "55", *["_"] * 63, "60", "_", "r", "60"]


def _run(W, U, b):
    """h (T, H) from the package's LSTM, reading READ."""
    layer = LSTM(V, H, rng=np.random.default_rng(0), dtype=float)
    layer.params = {"W": W, "U": U, "b": b}
    with np.errstate(all="ignore"):
        return layer.forward(np.array([NAMES.index(s) for s in READ])[:, None])[:, :, 0].copy()


def _sounding():
    """What sounds at each symbol of READ: (T, H) of bool."""
    now, rows = None, []
    for symbol in READ:
        now = now if symbol == "_" else symbol
        rows.append([pitch == now for pitch in PITCHES])
    return np.array(rows)


def _holds(W, U, b):
    h, sounding = _run(W, U, b), _sounding()
    return bool((h[sounding] > 0.7).all() and (np.abs(h[~sounding]) < 0.05).all())


def _gates(W, b):
    """For each gate its value (H, V) by unit and symbol, the state taken as 0."""
    z = (W + b).reshape(4, H, V)
    with np.errstate(over="ignore"):
        i, f, o = 1 / (1 + np.exp(-z[:3]))
    return i, f, o, np.tanh(z[3])


def _weights(answer):
    found = answer(list(NAMES))
    if not isinstance(found, (tuple, list)) or len(found) != 3:
        raise NotYet(
            "Want three results, W, U and b: is the line `return W, U, b` still there, after your lines?"
        )
    for name, a, shape in zip(("W", "U", "b"), found, ((4 * H, V), (4 * H, H), (4 * H, 1))):
        if np.shape(a) != shape:
            raise NotYet(f"{name} has the shape {np.shape(a)}; for {H} pitches among {V} names want {shape}.")
        if not np.isfinite(a).all():
            raise NotYet(f"{name} has an entry that is not finite. 10 or 20 is large enough for a gate.")
    return [np.asarray(a, float) for a in found]


@grader("7.1")
def hold(answer):
    """Weights of cells that hold a note as long as it sounds."""
    W, U, b = _weights(answer)
    if _holds(W, U, b):
        return "A piano roll, by gates alone."
    if not W.any() and not b.any():
        raise NotYet("All weights are 0: every gate is half open, and the candidate is 0.")
    if not b.any():
        raise NotYet(
            "All of b is 0, and a gate without a bias is half open. Did you write `b_i = ...`? That gives "
            "the name to another number; `b_i[:] = ...` writes into b."
        )
    _order(W, U, b)
    if U.any():
        raise NotYet(
            "Some entries of U are not 0, and a state in the wrong place disturbs the gates. All a "
            "gate needs to know here is in the symbol: use only W and b."
        )
    own = np.array([[name == pitch for name in NAMES] for pitch in PITCHES])
    other = np.array([[name != pitch and name in PITCHES for name in NAMES] for pitch in PITCHES])
    rest, going_on = NAMES.index("r"), NAMES.index("_")
    i, f, o, g = _gates(W, b)
    if (i[own] < 0.5).all() and (i[other] > 0.5).all():
        raise NotYet(
            "Your input gate is open at every pitch except the unit's own: a sign is the wrong way round."
        )
    if np.array_equal(i > 0.5, np.eye(H, V) > 0):
        raise NotYet(
            "Unit k listens to the k-th *name*, but it belongs to the k-th *pitch*. names.index(pitch) is "
            "the pitch's column."
        )
    if (i[own] < 0.9).any():
        _say_where(
            i, own, "The input gate must be open at the unit's own pitch", "Too little is written there."
        )
    if (i[other] > 0.01).any():
        _say_where(
            i, other, "The input gate must be shut at another pitch", "The unit mistakes it for its own."
        )
    if (i[:, [going_on, rest]] > 0.01).any():
        raise NotYet(
            f"At `_` or `r` an input gate is {i[:, [going_on, rest]].max():.2g}, so something is written "
            "where no note begins. Is its bias negative enough, so that it is shut unless a symbol opens it?"
        )
    if (g[own] < 0.9).any():
        raise NotYet(
            f"The input gate opens, but the candidate g is {g[own].min():.2g} there, and what is "
            "written is i times g. It must be 1: what gives a tanh near 1?"
        )
    if (f[:, going_on] < 0.5).all():
        raise NotYet(
            f"The forget gate is {f[:, going_on].min():.2g} at `_`: the note is gone one step after it "
            "began. Remember that 1 means keep."
        )
    if (f[:, going_on] < 0.999).any():
        n, value = 63, float(f[:, going_on].min())
        raise NotYet(
            f"The forget gate is only {value:.4g} at `_`: of a note of {n + 1} steps {value**n:.1g} is left "
            "at its end. It must be nearer to 1 there: a larger number."
        )
    if (f[other] > 0.5).all():
        raise NotYet(
            f"The forget gate is {f[other].max():.2g} even where another note begins: the old note "
            "stays on the belt, and two sound at once. W_f must tell `_` from a pitch."
        )
    if (f[:, rest] > 0.01).any():
        raise NotYet(
            f"The forget gate is {f[:, rest].max():.2g} at `r`: the note sounds on through the rest. "
            "A rest ends a note just as another note does."
        )
    if (f[other] > 0.01).any():
        _say_where(
            f, other, "The forget gate must be shut at another pitch", "A little of the old note stays."
        )
    if (o < 0.5).any():
        raise NotYet(
            f"The cells hold what they should, but an output gate is {o.min():.2g}, so they do not show it: "
            "h is o tanh(c)."
        )
    h, sounding = _run(W, U, b), _sounding()
    right = np.where(sounding, h > 0.7, np.abs(h) < 0.05)
    t, k = np.argwhere(~right)[0]
    raise NotYet(
        f"At step {t + 1} of {' '.join(READ[: t + 1][-8:])} the unit of {PITCHES[k]} shows {h[t, k]:.3f}, "
        f"want {'above 0.7' if sounding[t, k] else 'near 0'}: are the gates near enough to 0 and 1?"
    )


def _order(W, U, b):
    """Whether the weights would be right with their blocks in another order."""
    orders = ((1, 0, 2, 3), "f, i, o, g"), ((0, 2, 1, 3), "i, o, f, g")
    for order, name in orders:
        blocks = [a.reshape(4, H, -1)[list(order)].reshape(a.shape) for a in (W, U, b)]
        if _holds(*blocks):
            raise NotYet(
                f"Your numbers are right, but stacked in the order {name}. Here it is i, f, o, g: write "
                "through gates(W) and gates(b), which know it."
            )


def _say_where(gate, which, want, so):
    """Where a gate is furthest from what is wanted."""
    far = np.where(which, np.abs(gate - ("open" in want)), -1)
    k, s = np.unravel_index(far.argmax(), far.shape)
    raise NotYet(f"{want}, but unit {PITCHES[k]} has {gate[k, s]:.2g} at symbol {NAMES[s]}. {so}")


def _sigmoid(z):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-z))


def _logit(f):
    with np.errstate(all="ignore"):
        return np.log(f / (1 - f))


STEPS = np.array([2.0, 4.0, 16.0, 100.0, 1000.0])
USUAL = (
    (
        lambda n: 0.5 ** (1 / n),
        "That is the forget gate itself, 2^(-1/n): the right one. Which bias gives a sigmoid of that value?",
    ),
    (
        lambda n: -_logit(0.5 ** (1 / n)),
        "The right size, but the wrong sign: a long memory wants a gate near 1, and so a bias that is large "
        "and positive.",
    ),
    (
        lambda n: np.log(0.5 ** (1 / n)),
        "That is ln f. It would be the answer if the gate were e^b; it is 1 / (1 + e^(-b)).",
    ),
    (
        lambda n: np.log(2) / n,
        "That is -ln f, as if the gate were e^(-b); it is 1 / (1 + e^(-b)). Solve this for b.",
    ),
    (
        lambda n: _logit(np.exp(-1 / n)),
        "With your bias 1/e (37 %) is left after so many steps, not a half.",
    ),
    (
        lambda n: _logit(1 - 1 / n),
        "You took f = 1 - 1/n, as if each step took an n-th of the *first* amount. It takes a share of "
        "what is left: powers of f.",
    ),
    (
        lambda n: _logit(1 - 0.5 / n),
        "You took f = 1 - 1/(2n), as if each step took as much as the first. It takes a share of what is "
        "left, so that what is left is a power of f.",
    ),
    (
        lambda n: _logit(0.5**n),
        "You took f = 2^(-n), a power instead of a root: f^n must be 1/2.",
    ),
    (
        lambda n: np.log(n / np.log(2)),
        (
            "Very close for long memories, since 1 - f is nearly ln(2) / n, but it is off for 2 "
            "steps. The equation can be solved exactly."
        ),
    ),
)


@grader("7.2")
def bias_for(answer):
    """The forget bias that leaves half after so many steps."""
    if answer(4) is None:
        raise NotYet("bias_for returned None: does it end with `return`?")
    try:
        found = np.array([float(answer(int(n))) for n in STEPS])
        one = float(answer(1))
    except (TypeError, ValueError):
        raise NotYet("Want a single number, the bias.") from None
    right = _logit(0.5 ** (1 / STEPS))
    for rule, message in USUAL:
        if np.allclose(found, rule(STEPS), rtol=1e-6):
            raise NotYet(message)
    if not np.allclose(found, right, rtol=1e-9, atol=1e-9):
        n = int(np.argmax(~np.isclose(found, right, rtol=1e-9, atol=1e-9)))
        raise NotYet(
            f"bias_for({STEPS[n]:.0f}) gave {found[n]:.6g}: then f is {_sigmoid(found[n]):.6g} and "
            f"{_sigmoid(found[n]) ** STEPS[n]:.6g} is left, not 0.5."
        )
    if not abs(one) < 1e-9:
        raise NotYet(f"bias_for(1) gave {one:.3g}: one step must leave half, so f is 1/2 there.")
    return f"Four bars need a forget bias of {float(answer(64)):.1f}."
