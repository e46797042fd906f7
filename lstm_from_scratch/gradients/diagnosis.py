"""What a wrong gradient looks like: the usual causes that the numbers alone give away."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

ONLY_LAST = "only the last step counted, as when a step's gradient replaces (=) where it should be added (+=)"
CLOSE = 1e-6  # of the largest entry: arrays this close differ by float64's rounding alone


def looks_like(a: np.ndarray, n: np.ndarray) -> str:
    """The usual cause of such a difference, and where it is.

    Parameters
    ----------
    a, n : float array
        The gradient by hand and the numerical one, of one shape, which differ.

    Returns
    -------
    str
        One line. Several faults at once, or a rare one, may look like a usual one.
    """
    if not np.isfinite(n).all():
        return "a loss that is not finite here: an overflow, a logarithm or a division of 0"
    if not np.isfinite(a).all():
        return "an overflow, a logarithm or a division of 0 in backward: the numerical gradient is finite"
    if np.abs(a - n).max() < 1e-5 * np.abs(n).max():
        return "the right gradient with too few digits: float32 somewhere on the way"
    if _other_order(a, n):
        return "the right rows in another order: blocks of gates exchanged"
    wrong = np.any(_differs(a, n).reshape(len(a), -1), axis=1) if a.ndim else np.array([True])
    if wrong.all():
        return _cause(a, n)
    if a.ndim == 3 and not wrong[-1] and wrong[:-1].all():
        cause = "what comes from step t + 1 back to step t is missing or wrong"
        return f"right at the last step (of the first axis) alone: {cause if a[:-1].any() else ONLY_LAST}"
    return f"{_where(wrong, 'step' if a.ndim == 3 else 'row')} alone: {_cause(a[wrong], n[wrong])}"


def _differs(a: np.ndarray, n: np.ndarray) -> np.ndarray:
    return np.abs(a - n) > CLOSE * max(np.abs(a).max(), np.abs(n).max())


def _cause(a: np.ndarray, n: np.ndarray) -> str:
    """The cause, where every row differs."""
    if not a.any():
        return "0 where it should not be: a term that is missing, or a result that is not stored"
    if not n.any():
        return "a loss that does not depend on it, so this should be 0"
    factor = float((a * n).sum() / (n * n).sum())
    if a.size > 1 and not _differs(a, factor * n).any():
        return _constant(factor)
    if a.ndim == 2 and a.shape == a.T.shape and not _differs(a.T, n).any():
        return "the transpose of the right gradient"
    if a.ndim == 2 and _rank(a) < _rank(n):
        return f"a sum over too few steps or examples (rank {_rank(a)}, want {_rank(n)}): {ONLY_LAST}"
    return _varying(a, n)


def _constant(factor: float) -> str:
    """The right gradient times a factor that is not 1."""
    if abs(factor + 1) < CLOSE:
        return "the right gradient times -1: the sign is wrong"
    times = Fraction(factor).limit_denominator(1000)
    if times <= 0 or abs(factor - times) > CLOSE or 1 not in (times.numerator, times.denominator):
        return f"the right gradient times {factor:.6g}: a constant factor is too much, or missing"
    usual = {
        2: "it is counted twice, or a factor of two is too much",
        Fraction(1, 2): "a factor of two is missing, as from the derivative of a square",
    }
    confused = f"a sum and a mean over {max(times, 1 / times)} confused"
    return f"the right gradient times {times}: {usual.get(times, confused)}"


def _varying(a: np.ndarray, n: np.ndarray) -> str:
    """No other pattern: the ratios of the entries, which may tell a missing derivative."""
    large = _differs(a, 0 * a)
    ratio = n[large] / a[large]
    low, high = ratio.min(), ratio.max()
    if ratio.size > 3 and low > 0 and high <= 1:
        missing = "s (1 - s) of a sigmoid" if high <= 0.25 else "1 - g^2 of a tanh, or s of a gate"
        return f"a missing derivative, such as {missing} (want / got from {low:.3g} to {high:.3g})"
    right = a.size - int(_differs(a, n).sum())
    return (
        "a term that is wrong or missing inside a sum, or its derivative, such as s (1 - s) or 1 - g^2 "
        f"(want / got from {low:.3g} to {high:.3g}, {right} of {a.size} entries right)"
    )


def _other_order(a: np.ndarray, n: np.ndarray) -> bool:
    """Whether a's rows are n's in another order."""
    if a.ndim != 2:
        return False
    difference = np.abs(a[:, None] - n[None]).max(axis=2)
    return sorted(difference.argmin(axis=1)) == [*range(len(a))] and (
        difference.min(axis=1).max() <= CLOSE * np.abs(n).max()
    )


def _where(wrong: np.ndarray, word: str) -> str:
    """Rows by number, and as a block of equal blocks where they are one."""
    places = np.flatnonzero(wrong)
    first, last, size = places[0], places[-1], len(places)
    if last - first + 1 != size:
        return f"{word}s {', '.join(map(str, places))}"
    of = len(wrong) // size
    block = f" (block {first // size + 1} of {of})" if len(wrong) == of * size and first % size == 0 else ""
    return f"{word} {first}{block}" if size == 1 else f"{word}s {first} to {last}{block}"


def _rank(matrix: np.ndarray) -> int:
    return int(np.linalg.matrix_rank(matrix, tol=CLOSE * np.linalg.norm(matrix, 2)))
