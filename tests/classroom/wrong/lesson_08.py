"""What students answer in lesson 8, and should not."""

import numpy as np


def step(line):
    """The exercise with a line of its own."""

    def step_back(dh, dc, gates, c_before, c):
        i, f, o, g = gates
        dc = line(dh, dc, f, o, c_before, c)
        dz_i, dz_f = dc * g * i * (1 - i), dc * c_before * f * (1 - f)
        dz_o, dz_g = dh * np.tanh(c) * o * (1 - o), dc * i * (1 - g**2)
        return np.concatenate([dz_i, dz_f, dz_o, dz_g]), dc * f

    return step_back


def in_place(dh, dc, f, o, c_before, c):
    dc += dh * o * (1 - np.tanh(c) ** 2)
    return dc


def loop(**lines):
    """The exercise with lines of its own: the right ones but for those given."""

    def backward(R, x, h, c, gates, W, U, step):
        d = {"W": np.zeros_like(W), "U": np.zeros_like(U), "b": np.zeros((len(U), 1)), "x": np.zeros_like(x)}
        dh_next, dc_next = np.zeros_like(h[0]), np.zeros_like(c[0])
        for t in reversed(range(1, len(x) + 1)):
            dz, dc_next = step(R[t - 1] + dh_next, dc_next, gates[t - 1], c[t - 1], c[t])
            names = {**locals(), "np": np}
            for name, right in RIGHT.items():
                exec(lines.get(name, right), names)
            dh_next = names["dh_next"]
        return {**d, "h0": dh_next, "c0": dc_next}

    return backward


RIGHT = {
    "W": "d['W'] += dz @ x[t - 1].T",
    "U": "d['U'] += dz @ h[t - 1].T",
    "b": "d['b'] += dz.sum(axis=1, keepdims=True)",
    "x": "d['x'][t - 1] = W.T @ dz",
    "next": "dh_next = U.T @ dz",
}

WRONG = {
    "8.1": [
        step(lambda dh, dc, f, o, c_before, c: dc),
        step(lambda dh, dc, f, o, c_before, c: dh * o * (1 - np.tanh(c) ** 2)),
        step(lambda dh, dc, f, o, c_before, c: dc + dh * o),
        step(lambda dh, dc, f, o, c_before, c: dc + dh * (1 - np.tanh(c) ** 2)),
        step(lambda dh, dc, f, o, c_before, c: dc + dh * o * (1 - c**2)),
        step(lambda dh, dc, f, o, c_before, c: dc + dh * o * (1 - (o * np.tanh(c)) ** 2)),
        step(lambda dh, dc, f, o, c_before, c: dc + dh * np.tanh(c)),
        step(lambda dh, dc, f, o, c_before, c: dc + dh * o * (1 - np.tanh(c_before) ** 2)),
        step(lambda dh, dc, f, o, c_before, c: dc * f + dh * o * (1 - np.tanh(c) ** 2)),
        step(lambda dh, dc, f, o, c_before, c: dc - dh * o * (1 - np.tanh(c) ** 2)),
        step(lambda dh, dc, f, o, c_before, c: (dc + dh * o) * (1 - np.tanh(c) ** 2)),
        step(lambda dh, dc, f, o, c_before, c: dc + dh * o * (1 - np.tanh(c)) ** 2),
        step(lambda dh, dc, f, o, c_before, c: dc + dh * o * np.tanh(c)),
        step(lambda dh, dc, f, o, c_before, c: dc + dh * np.tanh(c) * o * (1 - o)),
        step(lambda dh, dc, f, o, c_before, c: dc + dh),
        step(lambda dh, dc, f, o, c_before, c: dc * dh * o * (1 - np.tanh(c) ** 2)),
        step(in_place),
    ],
    "8.2": [
        loop(W="d['W'] = dz @ x[t - 1].T"),
        loop(U="d['U'] = dz @ h[t - 1].T"),
        loop(b="d['b'] = dz.sum(axis=1, keepdims=True)"),
        loop(U="d['U'] += dz @ h[t].T"),
        loop(W="d['W'] += dz @ x[t % len(x)].T"),
        loop(b="d['b'] += dz.mean(axis=1, keepdims=True)"),
        loop(b="d['b'] = d['b'] + dz.sum(axis=1)"),
        loop(next="pass"),
        loop(next="dh_next += U.T @ dz"),
        loop(next="dh_next = U[:4].T @ dz[:4]"),
        loop(x="pass"),
        loop(W="d['W'] = dz @ x[t - 1].T", U="d['U'] = dz @ h[t - 1].T"),
        lambda R, x, h, c, gates, W, U, step: None,
    ],
}
