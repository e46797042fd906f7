"""What a wrong gradient looks like: every cause that is told, by planting it."""

import numpy as np
import pytest

from lstm_from_scratch.gradients import assert_gradients, check_gradients
from lstm_from_scratch.gradients.diagnosis import looks_like
from lstm_from_scratch.network import LSTM

T, V, H, B = 5, 3, 4, 2
RNG = np.random.default_rng(0)
W, X, R = (RNG.standard_normal(shape) for shape in ((H, V), (V, B), (H, B)))


def check(**grads):
    """The hints for gradients of sum(R tanh(W x))."""
    checks = check_gradients(lambda t: (R * np.tanh(t["W"] @ t["x"])).sum(), {"W": W, "x": X}, grads)
    assert not any(c.ok for c in checks)
    return [c.hint for c in checks]


def right():
    dz = R * (1 - np.tanh(W @ X) ** 2)
    return {"W": dz @ X.T, "x": W.T @ dz}


@pytest.mark.parametrize(
    ("factor", "cause"),
    [
        (2, "times 2: it is counted twice"),
        (0.5, "times 1/2: a factor of two is missing"),
        (-1, "times -1: the sign is wrong"),
        (B * 3, "times 6: a sum and a mean over 6 confused"),
        (1 / 64, "times 1/64: a sum and a mean over 64 confused"),
        (-2, "times -2: a constant factor"),
        (-0.5, "times -0.5: a constant factor"),
        (1e-9, "times 1e-09: a constant factor"),
        (1.2345678, "times 1.23457: a constant factor"),
        (2 / 3, "times 0.666667: a constant factor"),
    ],
)
def test_a_constant_factor(factor, cause):
    for hint in check(**{k: factor * g for k, g in right().items()}):
        assert f"the right gradient {cause}" in hint


def test_a_missing_derivative():
    assert all("1 - g^2" in hint for hint in check(W=R @ X.T, x=W.T @ R))
    z = RNG.standard_normal((H, B))
    s = 1 / (1 + np.exp(-z))
    checks = check_gradients(lambda t: (R / (1 + np.exp(-t["z"]))).sum(), {"z": z}, {"z": R})
    assert all("a missing derivative, such as s (1 - s) of a sigmoid" in c.hint for c in checks)
    checks = check_gradients(lambda t: (R * np.tanh(t["z"])).sum(), {"z": z}, {"z": R})
    assert all("a missing derivative, such as 1 - g^2 of a tanh" in c.hint for c in checks)
    right_one = {"z": R * s * (1 - s)}
    assert_gradients(check_gradients(lambda t: (R / (1 + np.exp(-t["z"]))).sum(), {"z": z}, right_one))


def test_a_transpose():
    square = RNG.standard_normal((3, 3))
    weights = RNG.standard_normal((3, 3))

    def of_square(tensors):
        return (weights * (tensors["A"] @ tensors["A"])).sum()

    grads = {"A": weights @ square.T + square.T @ weights}
    assert_gradients(check_gradients(of_square, {"A": square}, grads))
    grads = {"A": grads["A"].T}
    assert all("the transpose" in c.hint for c in check_gradients(of_square, {"A": square}, grads))


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        ([2, 3], "rows 2 to 3 (block 2 of 4) alone"),
        ([0], "row 0 (block 1 of 8) alone"),
        ([1, 2], "rows 1 to 2 alone"),
        ([0, 5, 7], "rows 0, 5, 7 alone"),
        ([3, 4, 5], "rows 3 to 5 alone"),
    ],
)
def test_rows_are_named(rows, where):
    n = RNG.standard_normal((8, 3))
    a = n.copy()
    a[rows] = 0
    assert looks_like(a, n).startswith(f"{where}: 0 where it should not be")
    a[rows] = 2 * n[rows]
    assert looks_like(a, n).startswith(f"{where}: the right gradient times 2")


def test_blocks_in_another_order():
    n = RNG.standard_normal((8, 3))
    assert "in another order" in looks_like(n[[0, 1, 2, 3, 6, 7, 4, 5]], n)
    assert "in another order" not in looks_like(n[[0, 1, 2, 3, 6, 7, 6, 7]], n)


def test_no_pattern_tells_the_ratios_and_how_many_are_right():
    n = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    a = n + np.array([[1.0, 0.0], [0.0, -2.0], [1.0, 0.5]])
    hint = looks_like(a, n)
    assert "inside a sum" in hint
    assert "(want / got from 0.5 to 2, 2 of 6 entries right)" in hint


def test_digits():
    for hint in check(**{k: g.astype(np.float32) for k, g in right().items()}):
        assert "too few digits: float32" in hint


def lstm_grads(change):
    """W, x and h0 of an LSTM whose gradients `change` has changed, and the hints by tensor."""
    rng = np.random.default_rng(0)
    layer = LSTM(V, H, rng=rng, dtype=float)
    tensors = {k: rng.uniform(-1, 1, p.shape) for k, p in layer.params.items()}
    tensors |= {"x": rng.standard_normal((T, V, B)), "h0": rng.standard_normal((H, B))}
    dh = rng.standard_normal((T, H, B))

    def run(tensors, first=0):
        layer = LSTM(V, H, rng=np.random.default_rng(0), dtype=tensors["x"].dtype)
        layer.params = {k: tensors[k] for k in layer.params}
        return layer, (dh * layer.forward(tensors["x"], tensors["h0"])).sum()

    layer, _ = run(tensors)
    dx = layer.backward(dh).copy()
    grads = {**{k: g.copy() for k, g in layer.grads.items()}, "x": dx, "h0": layer.dh0}
    changed = grads | change(grads, layer, tensors, dh)
    checks = check_gradients(lambda t: run(t)[1], tensors, changed)
    return {c.tensor: c.hint for c in checks if c.hint}


def step_by_step(tensors, dh, layer):
    """The gradients of each step alone, with the gradient through the steps cut off."""
    h0, c0, found = tensors["h0"], None, []
    for t in range(T):
        layer.forward(tensors["x"][t : t + 1], h0, c0)
        h0, c0 = layer.h_last.copy(), layer.c_last.copy()
        found.append((layer.backward(dh[t : t + 1]).copy(), {k: g.copy() for k, g in layer.grads.items()}))
    return found


def test_only_the_last_step_counted_in_a_sum():
    def change(grads, layer, tensors, dh):
        return {k: g for k, g in step_by_step(tensors, dh, layer)[-1][1].items() if k != "b"}

    hints = lstm_grads(change)
    assert hints.keys() == {"W", "U"}
    for name in "WU":
        assert "a sum over too few steps or examples (rank 2, want" in hints[name]
        assert "only the last step" in hints[name]


def test_only_the_last_step_of_an_input():
    def change(grads, layer, tensors, dh):
        return {"x": np.where(np.arange(T)[:, None, None] == T - 1, grads["x"], 0)}

    assert lstm_grads(change) == {
        "x": "right at the last step (of the first axis) alone: only the last step counted, "
        "as when a step's gradient replaces (=) where it should be added (+=)"
    }


def test_a_gradient_that_is_not_carried_back():
    def change(grads, layer, tensors, dh):
        return {"x": np.concatenate([dx for dx, _ in step_by_step(tensors, dh, layer)])}

    assert lstm_grads(change) == {
        "x": "right at the last step (of the first axis) alone: "
        "what comes from step t + 1 back to step t is missing or wrong"
    }


def test_one_wrong_step_of_an_input():
    assert lstm_grads(lambda grads, *_: {"x": grads["x"] * np.array([1, 1, 2, 1, 1])[:, None, None]}) == {
        "x": "step 2 (block 3 of 5) alone: the right gradient times 2: it is counted twice, "
        "or a factor of two is too much"
    }
