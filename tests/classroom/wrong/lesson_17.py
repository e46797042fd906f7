"""What students answer in lesson 17, and should not."""

import numpy as np


def quantiles(values):
    low, high = np.quantile(values, [0.025, 0.975])
    return low, high


def drawn_separately(a, b, rng, draws):
    n = len(a)
    return quantiles(
        [a[rng.integers(n, size=n)].sum() / b[rng.integers(n, size=n)].sum() for _ in range(draws)]
    )


def nothing_drawn(a, b, rng, draws):
    return quantiles(a / b)


def mean_of_ratios(a, b, rng, draws):
    n = len(a)
    return quantiles([np.mean((a / b)[rng.integers(n, size=n)]) for _ in range(draws)])


def without_replacement(a, b, rng, draws):
    values = []
    for _ in range(draws):
        drawn = rng.permutation(len(a))
        values.append(a[drawn].sum() / b[drawn].sum())
    return quantiles(values)


def least_and_largest(a, b, rng, draws):
    n = len(a)
    values = []
    for _ in range(draws):
        drawn = rng.integers(n, size=n)
        values.append(a[drawn].sum() / b[drawn].sum())
    return min(values), max(values)


def ninety(a, b, rng, draws):
    n = len(a)
    values = []
    for _ in range(draws):
        drawn = rng.integers(n, size=n)
        values.append(a[drawn].sum() / b[drawn].sum())
    return np.quantile(values, [0.05, 0.95])


def upside_down(a, b, rng, draws):
    n = len(a)
    values = []
    for _ in range(draws):
        drawn = rng.integers(n, size=n)
        values.append(b[drawn].sum() / a[drawn].sum())
    return quantiles(values)


def all_values(a, b, rng, draws):
    n = len(a)
    places = [rng.integers(n, size=n) for _ in range(draws)]
    return np.array([a[drawn].sum() / b[drawn].sum() for drawn in places])


def differences(a, b, rng, draws):
    n = len(a)
    return quantiles([(a - b)[rng.integers(n, size=n)].sum() for _ in range(draws)])


def deviations(a, b, rng, draws):
    n = len(a)
    places = [rng.integers(n, size=n) for _ in range(draws)]
    values = np.array([a[drawn].sum() / b[drawn].sum() for drawn in places])
    return values.mean() - 1.96 * values.std(), values.mean() + 1.96 * values.std()


def own_generator(a, b, rng, draws):
    rng, n = np.random.default_rng(0), len(a)
    places = [rng.integers(n, size=n) for _ in range(draws)]
    return quantiles([a[drawn].sum() / b[drawn].sum() for drawn in places])


def always_a_thousand(a, b, rng, draws):
    n = len(a)
    places = [rng.integers(n, size=n) for _ in range(1000)]
    return quantiles([a[drawn].sum() / b[drawn].sum() for drawn in places])


def by(rule):
    """A verdict from a rule for "A"; the mirrored one for "B"."""

    def verdict(intervals):
        if rule([(low, high) for low, high in intervals]):
            return "A"
        return "B" if rule([(2 - high, 2 - low) for low, high in intervals]) else "not shown"

    return verdict


def exchanged(intervals):
    if all(high < 1 for _, high in intervals):
        return "B"
    return "A" if all(low > 1 for low, _ in intervals) else "not shown"


WRONG = {
    "17.1": [
        drawn_separately,
        nothing_drawn,
        mean_of_ratios,
        without_replacement,
        least_and_largest,
        ninety,
        upside_down,
        all_values,
        differences,
        deviations,
        own_generator,
        always_a_thousand,
    ],
    "17.2": [
        by(lambda pairs: any(high < 1 for _, high in pairs)),
        by(lambda pairs: all(low < 1 for low, _ in pairs)),
        by(lambda pairs: all(high <= 1 for _, high in pairs)),
        by(lambda pairs: np.mean(pairs) < 1),
        exchanged,
        lambda intervals: "equal",
        lambda intervals: all(high < 1 for _, high in intervals),
    ],
}
