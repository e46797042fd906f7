"""Grades lesson 18."""

import numbers
import warnings
from fractions import Fraction

import numpy as np

from ...music import Melody, Note
from ..check import NotYet, grader
from ..show_and_play import TUNES, tune

EDGES = {
    "no notes at all": Melody(()),
    "a rest alone": Melody((Note(None, Fraction(2)),)),
    "one note": Melody((Note(60, Fraction(1)),)),
    "one note repeated": Melody(tuple(Note(60, Fraction(1)) for _ in range(5))),
}


def _number(answer, melody, what):
    notes = melody.notes
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NumPy's about a mean of nothing: its nan is answered below
        found = answer(melody)
    if found is None:
        raise NotYet(f"For {what} your measure returned None: does every branch end with `return`?")
    if isinstance(found, bool | np.bool_) or not isinstance(found, numbers.Real | np.number):
        raise NotYet(f"For {what} your measure returned {found!r}: want one number.")
    if not np.isfinite(float(found)):
        raise NotYet(f"For {what} your measure is {found}: want a finite number for every melody.")
    if melody.notes != notes:
        raise NotYet("Your measure changed the melody.")
    return float(found)


@grader("18.1")
def measure(answer):
    """A number for any melody, the same in every key."""
    for what, melody in EDGES.items():
        try:
            _number(answer, melody, what)
        except (ValueError, ZeroDivisionError, IndexError, TypeError) as error:
            raise NotYet(f"For {what} your measure stops: {type(error).__name__}: {error}.") from None
    tunes = [tune(path.stem) for path in sorted(TUNES.glob("*.krn"))]
    values = np.array([_number(answer, melody, "a tune") for melody in tunes])
    again = np.array([_number(answer, melody, "a tune") for melody in tunes])
    if not np.array_equal(values, again):
        raise NotYet("The same melody twice gave two numbers: a measure has no chance in it.")
    if len(np.unique(values)) == 1:
        raise NotYet(
            f"All thirty tunes have the same value, {values[0]:g}: your measure tells nothing apart."
        )
    moved = np.array([_number(answer, melody.transposed(3), "a tune") for melody in tunes])
    if not np.allclose(values, moved):
        k = int(np.argmax(~np.isclose(values, moved)))
        raise NotYet(
            f"A tune that is moved up by 3 semitones has another value, {moved[k]:g} instead of "
            f"{values[k]:g}: use the distances between notes, not the notes themselves."
        )
    different = np.array([len({p for p, _ in m.notes if p is not None}) for m in tunes], float)
    steps = [np.abs(np.diff([p for p, _ in m.notes if p is not None])) for m in tunes]
    if np.allclose(values, different) or np.allclose(values, [s.mean() for s in steps]):
        raise NotYet("That is one of the two examples. What do *you* hear?")
    return f"From {values.min():.3g} to {values.max():.3g} over thirty tunes."


def _groups():
    rng = np.random.default_rng(17)
    return rng.normal(3, 1, 40), rng.normal(2, 2, 25)


def _interval(a, b, rng, draws=4000, ends=(0.025, 0.975)):
    one = a[rng.integers(len(a), size=(draws, len(a)))].mean(axis=1)
    other = b[rng.integers(len(b), size=(draws, len(b)))].mean(axis=1)
    return np.quantile(one - other, ends)


@grader("18.2")
def difference(answer):
    """An interval for the difference of two means."""
    a, b = _groups()
    kept = a.copy(), b.copy()
    try:
        found = answer(a, b, np.random.default_rng(1), 4000)
    except (IndexError, ValueError) as error:
        raise NotYet(
            f"The groups have {len(a)} and {len(b)} numbers, and your code stops: {error}. Draw from each by "
            "itself, as many as it has."
        ) from None
    if not (np.array_equal(a, kept[0]) and np.array_equal(b, kept[1])):
        raise NotYet("a or b has changed: they belong to the caller.")
    if np.shape(found) != (2,):
        raise NotYet(f"difference gave something of shape {np.shape(found)}: want two numbers, the ends.")
    low, high = map(float, found)
    right = _interval(a, b, np.random.default_rng(2))
    width = right[1] - right[0]
    if low > high:
        raise NotYet("The lower end is above the upper: return them in this order.")
    if np.allclose((low, high), right, atol=0.06 * width):
        _drawn_as_asked(answer, a, b)
        return "Two groups, drawn separately."
    if np.allclose((low, high), (-right[1], -right[0]), atol=0.06 * width):
        raise NotYet("This is the interval of mean(b) - mean(a).")
    for wrong, message in (
        (
            _interval(a, b, np.random.default_rng(2), ends=(0.05, 0.95)),
            "Too narrow: those are the ends of 90 %. Of 95 %, 2.5 % are outside at each end.",
        ),
        (
            _interval(a, b, np.random.default_rng(2), ends=(0, 1)),
            "Too wide: those are the smallest and the largest of all draws. Take quantiles.",
        ),
    ):
        if np.allclose((low, high), wrong, atol=0.06 * width):
            raise NotYet(message)
    if high - low < 1e-9:
        raise NotYet("Both ends are equal: draw with replacement, again for each draw.")
    middle = (low + high) / 2
    if abs(middle - (a.mean() - b.mean())) > 0.15 * width:
        raise NotYet(f"Your interval, {low:.3f} to {high:.3f}, is not around {a.mean() - b.mean():.3f}.")
    if high - low < width:
        raise NotYet(
            "Too narrow: does each draw have as many numbers as its group, and are *both* groups drawn?"
        )
    raise NotYet("Too wide: the difference of two *means*, each over a whole drawn group.")


def _drawn_as_asked(answer, a, b):
    rng = np.random.default_rng(3)
    before = rng.bit_generator.state
    low, high = answer(a, b, rng, 1)
    if rng.bit_generator.state == before:
        raise NotYet("Your draws do not come from the `rng` that was given: nobody could repeat them.")
    if not np.isclose(low, high):
        raise NotYet("With draws = 1 there is one difference, and so one end: is `draws` used at all?")
