"""Grades lesson 17."""

import numpy as np

from ...evaluation.bootstrap import interval
from ..check import NotYet, grader


def _songs():
    """Nats of two predictors on 60 songs: long songs are harder for both, the short ones differ more."""
    rng = np.random.default_rng(7)
    length = rng.integers(30, 400, 60)
    b = length * rng.uniform(0.5, 1.5, 60)
    return b * (0.93 + 6 / length) * rng.uniform(0.97, 1.03, 60), b


@grader("17.1")
def paired(answer):
    """A paired bootstrap interval."""
    a, b = _songs()
    kept = a.copy(), b.copy()
    found = answer(a, b, np.random.default_rng(1), 4000)
    if not (np.array_equal(a, kept[0]) and np.array_equal(b, kept[1])):
        raise NotYet("a or b has changed: shuffle or sort places, not the songs themselves.")
    if np.shape(found) != (2,):
        raise NotYet(f"paired gave something of shape {np.shape(found)}: want two numbers, the ends.")
    low, high = map(float, found)
    if low > high:
        raise NotYet("The lower end is above the upper: return them in this order.")
    if np.allclose((low, high), np.quantile(a / b, (0.025, 0.975))):
        raise NotYet(
            "These are quantiles of the songs' own ratios: no songs were drawn. Draw, add up, divide."
        )
    _draws_as_asked(answer)
    right = _interval(a, b)
    width, whole = right[1] - right[0], sum(a) / sum(b)
    if high - low < 1e-9 * width:
        raise NotYet("Both ends are equal: are the songs drawn *with* replacement, again for each draw?")
    if _near((low, high), right, width):
        _by_quantiles(answer)
        return "Two predictors, the same songs, and an honest width."
    if _near((low, high), _interval(b, a), width):
        raise NotYet("This is the interval of sum(b) / sum(a): a belongs in the numerator.")
    if high - low > 3 * width and low < whole < high:
        raise NotYet(
            f"Your interval is {(high - low) / width:.0f} times as wide as it should be. Are a and b drawn "
            "separately? Then hard songs no longer cancel: draw places once, and take both there."
        )
    middle = (low + high) / 2
    if abs(middle - sum(right) / 2) > 0.15 * width:
        if abs(middle - np.mean(a / b)) < 0.15 * width:
            raise NotYet(
                "Your interval is that of the mean of the songs' ratios: a short song counts there as much "
                "as a long one. Add up first, then divide."
            )
        raise NotYet(
            f"Your interval, {low:.4f} to {high:.4f}, is not around {whole:.4f}, the ratio of the sums."
        )
    if high - low > width:
        raise NotYet("A little too wide: are these the smallest and the largest of all, not the quantiles?")
    raise NotYet(
        "Too narrow: 95 % of the draws lie between the quantiles 0.025 and 0.975, and each draw has as many "
        "songs as there are."
    )


def _interval(a, b):
    return interval(np.stack([a, b], axis=1), lambda sums: sums[0] / sums[1], 4000)


def _near(found, want, width):
    return max(abs(found[0] - want[0]), abs(found[1] - want[1])) < 0.07 * width


def _draws_as_asked(answer):
    """From the generator given, and as often as told."""
    a, b = _songs()
    rng = np.random.default_rng(2)
    before = rng.bit_generator.state
    low, high = answer(a, b, rng, 1)
    if rng.bit_generator.state == before:
        raise NotYet(
            "Your draws do not come from the `rng` that was given: the caller could not repeat them."
        )
    if not np.isclose(low, high, rtol=1e-12):
        raise NotYet("With draws = 1 there is one ratio, and so one end: is `draws` used at all?")


def _by_quantiles(answer):
    """Whether the ends are quantiles: one song of 60 is far off, and the ratios lie to one side of it."""
    b = np.full(60, 100.0)
    a = 0.9 * b
    a[0] = 500.0
    found, right = answer(a, b, np.random.default_rng(3), 4000), _interval(a, b)
    if not np.allclose(found, right, rtol=0.005):
        raise NotYet(
            f"Where one song is far off, your interval is {found[0]:.3f} to {found[1]:.3f}, want "
            f"{right[0]:.3f} to {right[1]:.3f}: is it the mean plus and minus so many standard deviations? "
            "Take the quantiles, which need not lie evenly about the mean."
        )


CASES = (
    ([(0.90, 0.95), (0.91, 0.97), (0.88, 0.94)], "A", "all three lie below 1"),
    ([(1.02, 1.05), (1.01, 1.04), (1.03, 1.08)], "B", "all three lie above 1"),
    ([(0.97, 1.04), (0.98, 1.05), (0.96, 1.03)], "not shown", "each of the three contains 1"),
    ([(0.90, 0.95), (0.97, 1.01), (0.88, 0.94)], "not shown", "one of the three contains 1"),
    ([(0.90, 0.95), (1.02, 1.05), (0.91, 0.96)], "not shown", "two say A and one says B"),
    ([(0.70, 0.75), (0.99, 1.001), (0.72, 0.78)], "not shown", "one of the three contains 1, if only just"),
    ([(0.95, 1.0), (0.9, 0.95)], "not shown", "one of the two reaches 1"),
    ([(0.5, 0.99)], "A", "there is one seed, and its interval lies below 1"),
)


@grader("17.2")
def verdict(answer):
    """What may be said from intervals."""
    for intervals, right, why in CASES:
        said = answer(list(intervals))
        if said not in ("A", "B", "not shown"):
            raise NotYet(f"verdict gave {said!r}: want one of the texts 'A', 'B' and 'not shown'.")
        if said != right:
            if {said, right} == {"A", "B"}:
                raise NotYet("A and B are swapped: the ratio is A's nats over B's, and fewer are better.")
            shown = ", ".join(f"{low:g} to {high:g}" for low, high in intervals)
            raise NotYet(f"For {shown} you say {said!r}, want {right!r}: {why}.")
    return "Said as far as it is shown, and no further."
