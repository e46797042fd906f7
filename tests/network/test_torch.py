"""PyTorch as an oracle: outputs, all gradients and ten steps of Adam, in float64."""

import numpy as np
import pytest

from lstm_from_scratch.network import GRU, LSTM, RNN, Adam, Dense, SoftmaxCrossEntropy

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install '.[bench]'")

T, V, H, B = 6, 5, 4, 3
LAYERS = ((LSTM, torch.nn.LSTM), (GRU, torch.nn.GRU), (RNN, torch.nn.RNN))
each_layer = pytest.mark.parametrize(("ours", "theirs"), LAYERS, ids=lambda layer: layer.__name__)


def to_rows(layer, array):
    """Our rows in torch's order, i f g o for an LSTM."""
    if isinstance(layer, LSTM):
        i, f, o, g = layer.gates(array)
        array = np.concatenate([i, f, g, o])
    return array


def close(found, want, name):
    want = want.detach().numpy() if isinstance(want, torch.Tensor) else want
    np.testing.assert_allclose(found, want, rtol=0, atol=1e-10 * max(1, np.abs(want).max()), err_msg=name)


def pair(ours, theirs):
    """Our layer and torch's, with the same random parameters."""
    rng = np.random.default_rng(0)
    a = ours(V, H, rng=rng, dtype=float)
    for p in a.params.values():
        p[...] = rng.uniform(-1, 1, p.shape)
    b = theirs(V, H, dtype=torch.float64)
    with torch.no_grad():
        b.weight_ih_l0[...] = torch.from_numpy(to_rows(a, a.params["W"]))
        b.weight_hh_l0[...] = torch.from_numpy(to_rows(a, a.params["U"]))
        b.bias_ih_l0[...] = torch.from_numpy(to_rows(a, a.params["b"])[:, 0])
        b.bias_hh_l0[...] = 0
        if ours is GRU:
            b.bias_hh_l0[2 * H :] = torch.from_numpy(a.params["bn"][:, 0])
    return a, b


@each_layer
def test_outputs_and_all_gradients(ours, theirs):
    a, b = pair(ours, theirs)
    rng = np.random.default_rng(1)
    names = "hc" if ours is LSTM else "h"
    x, dh = rng.standard_normal((T, V, B)), rng.standard_normal((T, H, B))
    states, last = ([rng.standard_normal((H, B)) for _ in names] for _ in range(2))

    inputs = torch.tensor(x.transpose(0, 2, 1), requires_grad=True)
    before = [torch.tensor(s.T[None].copy(), requires_grad=True) for s in states]
    out, after = b(inputs, tuple(before) if ours is LSTM else before[0])
    after = after if ours is LSTM else (after,)
    weights = [torch.from_numpy(d.T[None].copy()) for d in last]
    loss = (out * torch.from_numpy(dh.transpose(0, 2, 1).copy())).sum()
    (loss + sum((w * s).sum() for w, s in zip(weights, after))).backward()

    close(a.forward(x, *states).transpose(0, 2, 1), out, "h")
    for s, torchs in zip(names, after):
        close(getattr(a, f"{s}_last").T[None], torchs, f"{s}_last")
    close(a.backward(dh, *last).transpose(0, 2, 1), inputs.grad, "dx")
    for s, torchs in zip(names, before):
        close(getattr(a, f"d{s}0").T[None], torchs.grad, f"d{s}0")
    close(to_rows(a, a.grads["W"]), b.weight_ih_l0.grad, "dW")
    close(to_rows(a, a.grads["U"]), b.weight_hh_l0.grad, "dU")
    close(to_rows(a, a.grads["b"])[:, 0], b.bias_ih_l0.grad, "db")
    if ours is GRU:
        close(a.grads["bn"][:, 0], b.bias_hh_l0.grad[2 * H :], "dbn")


@each_layer
@pytest.mark.parametrize("last_only", [False, True])
def test_ten_steps_of_adam(ours, theirs, last_only):
    a, b = pair(ours, theirs)
    dense = Dense(H, V, rng=np.random.default_rng(2), dtype=float)
    linear = torch.nn.Linear(H, V, dtype=torch.float64)
    with torch.no_grad():
        linear.weight[...] = torch.from_numpy(dense.params["W"])
        linear.bias[...] = 0
    if ours is not GRU:
        b.bias_hh_l0.requires_grad = False  # two biases that are added would learn twice as fast
    rng = np.random.default_rng(3)
    loss = SoftmaxCrossEntropy()
    optimizers = [Adam(layer.params, lr=0.01) for layer in (a, dense)]
    parameters = [p for module in (b, linear) for p in module.parameters() if p.requires_grad]
    theirs_adam = torch.optim.Adam(parameters, lr=0.01)
    for _ in range(10):
        tokens, targets = rng.integers(0, V, (2, T, B))
        targets = targets[-1] if last_only else targets
        h = a.forward(tokens)
        found = loss.forward(dense.forward(h[-1] if last_only else h), targets)
        dh = dense.backward(loss.backward())
        a.backward(*((None, dh) if last_only else (dh,)))
        for optimizer, layer in zip(optimizers, (a, dense)):
            optimizer.step(layer.grads)

        out, _ = b(torch.nn.functional.one_hot(torch.from_numpy(tokens), V).double())
        logits = linear(out[-1] if last_only else out)
        want = torch.nn.functional.cross_entropy(logits.reshape(-1, V), torch.from_numpy(targets).reshape(-1))
        theirs_adam.zero_grad()
        want.backward()
        if ours is GRU:
            b.bias_hh_l0.grad[: 2 * H] = 0
        theirs_adam.step()
        close(found, want, "loss")
    close(to_rows(a, a.params["W"]), b.weight_ih_l0, "W")
    close(to_rows(a, a.params["U"]), b.weight_hh_l0, "U")
    close(to_rows(a, a.params["b"])[:, 0], b.bias_ih_l0, "b")
    if ours is GRU:
        close(a.params["bn"][:, 0], b.bias_hh_l0[2 * H :], "bn")
    close(dense.params["W"], linear.weight, "dense W")
    close(dense.params["b"][:, 0], linear.bias, "dense b")
