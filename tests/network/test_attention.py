"""Attention and the mixture's loss: gradients, the plain voice, equivalences, manners."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from lstm_from_scratch.gradients import assert_gradients, check_gradients
from lstm_from_scratch.network import Attention, MixtureCrossEntropy, SoftmaxCrossEntropy, pointer
from lstm_from_scratch.network.arrays import SpentError
from lstm_from_scratch.network.attention import LONGEST_LAG, LONGEST_MATCH
from lstm_from_scratch.network.mixture import followers, log_mixture

T, V, H, B, D = 9, 4, 3, 2, 5
PLAIN = runpy.run_path(str(Path(__file__).parents[1] / "helpers" / "plain.py"))["attention"]


def layer(dtype=float, backend=None):
    """A layer whose parameters are random and nowhere 0, the same for every dtype."""
    made = Attention(H, D, rng=np.random.default_rng(0), dtype=dtype, backend=backend)
    rng = np.random.default_rng(1)
    for p in made.params.values():
        p[...] = made.backend.to_device(rng.uniform(-1, 1, p.shape).astype(dtype))
    return made


def song(seed=2, T=T, B=B):
    """h, y, tokens of two symbols, which repeat themselves, and targets."""
    rng = np.random.default_rng(seed)
    h, y = rng.standard_normal((T, H, B)), rng.standard_normal((T, V, B))
    return h, y, rng.integers(0, 2, (T, B)), rng.integers(0, V, (T, B))


def losses(made, h, y, tokens, targets, counted=None):
    """The loss and all gradients, by name."""
    mixture = MixtureCrossEntropy(made.backend)
    e = made.forward(h, tokens)
    loss = mixture.forward(y, e, tokens, targets, counted)
    scores = made.backend.to_host(e).copy()
    dy, de = mixture.backward()
    dh = made.backward(de)
    found = {"dy": dy, "dh": dh, **{f"d{k}": g for k, g in made.grads.items()}}
    return {"loss": loss, "e": scores, **{k: made.backend.to_host(g).copy() for k, g in found.items()}}


def assert_same(found, want, tolerance=1e-12):
    for name in want:
        np.testing.assert_allclose(found[name], want[name], rtol=0, atol=tolerance, err_msg=name)


@pytest.mark.parametrize("counting", ["all", "some"])
def test_every_gradient_is_the_numerical_one(counting):
    h, y, tokens, targets = song()
    counted = np.ones((T, B), bool)
    if counting == "some":
        counted[-3:, 1] = counted[0, 0] = False
    params = layer().params

    def loss(p):
        made, mixture = layer(p["h"].dtype), MixtureCrossEntropy()
        made.params = {k: p[k] for k in made.params}
        return mixture.forward(p["y"], made.forward(p["h"], tokens), tokens, targets, counted)

    tensors = {**params, "h": h, "y": y}
    found = losses(layer(), h, y, tokens, targets, counted)
    assert_gradients(check_gradients(loss, tensors, {k: found[f"d{k}"] for k in tensors}))


def test_the_layer_gives_what_the_plain_equations_give():
    h, y, tokens, targets = song()
    made = layer()
    for b in range(B):
        one = [a[..., b : b + 1] for a in (h, y, tokens, targets)]
        found = losses(made, *one)
        want = PLAIN(
            pointer, made.params, h[..., b], y[..., b], tokens[:, b].tolist(), targets[:, b].tolist()
        )
        for t, e in enumerate(want.pop("e")):
            np.testing.assert_allclose(found["e"][0, t, : t + 1], e, rtol=0, atol=1e-13)
            assert np.isneginf(found["e"][0, t, t + 1 :]).all()
        for name in ("dh", "dy"):
            want[name] = want[name][:, :, None]
        assert_same(found, want)


def test_float32_is_float64_with_fewer_digits():
    h, y, tokens, targets = song()
    want = losses(layer(), h, y, tokens, targets)
    found = losses(layer(np.float32), h.astype(np.float32), y.astype(np.float32), tokens, targets)
    for name in want.keys() - {"e"}:
        scale = np.abs(want[name]).max()
        np.testing.assert_allclose(found[name], want[name], rtol=0, atol=1e-5 * scale, err_msg=name)
        assert found[name].dtype == np.float32, name


def test_a_song_alone_is_what_it_is_beside_a_longer_one():
    """What stands behind its end counts nothing and changes nothing."""
    h, y, tokens, targets = song()
    short = 5
    counted = np.ones((T, B), bool)
    counted[short:, 0] = counted[:, 1] = False
    together = losses(layer(), h, y, tokens, targets, counted)
    alone = losses(layer(), *(a[:short, ..., :1] for a in (h, y, tokens, targets)))
    assert together["loss"] == pytest.approx(alone["loss"], rel=1e-13)
    np.testing.assert_allclose(together["dh"][:short, :, :1], alone["dh"], atol=1e-14)
    assert not together["dh"][short:].any() and not together["dh"][:, :, 1].any()
    assert_same(together, {k: v for k, v in alone.items() if k in {f"d{p}" for p in layer().params}})


def test_where_the_sentinel_takes_all_it_is_the_plain_softmax():
    h, y, tokens, targets = song()
    made = layer()
    made.params["bq"][...] = 0
    made.params["Wq"][...] = 0
    made.params["m"][...] = made.params["r"][...] = -1e4
    mixture, plain = MixtureCrossEntropy(), SoftmaxCrossEntropy()
    e = made.forward(h, tokens)
    assert mixture.forward(y, e, tokens, targets) == pytest.approx(plain.forward(y, targets), rel=1e-14)
    dy, de = mixture.backward()
    np.testing.assert_allclose(dy, plain.backward(), atol=1e-15)
    assert np.abs(de).max() < 1e-15


def test_probabilities_sum_to_one_and_give_the_loss():
    h, y, tokens, targets = song()
    e = layer().forward(h, tokens)
    log_p = log_mixture(np, y, e, followers(np, tokens))
    np.testing.assert_allclose(np.exp(log_p).sum(axis=1), 1, atol=1e-14)
    mixture = MixtureCrossEntropy()
    loss = mixture.forward(y, e, tokens, targets)
    of_targets = np.take_along_axis(log_p, targets[:, None], axis=1)
    assert loss == pytest.approx(-of_targets.mean(), rel=1e-13)
    np.testing.assert_allclose(mixture.probabilities, np.exp(log_p), atol=1e-15)


def test_extreme_scores_stay_finite():
    h, y, tokens, targets = song()
    for scale in (1e3, 1e30):
        made, mixture = layer(np.float32), MixtureCrossEntropy()
        e = made.forward(h.astype(np.float32), tokens)
        e *= np.float32(scale)
        loss = mixture.forward((y * 100).astype(np.float32), e, tokens, targets)
        dy, de = mixture.backward()
        assert np.isfinite(loss) and np.isfinite(dy).all() and np.isfinite(de).all()


def test_step_by_step_is_the_whole():
    h, _, tokens, _ = song(T=40)
    made = layer()
    whole = made.forward(h, tokens).copy()
    made.forward(h[:3], tokens[:3])
    memory = made.remember()
    for t in range(3, 40):
        e, memory = made.step(h[t], tokens[t], memory)
        np.testing.assert_allclose(e, whole[:, t, : t + 1], rtol=0, atol=1e-13)
    assert memory.steps == 40 and (memory.tokens == tokens.T).all()


def test_two_ways_on_from_one_memory_do_not_meet():
    h, _, tokens, _ = song()
    made = layer()
    made.forward(h[:4], tokens[:4])
    start = made.remember()
    first, one = made.step(h[4], tokens[4], start)
    _, other = made.step(h[5], 1 - tokens[4], start)
    assert (one.tokens[:, -1] == tokens[4]).all() and (other.tokens[:, -1] == 1 - tokens[4]).all()
    np.testing.assert_array_equal(made.step(h[4], tokens[4], start)[0], first)
    assert start.steps == 4


@pytest.mark.parametrize("length", [1, LONGEST_MATCH + 5, LONGEST_LAG + 5])
def test_matches_and_lags_count_up_to_a_limit(length):
    """A song of one symbol: everything matches, as far as it goes."""
    made = layer()
    made.params["Wq"][...] = made.params["bq"][...] = 0
    made.params["m"][:, 0] = np.arange(LONGEST_MATCH + 1)
    made.params["r"][:, 0] = 1000 * np.arange(LONGEST_LAG + 1)
    e = made.forward(np.zeros((length, H, 1)), np.zeros((length, 1), int))[0]
    for t in {0, length // 2, length - 1}:
        want = [min(i + 1, LONGEST_MATCH) + 1000 * min(t - i, LONGEST_LAG) for i in range(t)]
        assert e[t, 1 : t + 1].tolist() == want


def test_matches_are_those_of_a_plain_count():
    rng = np.random.default_rng(3)
    tokens = rng.integers(0, 2, (30, 4))
    match = layer()._matches(tokens)
    for b in range(4):
        for t in range(30):
            want = pointer.match_lengths(tokens[: t + 1, b].tolist())
            assert match[b, t, :t].tolist() == want


def test_a_second_backward_is_refused():
    made, mixture = layer(), MixtureCrossEntropy()
    with pytest.raises(SpentError):
        mixture.probabilities  # noqa: B018
    h, y, tokens, targets = song()
    for call in (lambda: made.backward(np.zeros((B, T, T + 1))), mixture.backward, made.remember):
        with pytest.raises(SpentError, match="call forward first"):
            call()
    losses(made, h, y, tokens, targets)
    with pytest.raises(SpentError):
        made.backward(np.zeros((B, T, T + 1)))


def test_bad_input_is_named():
    h, _, tokens, _ = song()
    with pytest.raises(ValueError, match=r"tokens \(8, 2\) do not match h \(9, 3, 2\)"):
        layer().forward(h, tokens[1:])
    with pytest.raises(TypeError, match="dtype int64"):
        Attention(H, D, rng=np.random.default_rng(0), dtype=int)


def test_arguments_stay_as_they_are():
    h, y, tokens, targets = song()
    kept = [a.copy() for a in (h, y, tokens, targets)]
    losses(layer(), h, y, tokens, targets)
    for a, b in zip((h, y, tokens, targets), kept):
        np.testing.assert_array_equal(a, b)


def test_on_a_fake_gpu(gpu):
    h, y, tokens, targets = song()
    want = losses(layer(np.float32), h.astype(np.float32), y.astype(np.float32), tokens, targets)
    moved = [
        gpu.to_device(a.astype(np.float32) if a.dtype.kind == "f" else a) for a in (h, y, tokens, targets)
    ]
    found = losses(layer(np.float32, gpu), *moved)
    for name in want.keys() - {"e", "loss"}:
        np.testing.assert_allclose(found[name], want[name], atol=1e-5, err_msg=name)


torch = None
try:
    import torch
except ImportError:
    pass


@pytest.mark.skipif(torch is None, reason="PyTorch is not installed: its autograd is not asked")
def test_the_gradients_are_torchs():
    h, y, tokens, targets = song()
    made = layer()
    found = losses(made, h, y, tokens, targets)
    p = {k: torch.tensor(a, requires_grad=True) for k, a in made.params.items()}
    ht, yt = (torch.tensor(a, requires_grad=True) for a in (h, y))
    loss = 0
    for b in range(B):
        for t in range(T):
            match = pointer.match_lengths(tokens[: t + 1, b].tolist())
            q, k = p["Wq"] @ ht[t, :, b] + p["bq"][:, 0], p["Wk"] @ ht[:t, :, b].T
            e = torch.cat([q @ p["s"], q @ k]) / D**0.5
            e = e + torch.cat([torch.zeros(1), p["m"][match, 0] + p["r"][torch.arange(t, 0, -1), 0]])
            a, own = torch.softmax(e, 0), torch.softmax(yt[t, :, b], 0)
            hits = torch.tensor(tokens[1 : t + 1, b] == targets[t, b])
            loss = loss - torch.log(a[0] * own[targets[t, b]] + (a[1:] * hits).sum()) / (T * B)
    loss.backward()
    assert found["loss"] == pytest.approx(loss.item(), rel=1e-12)
    assert_same(
        found, {**{f"d{k}": a.grad.numpy() for k, a in p.items()}, "dh": ht.grad, "dy": yt.grad}, 1e-13
    )
