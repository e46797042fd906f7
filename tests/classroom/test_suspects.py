"""The programs of lesson 9: without a bug they are the package's LSTM, and each bug leaves its own marks."""

import numpy as np
import pytest

from lstm_from_scratch.classroom.graders import suspects, verdicts
from lstm_from_scratch.network import LSTM

T, V, H, B = 5, 3, 4, 2
SHAPES = {"W": (4 * H, V), "U": (4 * H, H), "b": (4 * H, 1), "x": (T, V, B), "h0": (H, B), "c0": (H, B)}


@pytest.fixture
def given():
    rng = np.random.default_rng(0)
    return {name: rng.uniform(-1, 1, s) for name, s in SHAPES.items()}, rng.standard_normal((T, H, B))


def package(p, R):
    layer = LSTM(V, H, rng=np.random.default_rng(0), dtype=float)
    layer.params = {name: p[name] for name in "WUb"}
    h = layer.forward(p["x"], p["h0"], p["c0"]).copy()
    return {"h": h, "x": layer.backward(R), **layer.grads, "h0": layer.dh0, "c0": layer.dc0}


def test_without_a_bug_it_is_the_package(given):
    found, right = suspects.lstm(*given), package(*given)
    assert found.keys() == right.keys()
    assert all(np.allclose(found[k], right[k], rtol=1e-12, atol=1e-13) for k in right)


@pytest.mark.parametrize("bug", verdicts.BUGS)
def test_every_bug_makes_something_wrong(given, bug):
    found, right = suspects.lstm(*given, bug), package(*given)
    assert max(np.abs(found[k] - right[k]).max() for k in right) > 0.01


@pytest.mark.parametrize("letter", suspects.GUILTY)
def test_every_wrong_verdict_is_told_why(letter):
    wrong = [bug for bug in verdicts.BUGS if bug != suspects.GUILTY[letter]]
    said = {verdicts._contradiction(letter, bug) for bug in wrong}
    assert len(said) == len(wrong)
    # Only two bugs make the same parts wrong in every setting, and for these there is another hint.
    assert sum("the same parts" in text for text in said) == (suspects.GUILTY[letter] in (2, 4))
