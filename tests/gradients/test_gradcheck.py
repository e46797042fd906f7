"""The checker: right code passes, wrong code is named, and what proves nothing is refused."""

import math

import numpy as np
import pytest

from lstm_from_scratch.gradients import assert_gradients, check_gradients
from lstm_from_scratch.gradients.gradcheck import TensorCheck
from lstm_from_scratch.gradients.selfcheck import check_all_layers

V, H, B = 3, 4, 2
RNG = np.random.default_rng(0)
W, X, R = (RNG.standard_normal(shape) for shape in ((H, V), (V, B), (H, B)))


def loss(tensors):
    """sum(R tanh(W x)), whose gradients are `right`."""
    return (R * np.tanh(tensors["W"] @ tensors["x"])).sum()


def right():
    dz = R * (1 - np.tanh(W @ X) ** 2)
    return {"W": dz @ X.T, "x": W.T @ dz}


def check(**grads):
    return check_gradients(loss, {"W": W, "x": X}, grads)


def test_right_code_passes():
    checks = check(**right())
    assert_gradients(checks)
    assert [(c.tensor, c.method, c.gate) for c in checks] == [
        (name, method, gate)
        for name in ("W", "x")
        for method, gate in (("central difference", 1e-8), ("complex step", 1e-12))
    ]
    assert all(c.error < c.gate / 10 and c.hint == "" and str(c).endswith("ok") for c in checks)
    assert check_gradients(loss, {"W": W, "x": X}, right(), prefix="my ")[0].tensor == "my W"


def test_tensors_are_left_as_they_are():
    before = W.copy(), X.copy()
    check(**right())
    assert (before[0] == W).all()
    assert (before[1] == X).all()


@pytest.mark.parametrize("seed", range(3))
def test_every_layer_of_the_package(seed):
    checks = check_all_layers(seed)
    assert len(checks) == 46
    assert_gradients(checks)


def test_a_failure_names_the_tensor_the_entry_both_numbers_and_a_cause():
    wrong = right()
    wrong["W"][2, 1] += 0.5
    checks = check(**wrong)
    assert [c.ok for c in checks] == [False, False, True, True]
    assert {c.worst for c in checks[:2]} == {(2, 1)}
    assert checks[0].analytic == pytest.approx(checks[0].numeric + 0.5)
    with pytest.raises(AssertionError) as caught:
        assert_gradients(checks)
    first, line, hint, *rest = str(caught.value).splitlines()
    got, want = wrong["W"][2, 1], wrong["W"][2, 1] - 0.5
    assert first == "2 of 4 checks failed"
    assert line.startswith("W ")
    assert f"WRONG at (2, 1): {got:.6g}, want {want:.6g}" in line
    assert hint.startswith("    looks like row 2 (block 3 of 4) alone: ")
    assert len(rest) == 2  # the complex step, and nothing of x


def test_nothing_checked_is_not_a_pass():
    with pytest.raises(AssertionError, match="no gradient was checked"):
        assert_gradients([])


def test_another_shape():
    with pytest.raises(ValueError, match=r"gradient of W is \(3, 4\), the tensor \(4, 3\): its transpose\?"):
        check(W=right()["W"].T)
    with pytest.raises(ValueError, match=r"gradient of W is \(4, 1\), the tensor \(4, 3\)$"):
        check(W=right()["W"][:, :1])
    with pytest.raises(ValueError, match="gradient of V: there is no such tensor, only W, x"):
        check(V=right()["W"])


def test_a_gradient_of_zero_is_named():
    for c in check(W=np.zeros_like(W)):
        assert not c.ok
        assert c.hint.startswith("0 where it should not be")
    checks = check_gradients(lambda t: t["x"].sum(), {"W": W, "x": X}, {"W": np.ones_like(W)})
    assert all("a loss that does not depend on it" in c.hint and not c.ok for c in checks)


def test_a_scalar():
    two = {"a": np.array(0.7)}
    assert_gradients(check_gradients(lambda t: t["a"] ** 2, two, {"a": np.array(1.4)}))
    (c, _) = check_gradients(lambda t: t["a"] ** 2, two, {"a": np.array(0.7)})
    assert c.worst == ()
    assert not c.ok


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_a_number_is_never_ok(value):
    wrong = right()
    wrong["W"][1, 2] = value
    for c in check(**wrong)[:2]:
        assert not c.ok
        assert c.worst == (1, 2)
        assert "in backward" in c.hint
    assert not TensorCheck("W", "complex step", math.nan, 1e-12, (0, 0), 0.0, 0.0).ok


@pytest.mark.parametrize("grad", [np.zeros((H, V)), np.ones((H, V)), np.full((H, V), np.nan)])
def test_a_loss_that_is_not_a_number(grad):
    checks = check_gradients(lambda t: t["W"].sum() * np.nan, {"W": W}, {"W": grad})
    assert not any(c.ok for c in checks)
    assert all("a loss that is not finite" in c.hint for c in checks)


def test_vacuous_checks_are_refused():
    with pytest.raises(ValueError, match="the gradient of W is 0 everywhere: a loss that depends on it"):
        check_gradients(lambda t: t["x"].sum(), {"W": W, "x": X}, {"W": 0 * W})
    with pytest.raises(ValueError, match="b is 0 everywhere: a check there passes wrong code"):
        check_gradients(lambda t: t["b"].sum(), {"b": np.zeros(3)}, {"b": np.ones(3)})


def test_a_random_loss_is_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="for the same tensors: fix every random draw"):
        check_gradients(lambda t: t["W"].sum() + rng.random(), {"W": W}, {"W": np.ones_like(W)})


def test_a_loss_that_writes_into_its_arguments_is_refused():
    def spoiling(tensors):
        tensors["W"] *= 0.5
        return tensors["W"].sum()

    with pytest.raises(ValueError, match="write into no argument"):
        check_gradients(spoiling, {"W": W}, {"W": np.ones_like(W)})


def into_a_float_array(tensors):
    out = np.empty((H, B))
    out[...] = tensors["W"] @ tensors["x"]
    return (R * np.tanh(out)).sum()


def by_a_ufunc_with_out(tensors):
    return (R * np.tanh(tensors["W"] @ tensors["x"], out=np.empty((H, B)))).sum()


def by_a_cast(tensors):
    return (R * np.tanh((tensors["W"] @ tensors["x"]).astype(float))).sum()


def by_math(tensors):
    return math.tanh(tensors["W"].sum())


@pytest.mark.parametrize("fixed", [into_a_float_array, by_a_ufunc_with_out, by_a_cast, by_math])
def test_a_fixed_real_dtype_is_an_error(fixed):
    grads = {"W": right()["W"]}
    with pytest.raises(TypeError, match=r"complex step of W: .*fixed real dtype"):
        check_gradients(fixed, {"W": W, "x": X}, grads)
    central = check_gradients(fixed, {"W": W, "x": X}, grads, complex_step=False)
    assert [c.method for c in central] == ["central difference"]
    assert central[0].ok == (fixed is not by_math)


def test_a_fixed_float32_is_wrong():
    def rounded(tensors):
        return loss({k: v.astype(np.float32) if v.dtype == float else v for k, v in tensors.items()})

    central, complex_step = check_gradients(rounded, {"W": W, "x": X}, {"W": right()["W"]})
    assert not central.ok
    assert complex_step.ok


def test_the_complex_step_misleads_on_abs_and_can_be_left_out():
    grads = {"W": np.sign(W)}
    assert_gradients(check_gradients(lambda t: np.abs(t["W"]).sum(), {"W": W}, grads, complex_step=False))
    assert not check_gradients(lambda t: np.abs(t["W"]).sum(), {"W": W}, grads)[1].ok
