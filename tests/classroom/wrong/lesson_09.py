"""What students answer in lesson 9, and should not."""

import numpy as np


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


SOFTMAX = "e = np.exp(y - y.max(axis=0))"
BETAS = "def adam(w, g, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):"
CORRECTED = "w -= lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)"
SWAPPED = {10: "dc = dc + dh * o * (1 - np.tanh(c) ** 2)", 11: 'dh = p["U"][2 * H : 3 * H].T @ dz_o'}

WRONG = {
    "9.1": [
        verdicts("5361"),
        verdicts("111111"),
        verdicts("537142"),
        verdicts("536124"),
        verdicts("586142"),
        verdicts("536412"),
        verdicts("936142"),
        lambda: [5, 3, 6, 1, 4, 2],
    ],
    "9.2": [
        dict,
        lambda: [1, 10, 16, 19],
        lambda: {40: "pass"},
        lambda: {1: "e = np.exp(y - y.max(axis=0)"},
        lambda: {1: "e = np.exp(y / 1000)"},
        lambda: {1: SOFTMAX},
        lambda: {1: SOFTMAX, 16: BETAS},
        lambda: {1: SOFTMAX, 16: BETAS, 19: CORRECTED},
        lambda: {1: SOFTMAX, 11: "dc = dc + dh * (1 - np.tanh(c) ** 2)"},
        lambda: {19: CORRECTED},
        lambda: {16: BETAS, 17: "m = beta2 * m + (1 - beta2) * g", 19: CORRECTED},
        lambda: {5: "g = 1 / (1 + np.exp(-z[3 * H :]))"},
        lambda: {1: SOFTMAX, 2: "return e / e.sum(axis=0)", **SWAPPED, 16: BETAS, 19: CORRECTED},
    ],
    "9.3": [
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
