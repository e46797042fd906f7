"""Whole sequences by the cells of network/cells.py, a step after the other: what the layers must equal."""

import numpy as np


def rnn(cells, p, x, states, dh, last):
    """h and all gradients of a simple recurrent network, as `layer_results` gives them for the layer.

    Parameters
    ----------
    cells : module
        network/cells.py, or a copy of it with a bug.
    p : dict of array
        The layer's parameters.
    x : array (T, V, B)
    states, last : list of array (H, B)
        What the first step starts from, and the gradients of what the last one ends with.
    dh : array (T, H, B)
    """
    h = [states[0]]
    for x_t in x:
        h.append(cells.rnn_cell(x_t, h[-1], p["W"], p["U"], p["b"]))
    d, dh_next = zeros(p, x), last[0]
    for t in reversed(range(len(x))):
        dz = cells.rnn_cell_gradient(dh[t] + dh_next, h[t + 1])
        add(d, t, dz, x[t], h[t], p["W"])
        dh_next = p["U"].T @ dz
    return {"h": np.array(h[1:]), "h_last": h[-1], **d, "dh0": dh_next}


def lstm(cells, p, x, states, dh, last):
    """The same of an LSTM."""
    h, c, gates = [states[0]], [states[1]], []
    for x_t in x:
        h_t, c_t, gates_t = cells.lstm_cell(x_t, h[-1], c[-1], p["W"], p["U"], p["b"])
        h.append(h_t), c.append(c_t), gates.append(gates_t)
    d, dh_next, dc_next = zeros(p, x), *last
    for t in reversed(range(len(x))):
        dz, dc_next = cells.lstm_cell_gradient(dh[t] + dh_next, dc_next, gates[t], c[t], c[t + 1])
        add(d, t, dz, x[t], h[t], p["W"])
        dh_next = p["U"].T @ dz
    found = {"h": np.array(h[1:]), "h_last": h[-1], "c_last": c[-1]}
    return {**found, **d, "dh0": dh_next, "dc0": dc_next}


def gru(cells, p, x, states, dh, last):
    """The same of a GRU."""
    h, parts = [states[0]], []
    for x_t in x:
        h_t, parts_t = cells.gru_cell(x_t, h[-1], p["W"], p["U"], p["b"], p["bn"])
        h.append(h_t), parts.append(parts_t)
    d, dh_next = zeros(p, x), last[0]
    for t in reversed(range(len(x))):
        dz, dv, dh_before = cells.gru_cell_gradient(dh[t] + dh_next, parts[t], h[t])
        H = len(dv)
        through_u = np.concatenate([dz[: 2 * H], dv])  # U_n's product is v, not a part of z_n
        add(d, t, dz, x[t], h[t], p["W"], through_u)
        d["dbn"] += dv.sum(axis=1, keepdims=True)
        dh_next = dh_before + p["U"].T @ through_u
    return {"h": np.array(h[1:]), "h_last": h[-1], **d, "dh0": dh_next}


def zeros(p, x):
    return {f"d{k}": np.zeros_like(a) for k, a in p.items()} | {"dx": np.zeros_like(x)}


def add(d, t, dz, x_t, h_before, W, through_u=None):
    """A step's share of the gradients."""
    d["dW"] += dz @ x_t.T
    d["dU"] += (dz if through_u is None else through_u) @ h_before.T
    d["db"] += dz.sum(axis=1, keepdims=True)
    d["dx"][t] = W.T @ dz


def attention(pointer, p, h, y, tokens, targets):
    """The mean loss of one song through the pointer, and all its gradients.

    Parameters
    ----------
    pointer : module
        network/pointer.py.
    p : dict of array
        Attention's parameters.
    h, y : array (T, H), (T, V)
    tokens, targets : list of int
    """
    T, longest = len(h), len(p["m"]) - 1
    keys, steps, loss = p["Wk"] @ h.T, [], 0.0
    for t in range(T):
        match = np.minimum(pointer.match_lengths(tokens[: t + 1]), longest).astype(int)
        e, q = pointer.pointer_scores(p, h[t], keys[:, :t], match)
        step_loss, dy, de = pointer.mixture_loss(y[t], e, np.array(tokens[1 : t + 1]), targets[t])
        loss, _ = loss + step_loss / T, steps.append((match, e, q, dy / T, de / T))
    d = {f"d{k}": np.zeros_like(a) for k, a in p.items()} | {"dh": np.zeros_like(h)}
    dkeys = np.zeros_like(keys)
    for t, (match, _, q, _, de) in enumerate(steps):
        dp, dh, dk = pointer.pointer_gradient(p, de, q, h[t], keys[:, :t], match)
        for k, a in dp.items():
            d[f"d{k}"] += a
        d["dh"][t] += dh
        dkeys[:, :t] += dk
    d["dWk"] += dkeys @ h
    d["dh"] += (p["Wk"].T @ dkeys).T
    return {"loss": loss, "e": [step[1] for step in steps], "dy": np.array([s[3] for s in steps]), **d}


PLAIN = {"RNN": rnn, "LSTM": lstm, "GRU": gru}


def layer_results(layer, x, states, dh, last):
    """All that a layer gives in one forward and one backward pass, by name."""
    names = "hc"[: len(states)]
    h = layer.forward(x, *states).copy()
    dx = layer.backward(dh, *last)
    found = {"h": h, "dx": dx.copy(), **{f"d{k}": g.copy() for k, g in layer.grads.items()}}
    found |= {f"{s}_last": getattr(layer, f"{s}_last").copy() for s in names}
    return found | {f"d{s}0": getattr(layer, f"d{s}0").copy() for s in names}
