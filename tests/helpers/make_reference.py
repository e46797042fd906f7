"""Write reference.json beside this file: what PyTorch computes for three small layers. For test_reference.py.

Run it by hand where torch is installed: `python tests/helpers/make_reference.py`. All arrays are in torch's
layout, float64, in full precision: x and h (T, B, V) and (T, B, H), rows of an LSTM i, f, g, o.
"""

import json
from pathlib import Path

import torch

T, V, H, B = 3, 3, 2, 2
STEPS, LR = 10, 0.01


def rounded(*shape):
    """Random in (-1, 1), of three decimals: short to write and exact to read."""
    return (torch.rand(shape, dtype=torch.float64) * 2 - 1).mul(1000).round() / 1000


def layer(name):
    """Inputs, outputs and gradients of one layer under the loss `sum(dh h) + sum(dlast last)`."""
    module = getattr(torch.nn, name)(V, H, dtype=torch.float64)
    params = {k: rounded(*p.shape) for k, p in module.named_parameters()}
    params["bias_hh_l0"][: 2 * H if name == "GRU" else None] = 0  # ours has one bias but for the GRU's bn
    with torch.no_grad():
        for k, p in module.named_parameters():
            p[...] = params[k]
    states = 2 if name == "LSTM" else 1
    x, dh = rounded(T, B, V).requires_grad_(), rounded(T, B, H)
    before = [rounded(1, B, H).requires_grad_() for _ in range(states)]
    dlast = [rounded(1, B, H) for _ in range(states)]
    h, last = module(x, tuple(before) if states == 2 else before[0])
    last = last if states == 2 else (last,)
    ((dh * h).sum() + sum((d * s).sum() for d, s in zip(dlast, last))).backward()
    grads = {k: p.grad.clone() for k, p in module.named_parameters()}
    return {
        "params": params,
        "x": x,
        "states": before,
        "dh": dh,
        "dlast": dlast,
        "h": h,
        "last": last,
        "grads": grads,
        "dx": x.grad,
        "dstates": [s.grad for s in before],
    }


def adam():
    """Where ten steps of Adam with these gradients lead."""
    start, grads = rounded(3, 2), [rounded(3, 2) for _ in range(STEPS)]
    p = start.clone().requires_grad_()
    optimizer = torch.optim.Adam([p], lr=LR)
    for g in grads:
        p.grad = g.clone()
        optimizer.step()
    return {"start": start, "grads": grads, "lr": LR, "end": p}


def loss():
    """Cross-entropy of logits (V, B) and its gradient."""
    logits, targets = (5 * rounded(V, B)).requires_grad_(), torch.tensor([2, 0])
    value = torch.nn.functional.cross_entropy(logits.T, targets)
    value.backward()
    return {"logits": logits, "targets": targets, "loss": value, "dlogits": logits.grad}


def as_lists(value):
    if isinstance(value, dict):
        return {k: as_lists(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [as_lists(v) for v in value]
    return value.detach().tolist() if isinstance(value, torch.Tensor) else value


def main():
    torch.manual_seed(0)
    found = {"made by": f"torch {torch.__version__}", "adam": adam(), "loss": loss()}
    found |= {name: layer(name) for name in ("LSTM", "GRU", "RNN")}
    lines = [f"{json.dumps(k)}: {json.dumps(as_lists(v))}" for k, v in found.items()]
    Path(__file__).with_name("reference.json").write_text(
        "{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
