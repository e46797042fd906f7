"""The programs that lesson 9 hunts bugs in. To read on before the hunt is to spoil it."""

import numpy as np

# Which bug of the lesson's list each program has.
GUILTY = {"A": 5, "B": 3, "C": 6, "D": 1, "E": 4, "F": 2}


def suspect(letter, tensors, R):
    """Run a suspected program, forward and backward.

    Parameters
    ----------
    letter : str
        "A" to "F".
    tensors : dict of array
        "W" (4H, V), "U" (4H, H), "b" (4H, 1), "x" (T, V, B), "h0" and "c0" (H, B).
    R : array (T, H, B)
        What the loss is made with: the sum of R times h.

    Returns
    -------
    dict of array
        "h" (T, H, B), and under the tensors' names the gradients that the program gives.
    """
    return lstm(tensors, R, GUILTY[letter])


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


def lstm(p, R, bug=0):
    """A plain LSTM with one bug, or with none: bug 0."""
    W, U, x = p["W"], p["U"], p["x"]
    H, T = U.shape[1], len(x)
    b = np.concatenate([p["b"][2 * H : 3 * H]] * 3 + [p["b"][3 * H :]]) if bug == 1 else p["b"]
    h, c, gates = [p["h0"]], [p["c0"]], []
    for x_t in x:
        z = W @ x_t + U @ h[-1] + b
        i, f, o = _sigmoid(z[: 3 * H]).reshape(3, H, -1)
        g = np.tanh(z[3 * H :])
        c.append((f + c[-1] if bug == 2 else f * c[-1]) + i * g)
        h.append(o * (c[-1] if bug == 4 else np.tanh(c[-1])))
        gates.append((i, f, o, g))
    d = {name: np.zeros_like(p[name]) for name in ("W", "U", "b", "x")}
    dh_next, dc_next = np.zeros_like(h[0]), np.zeros_like(c[0])
    for t in reversed(range(T)):
        i, f, o, g = gates[t]
        shown, slope = (c[t + 1], 1) if bug == 4 else (np.tanh(c[t + 1]), 1 - np.tanh(c[t + 1]) ** 2)
        dh = R[t] if bug == 6 else R[t] + dh_next
        dc = dh * o * slope + (0 if bug == 7 else dc_next)
        parts = [dc * g, dc * c[t], dh * shown]
        if bug != 3:
            parts = [ds * s * (1 - s) for ds, s in zip(parts, (i, f, o))]
        if bug == 8:
            parts[:2] = parts[1::-1]
        dz = np.concatenate([*parts, dc * i * (1 - g**2)])
        for name, new in (("W", dz @ x[t].T), ("U", dz @ h[t].T), ("b", dz.sum(axis=1, keepdims=True))):
            d[name] = new if bug == 5 else d[name] + new
        d["x"][t] = W.T @ dz
        dh_next, dc_next = U.T @ dz, dc * f
    return {"h": np.array(h[1:]), **d, "h0": dh_next, "c0": dc_next}
