"""What students answer in lesson 8, and should not."""

import numpy as np


def step(line):
    """The exercise with a line of its own."""

    def step_back(dh, dc, i, f, o, g, c_before, c):
        dc = line(dh, dc, f, o, c_before, c)
        dz_i, dz_f = dc * g * i * (1 - i), dc * c_before * f * (1 - f)
        dz_o, dz_g = dh * np.tanh(c) * o * (1 - o), dc * i * (1 - g**2)
        return np.concatenate([dz_i, dz_f, dz_o, dz_g]), dc * f

    return step_back


def in_place(dh, dc, f, o, c_before, c):
    dc += dh * o * (1 - np.tanh(c) ** 2)
    return dc


def verdicts(text):
    return lambda: dict(zip("ABCDEF", map(int, text)))


def gru(dz_n=None, dz_u=None, dz_r=None):
    """The right three lines but for those given."""

    def gru_back(dh, r, u, n, v, h):
        right_n = dh * (1 - u) * (1 - n**2)
        found_n = dz_n(dh, r, u, n, v, h) if dz_n else right_n
        found_u = dz_u(dh, r, u, n, v, h) if dz_u else dh * (h - n) * u * (1 - u)
        found_r = dz_r(dh, r, u, n, v, h) if dz_r else right_n * v * r * (1 - r)
        return found_r, found_u, found_n

    return gru_back


def other_order(dh, r, u, n, v, h):
    return gru()(dh, r, u, n, v, h)[::-1]


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
        verdicts("5361"),
        verdicts("111111"),
        verdicts("537142"),
        verdicts("536124"),
        verdicts("586142"),
        verdicts("536412"),
        verdicts("936142"),
        lambda: [5, 3, 6, 1, 4, 2],
    ],
    "8.3": [
        gru(dz_u=lambda dh, r, u, n, v, h: dh * (n - h) * u * (1 - u)),
        gru(dz_u=lambda dh, r, u, n, v, h: dh * (h - n)),
        gru(dz_u=lambda dh, r, u, n, v, h: dh * h * u * (1 - u)),
        gru(dz_u=lambda dh, r, u, n, v, h: dh * (h + n) * u * (1 - u)),
        gru(dz_u=lambda dh, r, u, n, v, h: dh * (h - n) * (1 - u**2)),
        gru(dz_u=lambda dh, r, u, n, v, h: dh * (1 - n + h) * u * (1 - u)),
        gru(dz_n=lambda dh, r, u, n, v, h: dh * (1 - u) * (1 - np.tanh(n) ** 2)),
        gru(dz_n=lambda dh, r, u, n, v, h: dh * (1 - u) * n * (1 - n)),
        gru(dz_n=lambda dh, r, u, n, v, h: dh * u * (1 - n**2)),
        gru(dz_n=lambda dh, r, u, n, v, h: dh * (1 - u)),
        gru(dz_n=lambda dh, r, u, n, v, h: dh * (1 - u) * (1 - n**2) * r),
        gru(dz_r=lambda dh, r, u, n, v, h: dh * (1 - u) * v * r * (1 - r)),
        gru(dz_r=lambda dh, r, u, n, v, h: dh * v * r * (1 - r)),
        gru(dz_r=lambda dh, r, u, n, v, h: dh * (1 - u) * (1 - n**2) * v * (1 - r**2)),
        gru(dz_r=lambda dh, r, u, n, v, h: dh * (1 - u) * (1 - n**2) * v),
        gru(dz_r=lambda dh, r, u, n, v, h: dh * (1 - u) * (1 - n**2) * h * r * (1 - r)),
        gru(dz_r=lambda dh, r, u, n, v, h: dh * (1 - u) * (1 - n**2) * v * u * (1 - u)),
        other_order,
    ],
}
