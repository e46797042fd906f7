"""Recurrent layer, dropout, dense layer and loss, joined: shapes, gradients, and that it learns."""

import math

import numpy as np
import pytest

from lstm_from_scratch.gradients import check_gradients
from lstm_from_scratch.model import MelodyModel
from lstm_from_scratch.network import Adam

CELLS = ("lstm", "gru", "rnn")
each_cell = pytest.mark.parametrize("cell", CELLS)
each_objective = pytest.mark.parametrize("every_step", [True, False], ids=["stream", "window"])
T, B, V, H = 5, 3, 7, 4


def made(cell="lstm", dropout=0.0, dtype=np.float64, V=V, H=H, seed=0):
    return MelodyModel(V, H, cell, dropout, rng=np.random.default_rng(seed), dtype=dtype)


def batch(V=V, T=T, B=B, seed=0):
    """Tokens and a target at every step."""
    return np.random.default_rng(seed).integers(0, V, (2, T, B))


def test_the_papers_model_has_311846_parameters():
    model = made(V=38, H=256, dtype=np.float32)
    assert sum(p.size for p in model.params.values()) == 311_846
    assert {name: p.shape for name, p in model.params.items()} == {
        "lstm.W": (1024, 38),
        "lstm.U": (1024, 256),
        "lstm.b": (1024, 1),
        "dense.W": (38, 256),
        "dense.b": (38, 1),
    }
    assert all(p.dtype == np.float32 for p in model.params.values())


@each_cell
def test_params_and_grads_have_the_same_keys_and_are_the_layers_own(cell):
    model = made(cell)
    assert model.params.keys() == model.grads.keys()
    assert all(model.grads[k].shape == p.shape for k, p in model.params.items())
    model.forward(*batch())
    model.backward()
    assert model.grads["dense.W"] is model.dense.grads["W"] and model.grads[f"{cell}.U"].any()
    assert model.grads[f"{cell}.U"] is model.recurrent.grads["U"]


@each_cell
@each_objective
def test_an_untrained_model_knows_nothing(cell, every_step):
    model = made(cell, dropout=0.2, dtype=np.float32, V=38, H=64)
    tokens, targets = batch(V=38, T=64, B=64)
    loss = model.forward(tokens, targets if every_step else targets[-1])
    # The plain RNN's state is as large at the start as it ever is: its guesses are bolder, and no better.
    assert abs(loss - math.log(38)) < (0.25 if cell == "rnn" else 0.1)


@each_cell
@each_objective
@pytest.mark.parametrize("dropout", [0.0, 0.4])
def test_the_gradient_of_the_whole_model(cell, every_step, dropout):
    rng = np.random.default_rng(1)
    tokens, targets = batch()
    targets = targets if every_step else targets[-1]
    state = tuple(0.5 * rng.standard_normal((H, B)) for _ in made(cell).recurrent.forward(tokens[:1])[:1])
    state = state * 2 if cell == "lstm" else state

    def run(tensors):
        model = made(cell, dropout, tensors["dense.b"].dtype)  # the same seed: the same dropout mask
        for name, p in model.params.items():
            p[...] = tensors[name]
        return model, model.forward(tokens, targets, state)

    tensors = {k: rng.standard_normal(p.shape) for k, p in made(cell).params.items()}
    model, _ = run(tensors)
    model.backward()
    checks = check_gradients(lambda t: run(t)[1], tensors, model.grads)
    assert len(checks) == 2 * len(tensors) and all(c.ok for c in checks), "\n".join(map(str, checks))


@each_cell
@each_objective
def test_one_batch_can_be_learnt_by_heart(cell, every_step):
    model = made(cell, dtype=np.float32, V=8, H=32)
    tokens, targets = batch(V=8, T=12, B=8)
    tokens[0] = range(8)  # else two sequences could begin alike and go on differently
    targets = targets if every_step else targets[-1]
    adam = Adam(model.params, 0.01)
    for _ in range(400):
        loss = model.forward(tokens, targets)
        if loss < 0.05:
            return
        model.backward()
        adam.step(model.grads)
    raise AssertionError(f"the loss is still {loss}")


@each_cell
def test_a_batch_of_one_equals_a_batch_of_many(cell):
    model = made(cell)
    tokens, targets = batch()
    many = model.logits(tokens).copy()
    last = model.logits(tokens, last_only=True).copy()
    loss = model.forward(tokens, targets)
    alone = [made(cell).forward(tokens[:, b : b + 1], targets[:, b : b + 1]) for b in range(B)]
    assert loss == pytest.approx(np.mean(alone), rel=1e-12)
    for b in range(B):
        assert model.logits(tokens[:, b : b + 1])[..., 0] == pytest.approx(many[..., b], rel=1e-12)
    assert last == pytest.approx(many[-1], rel=1e-12)


@each_cell
def test_two_pieces_with_the_state_carried_equal_the_whole(cell):
    model = made(cell)
    tokens, targets = batch(T=10)
    whole = model.logits(tokens).copy()
    end = model.state
    first = model.logits(tokens[:5]).copy()
    state = model.state
    kept = [s.copy() for s in state]
    second = model.logits(tokens[5:], state).copy()
    assert np.concatenate([first, second]) == pytest.approx(whole, rel=1e-12)
    assert all(np.allclose(a, b, rtol=1e-12) for a, b in zip(model.state, end))
    assert all(np.array_equal(a, b) for a, b in zip(state, kept))  # a state is a copy, not a work array
    loss = model.forward(tokens[:5], targets[:5])
    loss += model.forward(tokens[5:], targets[5:], model.state)
    assert loss / 2 == pytest.approx(model.forward(tokens, targets), rel=1e-12)
    assert len(state) == (2 if cell == "lstm" else 1)


def test_the_loss_is_that_of_the_logits():
    model = made()
    tokens, targets = batch()
    y = model.logits(tokens).astype(float)
    p = np.exp(y) / np.exp(y).sum(axis=1, keepdims=True)
    nats = -np.log([[p[t, targets[t, b], b] for b in range(B)] for t in range(T)])
    assert model.forward(tokens, targets) == pytest.approx(nats.mean(), rel=1e-12)
    assert model.forward(tokens, targets[-1]) == pytest.approx(nats[-1].mean(), rel=1e-12)


def test_dropout_acts_in_training_alone():
    model = made(dropout=0.5)
    tokens, targets = batch()
    once, again = (model.forward(tokens, targets, training=False) for _ in range(2))
    assert once == again == made().forward(tokens, targets)
    assert model.forward(tokens, targets) != model.forward(tokens, targets)  # another mask each time


def test_a_seed_is_a_model():
    a, b, other = (made(seed=s, dropout=0.5) for s in (3, 3, 4))
    assert all(np.array_equal(a.params[k], b.params[k]) for k in a.params)
    assert a.dropout.key == b.dropout.key != other.dropout.key
    assert not np.array_equal(a.params["lstm.W"], other.params["lstm.W"])


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((0, 4), "0 symbols"),
        ((4, 0), "0 units"),
        ((4, 4, "elman"), "cell 'elman': want one of lstm, gru, rnn"),
        ((4, 4, "lstm", 1.0), "dropout 1.0"),
        ((4, 4, "lstm", float("nan")), "dropout nan"),
    ],
)
def test_a_model_that_cannot_be_is_refused(arguments, reason):
    with pytest.raises(ValueError, match=reason):
        MelodyModel(*arguments, rng=np.random.default_rng(0))


def test_a_token_outside_the_vocabulary_is_refused():
    with pytest.raises(ValueError, match="want 0 to 6"):
        made().logits(np.array([[7]]))
    with pytest.raises(ValueError, match="want 0 to 6"):
        made().forward(np.array([[0]]), np.array([[-1]]))


@pytest.mark.parametrize("count", [0, -1, 2.5, math.nan, True, "4", None])
def test_sizes_that_mean_nothing_are_refused_by_name(count):
    for sizes, what in (((count, 4), "symbols"), ((4, count), "units")):
        with pytest.raises(ValueError, match=f"{count} {what}: want a whole number, 1 or more"):
            MelodyModel(*sizes, rng=np.random.default_rng(0))
