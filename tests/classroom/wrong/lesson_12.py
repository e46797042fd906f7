"""What students answer in lesson 12, and should not."""

import numpy as np


def without_maximum(y, T):
    if T == 0:
        return np.eye(len(y))[y.argmax()]
    a = np.exp(y / T)
    return a / a.sum()


def without_zero(y, T):
    a = np.exp((y - y.max()) / T)
    return a / a.sum()


def small_number(y, T):
    a = np.exp((y - y.max()) / (T + 1e-8))
    return a / a.sum()


def multiplied(y, T):
    a = np.exp((y - y.max()) * T)
    return a / a.sum()


def divided_outside(y, T):
    a = np.exp(y - y.max()) / T
    return a / a.sum()


def all_the_largest(y, T):
    if T == 0:
        largest = (y == y.max()).astype(float)
        return largest / largest.sum()
    a = np.exp((y - y.max()) / T)
    return a / a.sum()


def in_place(y, T):
    y -= y.max()
    a = np.exp(y / T)
    return a / a.sum()


def index_at_zero(y, T):
    if T == 0:
        return y.argmax()
    a = np.exp((y - y.max()) / T)
    return a / a.sum()


def largest(p, u):
    return int(p.argmax())


def against_probabilities(p, u):
    return int(np.argmax(u < p))


def not_above(p, u):
    running = np.cumsum(p)
    return int(np.searchsorted(running, u * running[-1]))


def against_one(p, u):
    return int(np.searchsorted(np.cumsum(p), u, side="right"))


def one_too_low(p, u):
    return int(np.searchsorted(np.cumsum(p), u, side="right")) - 1


def own_random_number(p, u, rng=np.random.default_rng(0)):  # noqa: B008 - as students write it
    return int(rng.choice(len(p), p=p))


def running_sum(p, u):
    running = np.cumsum(p)
    return running[running > u * running[-1]][0]


def limit_too_early(y, T):
    if T < 0.01:
        return np.eye(len(y))[y.argmax()]
    a = np.exp((y - y.max()) / T)
    return a / a.sum()


def last_place_for_the_rest(p, u):
    return min(int(np.searchsorted(np.cumsum(p), u, side="right")), len(p) - 1)


WRONG = {
    "12.1": [
        limit_too_early,
        without_maximum,
        without_zero,
        small_number,
        multiplied,
        divided_outside,
        all_the_largest,
        in_place,
        index_at_zero,
    ],
    "12.2": [
        last_place_for_the_rest,
        largest,
        against_probabilities,
        not_above,
        against_one,
        one_too_low,
        own_random_number,
        running_sum,
    ],
}
