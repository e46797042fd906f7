"""Grades lesson 12."""

import numbers

import numpy as np

from ...composing import sampling
from ..check import NotYet, grader


def _call(answer, y, T):
    """The answer's distribution for a copy of y, its form checked."""
    given = y.copy()
    with np.errstate(all="ignore"):
        try:
            p = answer(given, T)
        except ZeroDivisionError:
            raise NotYet(f"You divided by T = {T}: the limit needs a separate branch.") from None
    if p is None:
        raise NotYet("tempered returned None: does every branch end with `return`?")
    if np.shape(p) != y.shape:
        raise NotYet(
            f"From {len(y)} logits you made something of shape {np.shape(p)}: want one probability "
            "for each symbol, even at T = 0 (a distribution, not an index)."
        )
    if not np.array_equal(given, y):
        raise NotYet(
            "Your code changed y itself (`y -= ...` works in place): the caller still needs its logits."
        )
    try:
        return np.asarray(p, float)
    except (TypeError, ValueError):
        raise NotYet("What came back are not numbers: want an array of probabilities.") from None


@grader("12.1")
def tempered(answer):
    """The distribution of logits at a temperature, 0 or more."""
    y = np.array([1.5, -0.3, 0.2, 2.1])
    for T in (1.0, 0.5, 2.0):
        _same(_call(answer, y, T), y, T)
    for y, T in ((np.array([2.0, 1.0, -1.0]), 1e-3), (np.array([3000.0, 2999.0]), 1.0)):
        p = _call(answer, y, T)
        if not np.all(np.isfinite(p)):
            raise NotYet(
                f"nan for logits {y.tolist()} at T = {T}: an exponential grew beyond every float. What may "
                "be "
                "subtracted from all logits, because it cancels, so that no exponent is above 0?"
            )
        _same(p, y, T)
    p = _call(answer, np.array([-3000.0, -3001.0]), 1.0)
    if not np.all(np.isfinite(p)):
        raise NotYet(
            "nan for logits -3000 and -3001: all exponentials became 0. What you subtract must follow the "
            "logits, "
            "so that the largest exponent is 0 wherever they lie."
        )
    y = np.array([1.0, 3.0, 2.0])
    p = _call(answer, y, 0)
    if not np.all(np.isfinite(p)):
        raise NotYet("nan at T = 0: there y / T is 0 / 0. Write the limit as a separate branch.")
    if p.argmax() != 1 or not np.isclose(p[1], 1):
        raise NotYet(
            f"At T = 0 the logits {y.tolist()} gave {p.tolist()}: want 1 at the largest, 0 elsewhere."
        )
    y = np.array([1.0, 1.0 + 1e-9, 0.0])
    p = _call(answer, y, 0)
    if not np.array_equal(p, [0, 1, 0]):
        raise NotYet(
            "At T = 0 two logits that differ by 1e-9 both got a share. Did you replace T by a small "
            "number? Then 0 only means 'nearly 0': write the limit itself."
        )
    y = np.array([0.0, 1e-4])
    for T in (0.005, 1e-3, 1e-4):
        p = _call(answer, y, T)
        if np.array_equal(p, [0, 1]):
            raise NotYet(
                f"At T = {T} the logits 0 and 0.0001 gave 0 and 1, want {sampling.tempered(y, T).round(4)}: "
                "the limit is for T = 0 alone. A small T is a temperature like any other."
            )
        _same(p, y, T)
    p = _call(answer, np.array([0.0, 2.0, 2.0]), 0)
    if not np.array_equal(p, [0, 1, 0]):
        raise NotYet(
            f"At T = 0 the logits [0, 2, 2] gave {p.tolist()}: two are equally large, and only the "
            "first of them gets the 1. Which NumPy function gives a single place, not all?"
        )
    return "From 0 to infinity, and no nan."


def _same(p, y, T):
    right = sampling.tempered(y, T)
    if np.allclose(p, right, atol=1e-9):
        return
    if not np.all(np.isfinite(p)):
        raise NotYet(f"nan or infinity for logits {y.tolist()} at T = {T}.")
    if T != 1 and np.allclose(p, sampling.tempered(y, 1 / T)):
        raise NotYet("A high T makes your distribution sharper: the logits are multiplied by T, not divided.")
    if T != 1 and np.allclose(p, sampling.tempered(y, 1)):
        raise NotYet(
            "T changes nothing: where it is now it cancels (dividing the exponentials, or the sum, "
            "or only the largest logit). It belongs inside the exponent, dividing everything there."
        )
    if not np.isclose(p.sum(), 1):
        raise NotYet(f"At T = {T} the probabilities add up to {p.sum():.4g}, not 1: divide by their own sum.")
    raise NotYet(
        f"At T = {T} the logits {y.tolist()} gave {np.round(p, 4).tolist()}: not exp(y / T) over its sum."
    )


P = np.array([0.2, 0.5, 0.3])
BY_HAND = ((0.1, 0), (0.3, 1), (0.65, 1), (0.95, 2), (0.0, 0), (0.75, 2))


def _index(answer, p, u):
    found = answer(p.copy(), u)
    if found is None:
        raise NotYet(f"draw(p, {u}) returned None: does it return the index in every case?")
    if np.ndim(found) != 0:
        raise NotYet(f"draw gave an array of shape {np.shape(found)}: want a single index.")
    if not isinstance(found, numbers.Integral):
        if any(np.isclose(found, s) for s in (*np.cumsum(p), *p)):
            raise NotYet("draw gave a probability or a running sum: want the symbol's place, a whole number.")
        raise NotYet(f"draw gave {found!r}: want a whole number, the symbol's index.")
    return int(found)


@grader("12.2")
def draw(answer):
    """An index from a distribution and a uniform number."""
    found = [_index(answer, P, u) for u, _ in BY_HAND]
    if any(_index(answer, P, u) != first for (u, _), first in zip(BY_HAND, found)):
        raise NotYet(
            "The same p and u gave two different symbols: u is the only random number, and it is given."
        )
    right = [i for _, i in BY_HAND]
    if found != right:
        _explain(found, right)
    if _index(answer, P, 0.2) == 0:
        raise NotYet(
            "u = 0.2 with p = [0.2, 0.5, 0.3] gave symbol 0, whose piece is 0 <= u < 0.2: 'exceeds' "
            "means >, not >= (in searchsorted, that is the side)."
        )
    if _index(answer, np.array([0.0, 1.0]), 0.0) == 0:
        raise NotYet("u = 0 drew a symbol of probability 0: its running sum is 0, which does not exceed u.")
    tenths = np.full(10, 0.1)
    last = _index(answer, tenths, 1 - 2**-53)
    if last != 9:
        raise NotYet(
            f"Ten symbols of probability 0.1 and the largest u below 1 gave {last}, want 9: because "
            "of rounding the running sum ends below 1, and u is above it. Measure u against the last "
            "running sum."
        )
    ends_in_zero = np.array([*np.full(10, 0.1), 0.0])
    if _index(answer, ends_in_zero, 1 - 2**-53) == 10:
        raise NotYet(
            "The largest u below 1 drew the last symbol, whose probability is 0: because of rounding "
            "the running sum ends below u, and you gave what lies beyond to the last symbol. Measure "
            "u against the last running sum instead."
        )
    p = np.array([0.05, 0.4, 0.0, 0.25, 0.3])
    counts = np.bincount([_index(answer, p, (k + 0.5) / 1000) for k in range(1000)], minlength=5)
    if len(counts) != 5 or np.abs(counts / 1000 - p).max() > 0.002:
        raise NotYet(
            f"1000 evenly spaced u drew {counts.tolist()} symbols from p = {p.tolist()}: want 1000 p."
        )
    return "Each symbol gets the part of the line that is its probability."


def _explain(found, right):
    if len(set(found)) == 1 and found[0] == int(P.argmax()):
        raise NotYet("Every u gave symbol 1, the likeliest: that is argmax. u has to decide.")
    if found == [i + 1 for i in right]:
        raise NotYet("Every index is one too high: the first running sum belongs to symbol 0.")
    if found == [i - 1 for i in right] or found == [(i - 1) % 3 for i in right]:
        raise NotYet(
            "Every index is one too low: you took the last running sum below u, not the first above it."
        )
    first_above = [int(np.argmax(u < P)) for u, _ in BY_HAND]
    nearest = [int(np.argmin(np.abs(P - u))) for u, _ in BY_HAND]
    if found in (first_above, nearest):
        raise NotYet("u is compared with the probabilities themselves: compare it with their running sum.")
    u, want, got = next((u, i, j) for (u, i), j in zip(BY_HAND, found) if i != j)
    raise NotYet(
        f"p = [0.2, 0.5, 0.3] and u = {u} gave symbol {got}, want {want}: look where u falls on the line."
    )
