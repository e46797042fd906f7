"""Intervals over songs, of sums and of paired ratios."""

import numpy as np
import pytest

from lstm_from_scratch.evaluation.bootstrap import interval, ratio


def test_the_interval_is_the_middle_95_per_cent_of_resamples():
    rows = np.random.default_rng(1).normal(10, 1, (400, 1))
    low, high = interval(rows, lambda sums: sums[0], draws=4000)
    error = np.sqrt(400) * rows.std()  # of the sum of 400 drawn from these
    assert [low, high] - rows.sum() == pytest.approx([-1.96 * error, 1.96 * error], rel=0.08)


def test_a_ratio_is_of_pairs():
    """One predictor that needs a fifth more for each song needs a fifth more in every resample."""
    rows = np.random.default_rng(1).exponential(size=(30, 7))
    assert ratio(1.2 * rows, rows) == pytest.approx([1.2, 1.2, 1.2])
    other = rows[::-1]
    value, low, high = ratio(other, rows)
    assert value == pytest.approx(1) and low < 0.9 and high > 1.1
