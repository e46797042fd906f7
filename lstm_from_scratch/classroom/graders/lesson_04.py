"""Grades lesson 4."""

import numpy as np

from ...gradients import check_gradients
from ...network import SoftmaxCrossEntropy
from ..check import NotYet, grader

Y = np.array([[0.3, 2.0, -1.0], [1.2, -0.4, 0.8], [-0.7, 0.5, 1.9], [0.1, 1.1, 0.6], [2.2, -1.5, 0.2]])
TARGETS = np.array([4, 1, 1])


def _call(answer, y, *more):
    """What the answer makes of a copy of y, its form checked."""
    given = y.copy()
    with np.errstate(all="ignore"):
        found = answer(given, *more)
    name = getattr(answer, "__name__", "your function")
    if found is None:
        raise NotYet(f"{name} returned None: does it end with `return`?")
    if np.shape(found) != y.shape:
        hint = (
            "one number for every score, not one for every column" if np.size(found) < y.size else "as y has"
        )
        raise NotYet(f"From y {y.shape} came something of shape {np.shape(found)}: want {y.shape}, {hint}.")
    if not np.array_equal(given, y):
        raise NotYet(
            "Your code changed y itself (`y -= ...` works in place): the caller still needs its scores."
        )
    try:
        return np.asarray(found, float)
    except (TypeError, ValueError):
        raise NotYet("What came back are not numbers: want an array of floats.") from None


def _log_p(y):
    """The logarithms of the probabilities, from the package's loss: of each column, with each target."""
    loss = SoftmaxCrossEntropy()
    columns = (y[:, [n]] for n in range(y.shape[1]))
    return np.array([[-loss.forward(c, np.array([k])) for k in range(len(y))] for c in columns]).T


@grader("4.1")
def log_softmax(answer):
    """Logarithms of the softmax, down each column."""
    found = _call(answer, Y)
    if not np.allclose(found, _log_p(Y), atol=1e-10):
        _explain_logarithm(found, _log_p(Y))
    y = np.array([[1000.0, 3.0], [999.0, 1.0], [998.0, 2.0]])
    found = _call(answer, y)
    if not np.all(np.isfinite(found)):
        if np.all(np.isfinite(found[:, 0])):
            raise NotYet(
                "Where one column holds scores near 1000 and another scores near 3, the other became "
                "infinite or nan: the largest score of *all* columns is subtracted. Each column needs its "
                "own largest."
            )
        raise NotYet(
            "nan or infinity for the scores 1000, 999, 998: an exponential grew beyond every float. "
            "Subtract something from each column, in both places of the formula, before the exponential."
        )
    y = np.array([[0.0, 5.0], [-800.0, 4.0]])
    found = _call(answer, y)
    if not np.all(np.isfinite(found)):
        raise NotYet(
            "For the scores 0 and -800 the second logarithm should be -800, and yours is not finite: p "
            "itself became 0 on the way. Take the logarithm of the *sum* only, and never of p."
        )
    if not np.allclose(found, _log_p(y), atol=1e-9):
        raise NotYet(
            f"For the scores 0 and -800 the second logarithm is -800, and yours is {found[1, 0]:.4g}. It is "
            "finite only because something was added to p, or p was kept from becoming 0: the number is "
            "wrong all the same. Take the logarithm of the *sum* only, and never of p."
        )
    y = np.array([[-900.0, 1.0], [-901.0, 2.0]])
    found = _call(answer, y)
    if not np.allclose(found, _log_p(y), atol=1e-9):
        raise NotYet(
            "The scores -900 and -901 came out wrong, though the same scores near 0 do not: all "
            "exponentials became 0. What you subtract must follow the scores, wherever they lie."
        )
    return "Finite for every score."


def _explain_logarithm(found, right):
    p, shifted = np.exp(right), Y - Y.max(axis=0)
    sums = np.exp(shifted).sum(axis=0)
    with np.errstate(all="ignore"):
        added = np.exp(found) - p
    if np.isfinite(added).all() and np.ptp(added) < 0.01 * abs(added.mean()):
        raise NotYet(
            f"Your numbers are ln(p + {added.mean():.0e}): what was added makes every logarithm wrong. The "
            "formula needs no such help, since it never takes the logarithm of p."
        )
    if not np.all(np.isfinite(found)):
        raise NotYet(
            "nan or infinity for small, harmless scores: the shifted scores are never above 0, and have no "
            "logarithm. It belongs to the sum of their *exponentials*."
        )
    if np.allclose(found, shifted - sums):
        raise NotYet("The sum itself is subtracted from the shifted scores: want its logarithm.")
    if np.allclose(found, shifted / sums):
        raise NotYet("You divide by the sum: a fraction's logarithm is a *difference* of two logarithms.")
    if np.allclose(found, p):
        raise NotYet(
            "These are the probabilities themselves: want their logarithms, without going through them."
        )
    if np.allclose(found, -right):
        raise NotYet(
            "All signs are reversed: this is the surprise, -ln p. Want ln p, which is never above 0."
        )
    if np.allclose(found, right / np.log(2)):
        raise NotYet("These are logarithms to base 2, so bits: want nats, the natural logarithm.")
    if np.allclose(found - right, Y.max(axis=0)) or np.allclose(found - right, -Y.max(axis=0)):
        raise NotYet(
            "Every column is off by its own largest score: m is subtracted in one of the formula's two "
            "places, and forgotten in the other. It has to cancel."
        )
    if np.allclose(np.exp(found).sum(axis=1), 1):
        raise NotYet("Each *row* is a distribution here: the sum runs along the rows. Columns are examples.")
    if np.isclose(np.exp(found).sum(), 1):
        raise NotYet("All entries together add up to 1: one sum for everything. Every column needs its own.")
    if np.allclose(found, shifted):
        raise NotYet("Only the largest score is subtracted: the logarithm of the sum is still missing.")
    raise NotYet(
        "If these were logarithms of probabilities, the exponentials of each column would add up to 1. Yours "
        f"add up to {np.round(np.exp(found).sum(axis=0), 3).tolist()}: compare each line with the formula."
    )


@grader("4.2")
def gradient(answer):
    """The gradient of the mean surprise by the scores."""
    found = _call(answer, Y, TARGETS)
    report = check_gradients(lambda t: SoftmaxCrossEntropy().forward(t["y"], TARGETS), {"y": Y}, {"y": found})
    if not all(line.ok for line in report):
        _explain_gradient(found)
        raise NotYet(
            f"Entry {report[0].worst} is {report[0].analytic:.4f}, and the numerical derivative there is "
            f"{report[0].numeric:.4f}. {_sums(found)}"
        )
    given = TARGETS.copy()
    with np.errstate(all="ignore"):
        answer(Y.copy(), given)
    if not np.array_equal(given, TARGETS):
        raise NotYet("Your code changed targets itself: the caller still needs them.")
    y = np.array([[1000.0, -1000.0], [998.0, -1003.0]])
    if not np.all(np.isfinite(_call(answer, y, np.array([0, 1])))):
        raise NotYet(
            "nan for scores near 1000 or -1000: the softmax inside needs each column's largest subtracted."
        )
    one = _call(answer, np.array([[0.5], [1.5]]), np.array([1]))
    if not np.isclose(one[0, 0], 1 / (1 + np.e)):
        raise NotYet("Right for three columns, wrong for one: is a number of columns fixed in your code?")
    return "What was guessed minus what came, and nothing else."


def _sums(found):
    """What the sums of the columns tell, where nothing else does."""
    sums = found.sum(axis=0)
    if np.allclose(sums, 0):
        return (
            "Each column adds up to 0, as it must. Compare what you do with one column, line by line, with "
            "p - one-hot."
        )
    return (
        "Each column must add up to 0: what was guessed minus what came. Yours add up to "
        f"{np.round(sums, 3).tolist()}. Is each column's softmax its own, and is 1 subtracted from one entry "
        "of each?"
    )


def _explain_gradient(found):
    V, B = Y.shape
    e = np.exp(Y)
    p, rows, everything = e / e.sum(axis=0), e / e.sum(axis=1, keepdims=True), e / e.sum()
    one_hot = (np.arange(V)[:, None] == TARGETS).astype(float)
    right = (p - one_hot) / B
    likeliest = (np.arange(V)[:, None] == p.argmax(axis=0)).astype(float)
    whole_rows = np.isin(np.arange(V), TARGETS)[:, None]

    def one_of(*candidates):
        return any(np.allclose(found, c * scale) for c in candidates for scale in (1, 1 / B))

    if not np.all(np.isfinite(found)):
        raise NotYet("nan or infinity for small, harmless scores: is something divided by 0?")
    if np.allclose(found, right * B):
        raise NotYet(
            "Each column is right by itself, but everything is 3 times too large, for 3 columns: the "
            "loss is their mean. What does a mean do to the derivative of each?"
        )
    if np.allclose(found, right * B / V):
        raise NotYet(
            f"It is divided by {V}, the number of symbols (`len(y)` counts rows): the mean is over the {B} "
            "columns."
        )
    if np.allclose(found, right / V):
        raise NotYet(
            "It is V times too small: did a mean over all entries divide by V B? The loss has B terms."
        )
    if one_of(-right * B):
        raise NotYet("The sign is turned round: this is what came minus what was guessed.")
    if one_of(p):
        raise NotYet(
            "No column adds up to 0, since nothing is subtracted from the probabilities. Where does the "
            "target come in?"
        )
    if one_of(np.where(one_hot == 1, -1, p)):
        raise NotYet("The target's entry is *set* to -1 (`=`): want 1 subtracted from what stands there.")
    if np.allclose(found, p / B - one_hot) or np.allclose(found, p - one_hot / B):
        raise NotYet(
            "Only one of the two terms is divided by the number of columns: both belong to the mean."
        )
    if one_of(p - TARGETS):
        raise NotYet("The target's *number* is subtracted: it only says in which row the 1 is subtracted.")
    if one_of(everything - one_hot):
        raise NotYet(
            "The softmax runs over all entries, as the lesson's does for a single column. Each column needs "
            "its own largest score and its own sum."
        )
    if one_of(p - whole_rows):
        raise NotYet(
            "1 is subtracted from whole rows: `dy[targets]` picks rows. One entry of each column is wanted, "
            "so say which column as well."
        )
    if one_of(rows - one_hot):
        raise NotYet(
            "The softmax runs along the rows, over the examples. Columns are examples: sum down each column."
        )
    if one_of(everything - whole_rows, rows - whole_rows):
        raise NotYet(
            "Two things at once. Each column needs a softmax of its own: its own largest score, its own sum. "
            "And `dy[targets]` picks whole rows: 1 is subtracted from one entry of each column, so say which "
            "column as well."
        )
    if one_of(everything):
        raise NotYet(
            "Two things at once. Each column needs a softmax of its own: its own largest score, its own sum. "
            "And nothing is subtracted: where does the target come in?"
        )
    if one_of(p - likeliest):
        raise NotYet("1 is subtracted from the likeliest symbol: want it from the one that came, the target.")
    if one_of(-one_hot / p, -1 / p):
        raise NotYet(
            "This is the derivative with respect to the probability p, -1 / p. Want the one with "
            "respect to the scores: there is one more link in the chain, the softmax."
        )
    if one_of(Y - one_hot):
        raise NotYet(
            "The one-hot is subtracted from the scores themselves: turn them into probabilities first."
        )
    if one_of(p * (p - one_hot), (p - one_hot) * p * (1 - p)):
        raise NotYet(
            "There is a factor too many: p - one-hot already contains the derivative of the softmax. "
            "Look at the last line of the derivation: all exponentials are gone."
        )
