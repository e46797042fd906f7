"""What the lessons say about the package, measured."""

import re

import numpy as np
import pytest

from lstm_from_scratch.classroom import lesson_files
from lstm_from_scratch.network import LSTM

LESSONS = {lesson.title: " ".join(lesson.text.split()) for lesson in lesson_files.lessons()}


def launches_a_step(gpu):
    """Of the forward pass alone: what one step more asks for."""

    def total(T):
        layer = LSTM(5, 8, rng=np.random.default_rng(0), backend=gpu)
        tokens = gpu.xp.asarray(np.zeros((T, 2), int))
        layer.forward(tokens)  # makes the work arrays
        before = gpu.xp.counts["launches"]
        layer.forward(tokens)
        return gpu.xp.counts["launches"] - before

    return total(9) - total(8)


@pytest.mark.parametrize(("path", "launches"), [("fused", 2), ("whole step", 1)], indirect=["path"])
def test_lesson_16_says_how_many_launches_a_step_is(gpu, path, launches):
    """One kernel does one whole step, and not all of them."""
    assert launches_a_step(gpu) == launches
    said = LESSONS["Faster"]
    assert "a step is two launches, the product and the cell" in said
    assert "one kernel does a whole step, product and cell, in a single launch" in said
    assert "one that does all steps" not in said


def test_lesson_10_says_how_far_adam_goes_without_its_correction():
    t = np.arange(1, 400)
    factor = (1 - 0.9**t) / np.sqrt(1 - 0.999**t)
    said = LESSONS["Dropout and Adam"]
    assert f"the second is {factor[1]:.2f} times too far" in said
    assert f"the twelfth {factor[11]:.2f} times" in said
    last = int(t[factor > factor[0]].max())
    assert f"only from step {last + 1} on is the factor below 3.16" in said


def test_what_a_table_of_results_says_is_defined_above_it():
    said = LESSONS["Honest"]
    above = said.partition("<!-- results -->")[0]
    for word in ("bits an onset", "context used", "recalled", "one alone", "distinct-4", "overlap"):
        assert re.search(rf"\| [^|]*{word}[^|]* \| ", above), word
