"""What students answer in lesson 7, and should not."""

import numpy as np


def gates(a):
    H = len(a) // 4
    return a[:H], a[H : 2 * H], a[2 * H : 3 * H], a[3 * H :]


def right(names, large=10.0, gates=gates):
    pitches = [name for name in names if name not in ("_", "r")]
    V, H = len(names), len(pitches)
    W, U, b = np.zeros((4 * H, V)), np.zeros((4 * H, H)), np.zeros((4 * H, 1))
    W_i, W_f, _, _ = gates(W)
    b_i, b_f, b_o, b_g = gates(b)
    for k, pitch in enumerate(pitches):
        W_i[k, names.index(pitch)] = 2 * large
    W_f[:, names.index("_")] = 2 * large
    b_i[:], b_f[:], b_o[:], b_g[:] = -large, -large, large, large
    return W, U, b


def but(change):
    """The right weights, with something done to them: change(names, W's blocks, b's blocks, U)."""

    def hold(names):
        W, U, b = right(names)
        change(names, gates(W), gates(b), U)
        return W, U, b

    return hold


def nothing(names):
    W, U, b = right(names)
    return 0 * W, U, 0 * b


def other_order(names):
    def fiog(a):
        i, f, o, g = gates(a)
        return f, i, o, g

    return right(names, gates=fiog)


def too_small(names):
    return right(names, large=3)


def never_lets_go(names, W, b, U):
    W[1][...], b[1][...] = 0, 10


def forget_means_forget(names, W, b, U):
    W[1][...] *= -1
    b[1][...] *= -1


def holds_through_rests(names, W, b, U):
    W[1][:, names.index("r")] = 20


def no_forget_gate(names, W, b, U):
    W[1][...], b[1][...] = 0, 0


def no_candidate(names, W, b, U):
    b[3][...] = 0


def output_shut(names, W, b, U):
    b[2][...] = -10


def output_half(names, W, b, U):
    b[2][...] = 0


def input_always_open(names, W, b, U):
    W[0][...], b[0][...] = 0, 10


def input_bias_forgotten(names, W, b, U):
    b[0][...] = 0


def names_rebound(names, W, b, U):
    for block in b:
        block[...] = 0


def by_place(names, W, b, U):
    W[0][...] = 20 * np.eye(*W[0].shape)


def candidate_half(names, W, b, U):
    b[3][...] = 1


def writes_while_it_lasts(names, W, b, U):
    W[0][:, names.index("_")] = 20


def only_w_and_b(names):
    W, _, b = right(names)
    return W, b


def leaky(names, W, b, U):
    W[1][:, names.index("_")] = 13


def sigmoid_of(f):
    return np.log(f / (1 - f))


WRONG = {
    "7.1": [
        nothing,
        other_order,
        too_small,
        only_w_and_b,
        *map(
            but,
            (
                never_lets_go,
                forget_means_forget,
                holds_through_rests,
                no_forget_gate,
                no_candidate,
                candidate_half,
                by_place,
                names_rebound,
                output_shut,
                output_half,
                input_always_open,
                input_bias_forgotten,
                writes_while_it_lasts,
                leaky,
            ),
        ),
    ],
    "7.2": [
        lambda steps: 0.5 ** (1 / steps),
        lambda steps: -sigmoid_of(0.5 ** (1 / steps)),
        lambda steps: np.log(0.5) / steps,
        lambda steps: np.log(2) / steps,
        lambda steps: sigmoid_of(np.exp(-1 / steps)),
        lambda steps: sigmoid_of(1 - 0.5 / steps),
        lambda steps: sigmoid_of(1 - 1 / steps) if steps > 1 else 0.0,
        lambda steps: sigmoid_of(0.5**steps),
        lambda steps: np.log(steps / np.log(2)),
        lambda steps: steps,
        lambda steps: None,
    ],
}
