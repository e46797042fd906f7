"""Adam beside a plain transcription of its algorithm, and clipping."""

import math

import numpy as np
import pytest

from lstm_from_scratch.network import Adam, clip_by_global_norm
from lstm_from_scratch.network import adam as module


def plain_adam(p, grads, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    """[Kingma14, algorithm 1], line by line."""
    m = v = np.zeros_like(p)
    for t, g in enumerate(grads, 1):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        p = p - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return p


def draw(shape, steps=10, scale=1.0):
    rng = np.random.default_rng(0)
    return rng.standard_normal(shape), [scale * rng.standard_normal(shape) for _ in range(steps)]


OPTIONS = [
    {},
    {"lr": 0.1},
    {"betas": (0.5, 0.9)},
    {"eps": 0.1},
    {"lr": 0.01, "betas": (0, 0.99), "eps": 1e-3},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("shape", [(7, 5), (7, 1), (1, 1), (1, 9), (6,), (3, 2, 2)])
def test_ten_steps_are_the_algorithm(options, shape):
    start, grads = draw(shape)
    params = {"p": start.copy(), "q": start.copy()}
    optimizer = Adam(params, **options)
    for g in grads:
        optimizer.step({"p": g, "q": 2 * g})
    names = {k: v for k, v in options.items() if k != "betas"}
    names |= dict(zip(("beta1", "beta2"), options.get("betas", (0.9, 0.999))))
    np.testing.assert_allclose(params["p"], plain_adam(start, grads, **names), rtol=1e-13)
    np.testing.assert_allclose(params["q"], plain_adam(start, [2 * g for g in grads], **names), rtol=1e-13)
    assert optimizer.t == 10


@pytest.mark.parametrize("block", [1, 3, 7, 10, 35, 1000])
@pytest.mark.parametrize("shape", [(7, 5), (35, 1), (1, 35)])
def test_blocks_change_nothing(monkeypatch, block, shape):
    monkeypatch.setattr(module, "BLOCK", block)
    start, grads = draw(shape, 3)
    params = {"p": start.copy()}
    optimizer = Adam(params)
    for g in grads:
        optimizer.step({"p": g})
    np.testing.assert_allclose(params["p"], plain_adam(start, grads), rtol=1e-13)


def test_an_array_larger_than_a_block():
    start, grads = draw((3, module.BLOCK + 1), 2)
    params = {"wide": start.copy(), "tall": start.T.copy()}
    optimizer = Adam(params)
    for g in grads:
        optimizer.step({"wide": g, "tall": g.T})
    np.testing.assert_allclose(params["wide"], plain_adam(start, grads), rtol=1e-13)
    np.testing.assert_allclose(params["tall"], plain_adam(start, grads).T, rtol=1e-13)


@pytest.mark.parametrize("scale", [1e-3, 1, 1e6])
def test_the_first_step_is_lr_long_whatever_the_gradient(scale):
    start, grads = draw((7, 5), 1, scale)
    params = {"p": start.copy()}
    Adam(params, lr=0.02).step({"p": grads[0]})
    np.testing.assert_allclose(params["p"], start - 0.02 * np.sign(grads[0]), rtol=0, atol=0.02 * 0.01)


def test_float32_stays_float32_and_tracks_float64():
    start, grads = draw((7, 5))
    params = {"p": start.astype(np.float32)}
    optimizer = Adam(params, lr=0.01)
    for g in grads:
        optimizer.step({"p": g.astype(np.float32)})
    assert {a.dtype for a in (params["p"], optimizer.m["p"], optimizer.v["p"])} == {np.dtype(np.float32)}
    np.testing.assert_allclose(params["p"], plain_adam(start, grads, lr=0.01), rtol=0, atol=1e-5)


def test_parameters_change_in_place_and_gradients_do_not():
    params, grads = {"p": np.ones((3, 1))}, {"p": np.ones((3, 1))}
    array = params["p"]
    grads["p"].flags.writeable = False
    Adam(params).step(grads)
    assert params["p"] is array
    assert (array < 1).all()


def test_a_gradient_of_zero_moves_nothing():
    params = {"p": np.ones((3, 1))}
    Adam(params).step({"p": np.zeros((3, 1))})
    assert (params["p"] == 1).all()


@pytest.mark.parametrize("shape", [(7, 1), (1, 5), (7, 6), (5, 7), (7,), ()])
def test_a_gradient_of_another_shape(shape):
    params = {"p": np.ones((7, 5))}
    optimizer = Adam(params)
    with pytest.raises(ValueError, match=r"gradient of p is .*, the parameter \(7, 5\)"):
        optimizer.step({"p": np.ones(shape)})
    assert (params["p"] == 1).all()
    assert optimizer.t == 0


def norm_of(grads):
    return math.sqrt(sum((g**2).sum() for g in grads.values()))


@pytest.mark.parametrize("limit", [0.5, 4.0])
def test_clipping_keeps_the_direction_and_bounds_the_norm(limit):
    grads = {"a": draw((7, 5))[0], "b": draw((4, 1))[0]}
    before, norm = {k: g.copy() for k, g in grads.items()}, norm_of(grads)
    arrays = dict(grads)
    assert clip_by_global_norm(grads, limit) == pytest.approx(norm, rel=1e-14)
    assert norm > limit
    assert norm_of(grads) == pytest.approx(limit, rel=1e-14)
    for k in grads:
        np.testing.assert_allclose(grads[k], before[k] * limit / norm, rtol=1e-14)
        assert grads[k] is arrays[k]


def test_a_norm_within_the_limit_is_left():
    grads = {"a": np.array([[3.0], [4.0]]), "b": np.zeros((2, 2))}
    assert clip_by_global_norm(grads, 5.0) == 5
    assert (grads["a"] == [[3], [4]]).all()
    assert clip_by_global_norm({"a": np.zeros(3)}, 1.0) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        *({"lr": lr} for lr in (math.nan, math.inf, -1e-3)),
        *({"eps": eps} for eps in (math.nan, math.inf, 0.0, -1e-8)),
        *({"betas": betas} for betas in ((1.0, 0.9), (0.9, 1.0), (-0.1, 0.9), (0.9, math.nan))),
    ],
    ids=str,
)
def test_numbers_that_mean_nothing_are_refused(wrong):
    with pytest.raises(ValueError, match=rf"{next(iter(wrong))}.*: want lr finite"):
        Adam({"p": np.ones(2)}, **wrong)
    Adam({"p": np.ones(2)}, lr=0)
