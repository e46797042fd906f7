"""The checks that catch mutants: each takes a network package and a layer, and fails by AssertionError.

Short forms of what tests/network/ asserts, that run on any copy of the network.
"""

import json
import math
import runpy
from pathlib import Path

import numpy as np

REFERENCE = json.loads(Path(__file__).with_name("reference.json").read_text(encoding="utf-8"))
HELPERS = runpy.run_path(str(Path(__file__).with_name("plain.py")))
T, V, H, B = 4, 3, 2, 1


def refuses(error, call, *args):
    try:
        call(*args)
    except error:
        return
    raise AssertionError(f"no {error.__name__}")


def same(found, want, tolerance=1e-12):
    np.testing.assert_allclose(found, want, rtol=0, atol=tolerance)


def draw(net, layer, steps=T, seed=1):
    """A layer with random parameters; x, states, dh and the gradients by the states after."""
    rng = np.random.default_rng(seed)
    built = getattr(net, layer)(V, H, rng=rng, dtype=float)
    for p in built.params.values():
        p[...] = rng.uniform(-1, 1, p.shape)
    states = 2 if layer == "LSTM" else 1
    x, dh = rng.standard_normal((steps, V, B)), rng.standard_normal((steps, H, B))
    before, after = rng.standard_normal((2, states, H, B))
    return built, x, before, dh, after


def everything(built, x, before, dh, after):
    h = built.forward(x, *before).copy()
    dx = built.backward(dh, *after)
    dx = [] if dx is None else [dx.copy()]
    return [h, *dx, built.dh0, *(g.copy() for g in built.grads.values())]


def gradients(net, layer):
    rng = np.random.default_rng(0)
    selfcheck = net.selfcheck
    try:
        checks = {
            "Dense": selfcheck.check_dense,
            "Dropout": selfcheck.check_dropout,
            "Loss": selfcheck.check_loss,
        }.get(layer, lambda rng: selfcheck.check_recurrent(getattr(net, layer), rng, (T, V, H, B)))(rng)
    except TypeError as error:
        raise AssertionError("an imaginary part was lost") from error
    net.assert_gradients(checks)


def reference(net, layer):
    want = REFERENCE[layer]
    params, inputs = want["params"], np.array(want["x"]).swapaxes(1, 2)
    h = np.array(want["h"]).swapaxes(1, 2)
    units = h.shape[1]
    built = getattr(net, layer)(inputs.shape[1], units, rng=np.random.default_rng(0), dtype=float)
    order = [0, 1, 3, 2] if layer == "LSTM" else range(built.blocks)  # torch's is i f g o
    rows = np.concatenate([np.arange(units) + units * block for block in order])
    for ours, theirs in (("W", "weight_ih_l0"), ("U", "weight_hh_l0"), ("b", "bias_ih_l0")):
        p = built.params[ours]
        p[...] = np.array(params[theirs]).reshape(p.shape)[rows]
    if layer == "GRU":
        built.params["bn"][:, 0] = params["bias_hh_l0"][2 * units :]
    same(built.forward(inputs, *(np.array(s)[0].T for s in want["states"])), h)


def chained(net, layer):
    first, x, before, dh, after = draw(net, layer)
    whole = everything(first, x, before, dh, after)
    second = getattr(net, layer)(V, H, rng=np.random.default_rng(0), dtype=float)
    second.params = first.params
    names = "hc"[: len(before)]
    h1 = first.forward(x[:2], *before)
    h2 = second.forward(x[2:], *(getattr(first, f"{s}_last") for s in names))
    dx2 = second.backward(dh[2:], *after)
    dx1 = first.backward(dh[:2], *(getattr(second, f"d{s}0") for s in names))
    same(np.concatenate([h1, h2]), whole[0])
    same(np.concatenate([dx1, dx2]), whole[1])
    same(first.grads["U"] + second.grads["U"], whole[4])


def again(net, layer):
    built, x, before, dh, after = draw(net, layer)
    first = everything(built, x, np.zeros_like(before), dh, after)
    everything(built, x, before, dh, after)
    for found, want in zip(everything(built, x, [], dh, after), first):
        same(found, want)


def tokens(net, layer):
    built, _, before, dh, after = draw(net, layer)
    given = np.arange(T * B).reshape(T, B) % V
    h, _, *want = everything(built, np.eye(V)[given].swapaxes(1, 2), before, dh, after)
    for found, wanted in zip(everything(built, given, before, dh, after), [h, *want]):
        same(found, wanted)
    for wrong in (-1, V):
        refuses(ValueError, built.forward, np.array([[0, wrong]]))


def arguments(net, layer):
    if layer == "Dropout":
        built, given, back = make_dropout(net), [np.ones((9, 9))], [np.ones((9, 9))]
    else:
        built, x, before, dh, after = draw(net, layer)
        given, back = [x, *before], [dh, *after]
    copies = [a.copy() for a in given + back]
    built.forward(*given)
    built.backward(*back)
    for found, want in zip(given + back, copies):
        same(found, want, 0)


def spent(net, layer):
    if layer == "Dropout":
        built, given, back = make_dropout(net), [np.ones((9, 9))], [np.ones((9, 9))]
    elif layer == "Dense":
        built = net.Dense(V, H, rng=np.random.default_rng(0))
        given, back = [np.ones((V, B))], [np.ones((H, B))]
    elif layer == "Loss":
        built, given, back = net.SoftmaxCrossEntropy(), [np.ones((V, B)), np.zeros(B, int)], []
    else:
        built, x, before, dh, after = draw(net, layer)
        given, back = [x, *before], [dh, *after]
    built.forward(*given)
    built.backward(*back)
    refuses(net.arrays.SpentError, built.backward, *back)


def forget_bias(net, layer):
    b = net.LSTM(V, H, rng=np.random.default_rng(0), forget_bias=3).params["b"]
    same(b[:, 0], [0] * H + [3] * H + [0] * 2 * H)


def make_dropout(net, p=0.3, seed=0):
    return net.Dropout(p, rng=np.random.default_rng(seed))


def shares(net, layer):
    y = make_dropout(net).forward(np.ones((100, 100)))
    assert abs((y == 0).mean() - 0.3) < 4 * math.sqrt(0.3 * 0.7 / y.size)
    same(y[y != 0], 1 / 0.7)


def fresh(net, layer):
    ones = np.ones((100, 100))
    one, other = make_dropout(net), make_dropout(net, seed=1)
    masks = [one.forward(ones).copy(), one.forward(ones).copy(), other.forward(ones)]
    for a, b in ((0, 1), (0, 2), (1, 2)):
        assert abs(np.corrcoef(masks[a].ravel(), masks[b].ravel())[0, 1]) < 0.05


def off(net, layer):
    x, built = np.ones((9, 9)), make_dropout(net)
    built.forward(x)
    same(built.forward(x, training=False), x, 0)
    same(built.backward(x), x, 0)
    same(make_dropout(net, 0).forward(x), x, 0)


def extremes(net, layer):
    loss = net.SoftmaxCrossEntropy()
    same(loss.forward(np.array([[1e4, -1e4], [-1e4, -1e4]]), np.array([1, 0])), 1e4 + math.log(2) / 2)
    same(loss.backward(), [[0.5, -0.25], [-0.5, 0.25]])


def uniform(net, layer):
    for V in (1, 7):
        targets = np.zeros((T, B), int)
        same(net.SoftmaxCrossEntropy().forward(np.zeros((T, V, B)), targets), math.log(V))


def counted(net, layer):
    rng = np.random.default_rng(0)
    logits, targets = rng.standard_normal((V, 4)), np.array([0, 1, 2, 0])
    some, all_of_them = net.SoftmaxCrossEntropy(), net.SoftmaxCrossEntropy()
    which = np.array([True, False, True, False])
    same(some.forward(logits, targets, which), all_of_them.forward(logits[:, which], targets[which]))
    want = np.zeros((V, 4))
    want[:, which] = all_of_them.backward()
    same(some.backward(), want)


def targets(net, layer):
    for wrong in (-1, V):
        refuses(ValueError, net.SoftmaxCrossEntropy().forward, np.zeros((V, 2)), np.array([0, wrong]))


def algorithm(net, layer, shape=(3, 2)):
    """[Kingma14, algorithm 1], ten steps."""
    rng = np.random.default_rng(0)
    p, grads = rng.standard_normal(shape), rng.standard_normal((10, *shape))
    for lr, beta1, beta2, eps in ((0.001, 0.9, 0.999, 1e-8), (0.1, 0.5, 0.9, 0.1)):
        params = {"p": p.copy()}
        optimizer = net.Adam(params, lr, (beta1, beta2), eps)
        want, m, v = p, 0, 0
        for t, g in enumerate(grads, 1):
            m = beta1 * m + (1 - beta1) * g
            v = beta2 * v + (1 - beta2) * g**2
            want = want - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
            optimizer.step({"p": g})
        same(params["p"], want)


def blocks(net, layer):
    net.adam.BLOCK = 4
    algorithm(net, layer, (7, 2))


def shapes(net, layer):
    refuses(ValueError, net.Adam({"p": np.ones((3, 2))}).step, {"p": np.ones((3, 1))})


def norm(net, layer):
    for limit, scale in ((2.5, 0.5), (10, 1)):
        grads = {"a": np.array([[3.0]]), "b": np.array([4.0])}
        assert net.clip_by_global_norm(grads, limit) == 5
        same([grads["a"][0, 0], grads["b"][0]], [3 * scale, 4 * scale])


def cells(net, layer):
    """The plain cells against the layer."""
    built, x, states, dh, last = draw(net, layer)
    found = HELPERS["layer_results"](built, x, states, dh, last)
    want = HELPERS["PLAIN"][layer](net.cells, built.params, x, states, dh, last)
    for name in want:
        same(found[name], want[name])


def pointer(net, seed=2):
    """An attention layer with random parameters, h, y, tokens, targets and which targets count."""
    rng = np.random.default_rng(seed)
    made = net.Attention(3, 5, rng=rng, dtype=float)
    for p in made.params.values():
        p[...] = rng.uniform(-1, 1, p.shape)
    h, y = rng.standard_normal((9, 3, 2)), rng.standard_normal((9, 4, 2))
    counted = np.ones((9, 2), bool)
    counted[7:, 1] = False
    return made, h, y, rng.integers(0, 2, (9, 2)), rng.integers(0, 4, (9, 2)), counted


def pointer_gradients(net, layer):
    made, h, y, tokens, targets, counted = pointer(net)
    mixture = net.MixtureCrossEntropy()
    mixture.forward(y, made.forward(h, tokens), tokens, targets, counted)
    dy, de = mixture.backward()
    grads = {"h": made.backward(de), "y": dy, **made.grads}

    def loss(p):
        other, mixture = (
            net.Attention(3, 5, rng=np.random.default_rng(0), dtype=p["h"].dtype),
            net.MixtureCrossEntropy(),
        )
        other.params = {k: p[k] for k in other.params}
        return mixture.forward(p["y"], other.forward(p["h"], tokens), tokens, targets, counted)

    tensors = {**{k: p.copy() for k, p in made.params.items()}, "h": h, "y": y}
    net.assert_gradients(net.check_gradients(loss, tensors, grads))


def pointer_equations(net, layer):
    """Against the plain voice, one song at a time."""
    made, h, y, tokens, targets, _ = pointer(net)
    for b in range(2):
        one = slice(b, b + 1)
        e = made.forward(h[..., one], tokens[:, one])
        loss = net.MixtureCrossEntropy().forward(y[..., one], e, tokens[:, one], targets[:, one])
        symbols = tokens[:, b].tolist(), targets[:, b].tolist()
        want = HELPERS["attention"](net.pointer, made.params, h[..., b], y[..., b], *symbols)
        same(loss, want["loss"])
        for t, e_t in enumerate(want["e"]):
            same(e[0, t, : t + 1], e_t)


def pointer_steps(net, layer):
    made, h, _, tokens, _, _ = pointer(net)
    whole = made.forward(h, tokens).copy()
    made.forward(h[:2], tokens[:2])
    memory = made.remember()
    for t in range(2, 9):
        e, memory = made.step(h[t], tokens[t], memory)
        same(e, whole[:, t, : t + 1])


RECURRENT = (gradients, reference, cells, chained, again, tokens, arguments, spent)
CHECKS = {
    "LSTM": (*RECURRENT, forget_bias),
    "GRU": RECURRENT,
    "RNN": RECURRENT,
    "Attention": (pointer_gradients, pointer_equations, pointer_steps),
    "Dense": (gradients, spent),
    "Dropout": (gradients, shares, fresh, off, arguments, spent),
    "Loss": (gradients, extremes, uniform, counted, targets, spent),
    "Adam": (algorithm, blocks, shapes),
    "Clipping": (norm,),
}
CHECKS = {layer: {c.__name__.replace("_", " "): c for c in checks} for layer, checks in CHECKS.items()}
