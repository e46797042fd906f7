"""Models with attention and a clock: gradients, saving, going on from a state, what is refused."""

import numpy as np
import pytest

from lstm_from_scratch.composing import sample
from lstm_from_scratch.gradients import assert_gradients, check_gradients
from lstm_from_scratch.model import MelodyModel, log_probabilities
from lstm_from_scratch.music import Vocabulary

V, H, T, B = 5, 4, 7, 2
OPTIONS = {
    "attention": {"attention": 3},
    "clock": {"clock": (4, 3)},
    "both": {"attention": 3, "clock": (4, 3)},
}
each_kind = pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)


def build(options, dtype=float, cell="lstm"):
    model = MelodyModel(V, H, cell, 0.0, rng=np.random.default_rng(0), dtype=dtype, **options)
    rng = np.random.default_rng(1)
    for p in model.params.values():
        p[...] = rng.uniform(-1, 1, p.shape)
    return model


def batch(options, T=T):
    """Tokens, targets, and the clock's values where there is a clock."""
    rng = np.random.default_rng(2)
    clock = np.stack(
        [rng.integers(0, n, (T, B)) for n in options.get("clock", ())] or [np.zeros((T, B), int)], 1
    )
    return rng.integers(0, 2, (T, B)), rng.integers(0, V, (T, B)), clock if "clock" in options else None


@each_kind
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_every_gradient_is_the_numerical_one(options, cell):
    tokens, targets, clock = batch(options)
    counted = np.ones((T, B), bool)
    counted[-2:, 0] = False

    def loss(p):
        model = build(options, p["dense.b"].dtype, cell)
        for name, view in model.params.items():
            view[...] = p[name]
        return model.forward(tokens, targets, counted=counted, clock=clock)

    model = build(options, cell=cell)
    model.forward(tokens, targets, counted=counted, clock=clock)
    model.backward()
    assert_gradients(check_gradients(loss, model.params, model.grads))


@each_kind
def test_steps_from_a_state_are_the_whole(options):
    model = build(options)
    tokens, _, clock = batch(options, 12)
    whole = model.logits(tokens, clock=clock).copy()
    part = lambda a, b: None if clock is None else clock[a:b]  # noqa: E731
    rows = [*model.logits(tokens[:4], clock=part(0, 4)).copy()]
    state = model.state
    for t in (4, 5):
        rows.append(model.logits(tokens[t : t + 1], state, last_only=True, clock=part(t, t + 1)).copy())
        state = model.state
    rows += [*model.logits(tokens[6:], state, clock=part(6, 12)).copy()]
    np.testing.assert_allclose(rows, whole, rtol=0, atol=1e-12)


@each_kind
def test_what_is_saved_is_loaded(options, tmp_path):
    model = build(options, np.float32)
    model.vocabulary = Vocabulary("/_abc")
    model.save(tmp_path / "model.npz")
    loaded = MelodyModel.load(tmp_path / "model.npz")
    assert loaded.clock == model.clock and loaded.params.keys() == model.params.keys()
    tokens, _, clock = batch(options)
    np.testing.assert_array_equal(loaded.logits(tokens, clock=clock), model.logits(tokens, clock=clock))


def test_a_model_without_either_is_saved_as_before(tmp_path):
    plain = MelodyModel(V, H, rng=np.random.default_rng(0))
    assert set(plain.params) == {"lstm.W", "lstm.U", "lstm.b", "dense.W", "dense.b"}
    plain.save(tmp_path / "model.npz")
    with np.load(tmp_path / "model.npz") as arrays:
        header = arrays["header"].tobytes().decode()
    assert "attention" not in header and "clock" not in header


def test_log_probabilities_sum_to_one_and_take_a_clock():
    for options in OPTIONS.values():
        tokens, _, clock = batch(options)
        log_p = log_probabilities(build(options), tokens[:, 0], None if clock is None else clock[:, :, 0])
        assert log_p.shape == (T, V)
        np.testing.assert_allclose(np.exp(log_p).sum(axis=1), 1, atol=1e-12)


def test_a_melody_is_drawn_with_attention():
    model = build({"attention": 3}, np.float32)
    model.vocabulary = Vocabulary(["/", "_", "60", "62", "r"])
    drawn = sample(model, temperature=1.0, steps=70, rng=np.random.default_rng(0))
    assert 64 <= len(drawn) <= 70 and drawn == sample(
        model, temperature=1.0, steps=70, rng=np.random.default_rng(0)
    )


def test_probabilities_of_training_are_the_mixtures():
    model = build({"attention": 3})
    tokens, targets, _ = batch({})
    loss = model.forward(tokens, targets, training=False)
    p = model.probabilities
    np.testing.assert_allclose(p.sum(axis=1), 1, atol=1e-12)
    of_targets = np.take_along_axis(p, targets[:, None], axis=1)
    assert loss == pytest.approx(-np.log(of_targets).mean())


def test_what_cannot_be_is_refused():
    tokens, targets, clock = batch({"clock": (4, 3)})
    looking_back, with_clock = build({"attention": 3}), build({"clock": (4, 3)})
    with pytest.raises(ValueError, match="whole songs"):
        looking_back.forward(tokens, targets[0])
    with pytest.raises(ValueError, match="whole songs"):
        looking_back.forward(tokens, targets, state=(np.zeros((H, B)), np.zeros((H, B)), None))
    with pytest.raises(ValueError, match=r"clock None: this model wants \(T, K, B\), \(7, 2, 2\)"):
        with_clock.forward(tokens, targets)
    with pytest.raises(ValueError, match=r"clock \(7, 2, 2\): this model wants \(T, K, B\), \(7, 0, 2\)"):
        looking_back.forward(tokens, targets, clock=clock)
    with pytest.raises(ValueError, match="clock: values up to"):
        with_clock.forward(tokens, targets, clock=clock + 3)
