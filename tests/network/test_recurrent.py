"""What holds for all three recurrent layers: gradients, equivalences, manners."""

import numpy as np
import pytest

from lstm_from_scratch.gradients import assert_gradients
from lstm_from_scratch.gradients.selfcheck import check_recurrent
from lstm_from_scratch.network import GRU, LSTM, RNN
from lstm_from_scratch.network.arrays import SpentError

T, V, H, B = 5, 3, 4, 2
LAYERS = (LSTM, GRU, RNN)
each_layer = pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.__name__)


def states_of(layer):
    return "hc" if layer is LSTM else "h"


def build(layer, dtype=float):
    """A layer whose parameters are random and nowhere 0, the same for every dtype."""
    built = layer(V, H, rng=np.random.default_rng(0), dtype=dtype)
    rng = np.random.default_rng(1)
    for p in built.params.values():
        p[...] = rng.uniform(-1, 1, p.shape)
    return built


def draw(layer, T=T, B=B, dtype=float, seed=2):
    """x, the states before, dh, and the gradients by the states after."""
    rng = np.random.default_rng(seed)

    def draw_one(*shape):
        return rng.standard_normal(shape).astype(dtype)

    n = len(states_of(layer))
    x, dh = draw_one(T, V, B), draw_one(T, H, B)
    return x, [draw_one(H, B) for _ in range(n)], dh, [draw_one(H, B) for _ in range(n)]


def results(built, x, states, dh, last):
    """All that one forward and one backward give, by name."""
    h = built.forward(x, *states).copy()
    dx = built.backward(dh, *last)
    names = states_of(type(built))
    found = {"h": h, **{f"{s}_last": getattr(built, f"{s}_last").copy() for s in names}}
    found |= {f"d{s}0": getattr(built, f"d{s}0").copy() for s in names}
    found |= {f"d{k}": g.copy() for k, g in built.grads.items()}
    return found if dx is None else {**found, "dx": dx.copy()}


def assert_same(found, want, tolerance=1e-13):
    assert found.keys() == want.keys()
    for name in want:
        np.testing.assert_allclose(
            found[name], want[name], rtol=0, atol=tolerance * np.abs(want[name]).max(), err_msg=name
        )


# T, V, H, B
SIZES = [(5, 3, 4, 2), (1, 3, 4, 2), (4, 1, 3, 2), (3, 4, 1, 2), (4, 3, 2, 1), (1, 1, 1, 1), (3, 2, 5, 4)]


@each_layer
@pytest.mark.parametrize("sizes", SIZES, ids=lambda sizes: "T%d-V%d-H%d-B%d" % sizes)
def test_every_gradient_is_the_numerical_one(layer, sizes):
    checks = check_recurrent(layer, np.random.default_rng(0), sizes)
    names = {"W", "U", "b", "x", *(f"{s}0" for s in states_of(layer))} | ({"bn"} if layer is GRU else set())
    assert {c.tensor for c in checks} == {f"{layer.__name__}.{name}" for name in names}
    assert {c.gate for c in checks} == {1e-8, 1e-12}
    assert len(checks) == 2 * len(names)
    assert_gradients(checks)


@each_layer
def test_dh_none_is_a_gradient_of_the_last_step_alone(layer):
    x, states, dh, last = draw(layer)
    without = results(build(layer), x, states, None, last)
    assert_same(without, results(build(layer), x, states, np.zeros_like(dh), last))
    as_dh = np.zeros_like(dh)
    as_dh[-1] = last[0]
    assert_same(without, results(build(layer), x, states, as_dh, [None, *last[1:]]))


@each_layer
def test_a_sequence_alone_is_what_it_is_in_a_batch(layer):
    x, states, dh, last = draw(layer, B=3)
    whole = results(build(layer), x, states, dh, last)
    parts = [
        results(
            build(layer), x[..., [j]], [s[:, [j]] for s in states], dh[..., [j]], [d[:, [j]] for d in last]
        )
        for j in range(3)
    ]
    summed = {f"d{k}" for k in build(layer).params}
    together = {
        k: sum(p[k] for p in parts) if k in summed else np.concatenate([p[k] for p in parts], axis=-1)
        for k in whole
    }
    assert_same(together, whole)


@each_layer
@pytest.mark.parametrize("cut", [1, 2, T - 1])
def test_two_chained_pieces_are_the_whole(layer, cut):
    x, states, dh, last = draw(layer)
    whole = results(build(layer), x, states, dh, last)
    first, second = build(layer), build(layer)
    second.params = first.params
    h1 = first.forward(x[:cut], *states)
    between = [getattr(first, f"{s}_last") for s in states_of(layer)]
    h2 = second.forward(x[cut:], *between)
    dx2 = second.backward(dh[cut:], *last)
    dx1 = first.backward(dh[:cut], *(getattr(second, f"d{s}0") for s in states_of(layer)))
    found = {"h": np.concatenate([h1, h2]), "dx": np.concatenate([dx1, dx2])}
    found |= {f"{s}_last": getattr(second, f"{s}_last") for s in states_of(layer)}
    found |= {f"d{s}0": getattr(first, f"d{s}0") for s in states_of(layer)}
    found |= {f"d{k}": first.grads[k] + second.grads[k] for k in first.grads}
    assert_same(found, whole)


@each_layer
@pytest.mark.parametrize("kind", [np.uint8, np.int32, np.int64])
def test_tokens_are_one_hot_columns(layer, kind):
    _, states, dh, last = draw(layer)
    tokens = np.random.default_rng(5).integers(0, V, (T, B)).astype(kind)
    tokens[:2, 0] = 0, V - 1
    one_hot = np.eye(V)[tokens].transpose(0, 2, 1)
    want = results(build(layer), one_hot, states, dh, last)
    assert want.pop("dx").shape == one_hot.shape
    assert_same(results(build(layer), tokens, states, dh, last), want)


@each_layer
def test_float32_tracks_float64(layer):
    given = draw(layer, T=20)
    want = results(build(layer), *given)
    x, states, dh, last = draw(layer, T=20, dtype=np.float32)
    found = results(build(layer, np.float32), x, states, dh, last)
    assert {v.dtype for v in found.values()} == {np.dtype(np.float32)}
    assert_same(found, want, 1e-5)
    assert any((found[k] != want[k]).any() for k in want)  # they are not one computation


@each_layer
def test_no_state_is_the_zero_state(layer):
    x, states, dh, last = draw(layer)
    zeros = [np.zeros_like(s) for s in states]
    want = results(build(layer), x, zeros, dh, last)
    built = build(layer)
    for none in ([], [None for _ in states]):
        results(built, x, states, dh, last)  # of which nothing is left
        assert_same(results(built, x, none, dh, last), want, 0)
    without = results(build(layer), x, states, dh, [])
    assert_same(without, results(build(layer), x, states, dh, [np.zeros_like(s) for s in states]), 0)
    assert np.abs(without["dx"] - results(build(layer), x, states, dh, last)["dx"]).max() > 0.01


@each_layer
def test_the_seed_gives_the_numbers(layer):
    def params(seed, dtype=np.float32):
        return layer(V, H, rng=np.random.default_rng(seed), dtype=dtype).params

    assert all((a == b).all() for a, b in zip(params(1).values(), params(1).values()))
    assert (params(1)["W"] != params(2)["W"]).all()
    assert (params(1)["U"] != params(2)["U"]).all()
    assert all(
        (a == b.astype(np.float32)).all() for a, b in zip(params(1).values(), params(1, float).values())
    )


@each_layer
def test_steps_and_examples_may_change_and_nothing_is_left_of_the_call_before(layer):
    built = build(layer)
    for seed, (steps, examples) in enumerate([(5, 2), (5, 2), (3, 4), (1, 1), (7, 1), (5, 2)]):
        given = draw(layer, steps, examples, seed=seed)
        assert_same(results(built, *given), results(build(layer), *given), 0)
    tokens, (_, states, dh, last) = np.zeros((T, B), int), draw(layer)
    want = results(build(layer), tokens, states, dh, last)
    assert_same(results(built, tokens, states, dh, last), want, 0)


@each_layer
def test_nothing_that_was_given_is_written_into(layer):
    built = build(layer)
    x, states, dh, last = draw(layer)
    given = [x, *states, dh, *last, *built.params.values()]
    before = [a.copy() for a in given]
    for array in given:
        array.flags.writeable = False
    built.forward(x, *states)
    built.backward(dh, *last)
    assert all((a == b).all() for a, b in zip(given, before))


@each_layer
def test_the_state_and_its_gradients_outlive_the_next_backward(layer):
    built = build(layer)
    results(built, *draw(layer))
    held = [getattr(built, f"d{s}0") for s in states_of(layer)]
    before = [a.copy() for a in held]
    results(built, *draw(layer, seed=9))
    assert all((a == b).all() for a, b in zip(held, before))


@each_layer
def test_a_gradient_is_made_once_for_a_forward(layer):
    built = build(layer)
    x, states, dh, last = draw(layer)
    with pytest.raises(SpentError, match=f"{layer.__name__}.backward: call forward first"):
        built.backward(dh)
    built.forward(x, *states)
    built.backward(dh, *last)
    with pytest.raises(SpentError):
        built.backward(dh, *last)
    built.forward(x, *states)
    built.forward(x, *states)  # the last one counts, once
    built.backward(dh, *last)
    with pytest.raises(SpentError):
        built.backward(dh, *last)


@each_layer
def test_a_forward_that_was_refused_leaves_nothing_to_go_back_through(layer):
    built = build(layer)
    x, states, dh, _ = draw(layer)
    built.forward(x, *states)
    bad = [*states[:-1], np.zeros((H, B + 1))]
    with pytest.raises(ValueError, match=r"0 \(4, 3\): want"):
        built.forward(2 * x, *bad)
    with pytest.raises(SpentError):
        built.backward(dh)


@each_layer
def test_grads_keep_keys_shapes_and_arrays(layer):
    built = build(layer)
    arrays = dict(built.grads)
    given = draw(layer)
    first = results(built, *given)
    assert built.grads.keys() == built.params.keys()
    assert all(built.grads[k] is arrays[k] for k in arrays)  # a model's dictionary holds these arrays
    assert all(built.grads[k].shape == p.shape for k, p in built.params.items())
    assert_same(results(built, *given), first, 0)  # not a sum over calls


@each_layer
def test_frozen_weights_are_read_once(layer):
    built, given = build(layer), draw(layer)
    want = results(built, *given)
    with built.frozen():
        assert_same(results(built, *given), want, 0)
        built.params["W"] *= 2
        np.testing.assert_array_equal(built.forward(given[0], *given[1]), want["h"])
    doubled = results(built, *given)
    assert np.abs(doubled["h"] - want["h"]).max() > 0.01
    with pytest.raises(KeyError), built.frozen():
        raise KeyError
    built.params["W"] /= 2
    assert_same(results(built, *given), want, 0)


@each_layer
def test_shapes(layer):
    built = build(layer)
    found = results(built, *draw(layer))
    assert (found["h"].shape, found["dx"].shape) == ((T, H, B), (T, V, B))
    assert all(found[f"{s}_last"].shape == found[f"d{s}0"].shape == (H, B) for s in states_of(layer))
    assert (found["h_last"] == found["h"][-1]).all()
    n = layer.blocks * H
    want = {"W": (n, V), "U": (n, H), "b": (n, 1)} | ({"bn": (H, 1)} if layer is GRU else {})
    assert {k: p.shape for k, p in built.params.items()} == want


@each_layer
@pytest.mark.parametrize(
    ("x", "reason"),
    [
        (np.zeros((T, V + 1, B)), r"x \(5, 4, 2\) float64: want \(T, 3, B\), or \(T, B\) integer tokens"),
        (np.zeros((T, B)), r"x \(5, 2\) float64: want"),
        (np.zeros(T, int), r"x \(5,\) int64: want"),
        (np.zeros((0, B), int), "at least one step and one example"),
        (np.zeros((T, V, 0)), "at least one step and one example"),
        (np.array([[0, V]]), "tokens 0 to 3, want 0 to 2"),
        (np.array([[0, -1]]), "tokens -1 to 0, want 0 to 2"),
    ],
)
def test_bad_input(layer, x, reason):
    with pytest.raises(ValueError, match=reason):
        build(layer).forward(x)


@each_layer
def test_bad_states_and_gradients(layer):
    x, states, dh, last = draw(layer)
    for s in range(len(states)):
        bad = [*states[:s], states[s].T, *states[s + 1 :]]
        with pytest.raises(ValueError, match=rf"{states_of(layer)[s]}0 \(2, 4\): want \(4, 2\)"):
            build(layer).forward(x, *bad)
        built = build(layer)
        built.forward(x, *states)
        bad = [*last[:s], last[s][:, :1], *last[s + 1 :]]
        with pytest.raises(ValueError, match=rf"d{states_of(layer)[s]}_last \(4, 1\): want \(4, 2\)"):
            built.backward(dh, *bad)
    built = build(layer)
    built.forward(x, *states)
    with pytest.raises(ValueError, match=r"dh \(4, 4, 2\): want \(5, 4, 2\)"):
        built.backward(dh[1:])


@each_layer
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1e3, -1e3])
def test_huge_sums_saturate_and_stay_finite(layer, dtype, size):
    built = build(layer, dtype)
    built.params["b"][...] = size
    given = draw(layer, dtype=dtype)
    found = results(built, *given)  # a warning would be an error
    assert all(np.isfinite(v).all() for v in found.values())
    _, states, *_ = given
    h = found["h"]
    if layer is RNN:
        assert (h == np.sign(size)).all()
    elif layer is GRU:  # u = 1 keeps h0; u = 0 takes n = -1
        np.testing.assert_allclose(
            h, np.broadcast_to(states[0] if size > 0 else -1, h.shape), rtol=0, atol=1e-6
        )
    elif size > 0:  # c gains 1 a step
        c = states[1] + np.arange(1, T + 1)[:, None, None]
        np.testing.assert_allclose(h, np.tanh(c), rtol=1e-6)
    else:
        assert (h == 0).all()
    assert not found["dW"].any() or (layer is not RNN and np.abs(found["dW"]).max() < 1e-6)


@each_layer
@pytest.mark.parametrize("dtype", [int, bool, str, object])
def test_a_dtype_without_fractions_is_refused(layer, dtype):
    with pytest.raises(TypeError, match="want float32, float64 or a complex one"):
        layer(V, H, rng=np.random.default_rng(0), dtype=dtype)


@each_layer
def test_several_tokens_a_step_are_the_rows_that_are_one(layer):
    _, states, dh, last = draw(layer)
    tokens = np.random.default_rng(5).integers(0, V, (T, 2, B))
    columns = np.zeros((T, V, B))
    for t, k, b in np.ndindex(tokens.shape):
        columns[t, tokens[t, k, b], b] = 1
    found = results(build(layer), tokens, states, dh, last)
    want = results(build(layer), columns, states, dh, last)
    want.pop("dx")
    assert_same(found, want)
